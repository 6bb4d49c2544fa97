"""Numbers whose scores reach a given size, through query and key and not through a bias."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.linear import linear_inputs
from attnproof.derivations.scores.own import family, shown
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle.exactness import certain


def linear_in(score: str) -> str | None:
    """An input that a score is linear in, so that a power of two in it is one of every score; None: there is none."""
    return next(iter(linear_inputs(family(alone(score)))), None)


def reaching(case: Case, size: float, *, one: bool = False) -> dict[str, Array]:
    """The inputs of a case without options, multiplied by a power of two so that size ≤ max |score| < 2 size.

    one  query and key are one tensor: both are multiplied, and size ≤ max |score| < 4 size

    Raises ValueError where every score is 0, and for a score that is linear in no input.
    """
    name = linear_in(case.score)
    if name is None:
        raise ValueError(f"the {shown(case.score)} score is linear in no input")
    both = one and {"query", "key"} <= {*linear_inputs(family(alone(case.score)))}
    if both:
        case = replace(case, inputs={**case.inputs, "key": case.inputs["query"]})
    scores = certain(case, ("scores",))["scores"].midpoint()
    largest = float(np.max(np.abs(scores)))
    if largest == 0.0:
        raise ValueError(f"scores that are all 0 do not reach {size:g}")
    if both:
        tensor = case.inputs["query"] * 2.0 ** math.ceil(math.log2(size / largest) / 2)
        return {**case.inputs, "query": tensor, "key": tensor}
    return {**case.inputs, name: case.inputs[name] * 2.0 ** math.ceil(math.log2(size / largest))}


def alike(case: Case, signs: Array, exponent: int) -> dict[str, Array]:
    """The inputs of a case with all queries equal, and all keys, so that all scores are one number of about 2^exponent
    and of the sign that all ``signs`` have, whatever a linear score is.
    """
    rows = {name: np.broadcast_to(case.inputs[name][..., :1, :], case.inputs[name].shape) for name in ("query", "key")}
    one = {name: np.broadcast_to(rows[name][(0,) * (rows[name].ndim - 2)], rows[name].shape).copy() for name in rows}
    same = replace(case, inputs={**case.inputs, **one})
    found, name = reaching(same, 2.0**exponent), linear_in(case.score) or ""
    scores = certain(same, ("scores",))["scores"].midpoint()
    turned = np.sign(scores.flat[0]) != np.sign(np.asarray(signs).flat[0])
    return found | ({name: -found[name]} if turned else {})
