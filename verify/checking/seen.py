"""Which keys take part in a result: what a target sees that the derivation does not, and the other way round.

A context is linear in the values, so that a key takes part where the context moves with the key's value, and an element
of the batch where it moves with its values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.composing.compose import Composed
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Answer, Target

Mask = npt.NDArray[np.bool_]
MOST_KEYS: Final = 1100  # one call for each
SHOWS: Final = 2.0**-20  # a weight from here on moves a result of ordinary size by more than any format rounds away


def seen(target: Target, question: Composed) -> str:
    """The first key that takes part and must not, or does not and must, or else an element of the batch that moves
    another one; in words, empty where there is none, or the question does not tell: its value is the key's too, or it
    has too many keys.

    Raises TargetError.
    """
    given, keys = question.request.given, question.case.sizes["n_k"]
    if "value" in {*question.request.tied, *question.request.tied.values()} or keys > MOST_KEYS:
        return ""
    request = replace(question.request, gradients=())

    def context(value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        answer: Answer = question.in_case(ask(target, replace(request, given={**given, "value": value})))
        return answer.outputs["context"]

    before = context(given["value"])
    moved = []
    for key in range(keys):
        value = np.array(given["value"])
        value[..., key, :] += 1.0
        moved.append(_differ(context(value), before))
    words = _words(np.stack(moved, -1), *_truth(question), question.rows)
    if words or given["value"].shape[:-2] != question.case.batch:  # heads in groups share their values
        return words
    for element in np.ndindex(*question.case.batch):
        value = np.array(given["value"])
        value[element] += 1.0
        others = np.array(_differ(context(value), before).any(-1), ndmin=1)
        others[element or 0] = False
        if others.any():
            return f"element {_place(np.argwhere(others)[0])} moves with the values of element {_place(element)}"
    return ""


def _differ(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> Mask:
    """By rows; NaN in both is no difference."""
    return np.asarray(((one != other) & ~(np.isnan(one) & np.isnan(other))).any(-1))


def _truth(question: Composed) -> tuple[Mask, Mask]:
    """Which keys have no weight, and which have one that shows: batch + (n_q, n_k)."""
    case = question.case
    weights = certain(case, ("weights",))["weights"].midpoint()
    if "dropout" in case.inputs:
        weights = weights * case.inputs["dropout"]
    return weights == 0.0, weights >= SHOWS


def _words(moved: Mask, without: Mask, shows: Mask, rows: Mask) -> str:
    counts = rows[..., None]
    extra, missing = moved & without & counts, ~moved & shows & counts
    if extra.any():
        return _first(extra, "sees", "is masked")
    if missing.any():
        return _first(missing, "does not see", "is not masked")
    return ""


def _first(places: Mask, verb: str, which: str) -> str:
    *batch, query, key = (int(k) for k in np.argwhere(places)[0])
    element = f" of element {_place(batch)}" if batch else ""
    others = int(places.sum()) - 1
    more = f" (and {others} other{'s' if others > 1 else ''} alike)" if others else ""
    return f"query {query}{element} {verb} key {key}, which {which}{more}"


def _place(element: Iterable[int]) -> str:
    return ", ".join(str(int(k)) for k in element)
