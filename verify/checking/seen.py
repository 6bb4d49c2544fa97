"""What takes part in a result: what a target sees that the derivation does not, and the other way round.

A context is linear in the values, so that a key takes part where the context moves with the key's value, and an element
of the batch where it moves with its values. An argument takes part where the context moves when its sign changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.composing.compose import Composed
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Answer, Target

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
MOST_KEYS: Final = 1100  # one call for each
SHOWS: Final = 2.0**-20  # a weight from here on moves a result of ordinary size by more than any format rounds away


def seen(target: Target, question: Composed) -> str:
    """The first key that takes part and must not, or does not and must, else an argument that does not and must, or
    else an element of the batch that moves another one; in words, empty where there is none, or the question does not
    tell: its value is the key's too, or it has too many keys.

    Raises TargetError.
    """
    given, keys = question.request.given, question.case.sizes["n_k"]
    if "value" in {*question.request.tied, *question.request.tied.values()} or keys > MOST_KEYS:
        return ""
    request = replace(question.request, gradients=())

    def context(value: Array, name: str = "value") -> Array:
        answer: Answer = question.in_case(ask(target, replace(request, given={**given, name: value})))
        return answer.outputs["context"]

    before = context(given["value"])
    moved = []
    for key in range(keys):
        value = np.array(given["value"])
        value[..., key, :] += 1.0
        moved.append(_differ(context(value), before))
    words = _words(np.stack(moved, -1), *_truth(question), question.rows)
    if not words and not target.same:
        words = _unused(question, lambda name: bool(_differ(context(np.asarray(-given[name]), name), before).any()))
        words = words or _unused_elements(question, lambda n, array: bool(_differ(context(array, n), before).any()))
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


def _unused(question: Composed, moves: Callable[[str], bool]) -> str:
    """The arguments whose sign the truth depends on, and the target's result does not."""
    case, given = question.case, question.request.given
    before = certain(case, ("context",))["context"].midpoint()

    def matters(name: str) -> bool:
        after = certain(case.having(**{name: np.asarray(-case.inputs[name])}), ("context",))["context"].midpoint()
        return bool((np.abs(after - before)[question.rows] >= SHOWS).any())

    # One tensor in two roles turns in both; the sign of a dropout mask cancels where weights are normalised after it.
    told = {"value", "dropout", *question.request.tied, *question.request.tied.values()}
    tensors = (t.name for t in case.forward.inputs if t.name in given and t.name not in told and not t.positive)
    turned = (name for name in tensors if np.isfinite(case.inputs[name]).all())  # a bias of −∞ is a mask, of +∞ nothing
    unused = [name for name in turned if matters(name) and not moves(name)]
    return f"{' and '.join(unused)} {'take' if len(unused) > 1 else 'takes'} no part" if unused else ""


def _unused_elements(question: Composed, moves: Callable[[str, Array], bool]) -> str:
    """The first element of a batch, or head, of queries or keys that changes nothing."""
    given, tied = question.request.given, {*question.request.tied, *question.request.tied.values()}
    for name in (each for each in ("query", "key") if each not in tied):
        for element in np.ndindex(*np.shape(given[name])[:-2]):
            turned = np.array(given[name])
            turned[element] = -turned[element]
            if element and question.case.sizes["n_k"] > 1 and not moves(name, turned):
                return f"{name} of element {_place(element)} takes no part"
    return ""


def _differ(one: Array, other: Array) -> Mask:
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
