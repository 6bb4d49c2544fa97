"""What flows back into a gradient: a part of the cotangent that must, and does not.

A gradient is linear in the cotangent of the context, so that a channel, a query, a head or an element takes part where
the gradient moves with its cotangent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.checking.seen import SHOWS
from attnproof.verify.composing.compose import Composed
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Target

MOST_CALLS: Final = 400
SEED: Final = "grad_context"
WORDS: Final = {1: "channel", 2: "query", 3: "head or element"}  # by axis, from the last one on


def flowing(target: Target, question: Composed, quantity: str) -> str:
    """The first slices of the cotangent that take no part, in words; empty where all do, or none does.

    Raises TargetError.
    """
    request, name = question.request, quantity.removeprefix("grad.")
    seed = np.asarray(request.seeds[SEED])
    if sum(seed.shape) > MOST_CALLS:
        return ""

    def gradient(cotangent: Array) -> Array:
        seeds: Mapping[str, Array] = {**request.seeds, SEED: cotangent}
        return ask(target, replace(request, cotangents=seeds, seed_layout="contiguous")).gradients[name]

    before = gradient(seed)
    for axis in reversed(range(seed.ndim)):
        raised = [_raised(seed, axis, place) for place in range(seed.shape[axis])]
        still = [k for k, each in enumerate(raised) if np.array_equal(gradient(each), before, equal_nan=True)]
        still = [k for k in still if _matters(question, name, raised[k])]
        if still and len(still) < seed.shape[axis]:
            others = f" (nor do {len(still) - 1} others)" if len(still) > 1 else ""
            what = WORDS.get(seed.ndim - axis, "element")
            return f"{what} {still[0]} of the context's cotangent takes no part in the gradient of {name}{others}"
    return ""


def _raised(seed: Array, axis: int, place: int) -> Array:
    found = np.array(seed)
    found[(slice(None),) * axis + (place,)] += 1.0
    return found


def _matters(question: Composed, name: str, cotangent: Array) -> bool:
    """Whether the truth's gradient moves with it."""
    tied = question.request.tied
    own = [each for each, link in question.links.items() if tied.get(link.name, link.name) == name and link.name]
    names = [f"grad.{each}" for each in own if each in question.case.inputs]
    case = question.case
    other = replace(case, grad_context=question.links[SEED].values(cotangent))
    before, after = certain(case, names), certain(other, names)
    return any((np.abs(after[n].midpoint() - before[n].midpoint()) >= SHOWS).any() for n in names)
