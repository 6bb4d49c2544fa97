"""Input classes for user scores (``attnproof.derivations.scores.own``), of which nothing is known but their
equations.

normal, tied, shifted, deep  as for every score (``attnproof.verify.inputs.make``)
large      features of deviation √32: what is a product of two has deviation 32, and softmax saturates where scores grow
saturated  for scores with a tanh: features with which sums of products with standard normal weights have the deviation
           from which tanh rounds to ±1
kinked     for scores with ``relu`` or ``step``: the first query and the first key are 0, so that the arguments that are
           linear in them are exactly 0, at the kink
"""

from __future__ import annotations

from typing import Final

import numpy as np
from sympy import tanh

from attnproof.derivations.language.piecewise import relu, step
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.verify.arithmetic.formats import Array

OWN_CLASSES: Final = ("saturated", "kinked")
LARGE_FACTOR: Final = np.sqrt(32.0)  # so that a product of two features has LARGE_DEVIATION
LARGEST_POSITIVE: Final = 2.0  # positive parameters lie between this and its reciprocal


def extra_classes(score: ScoreFamily) -> tuple[str, ...]:
    """Those of ``OWN_CLASSES`` that mean something for the score."""
    rules = [rhs for e in score.system.equations for rhs in (e.rhs, e.otherwise) if rhs is not None]
    functions = {"saturated": (tanh,), "kinked": (relu, step)}
    return tuple(name for name in OWN_CLASSES if any(rhs.has(*functions[name]) for rhs in rules))


def draw_positive(rng: np.random.Generator) -> Array:
    """A positive parameter, its logarithm uniform."""
    return np.asarray(LARGEST_POSITIVE ** rng.uniform(-1.0, 1.0))


def shape_inputs(inputs: dict[str, Array], input_class: str, level: float) -> None:
    """Change query and key as the class has it; ``level`` is the argument from which tanh rounds to ±1."""
    names = ("query", "key")
    if input_class == "large":
        for name in names:
            inputs[name] *= LARGE_FACTOR
    elif input_class == "saturated":
        width = sum(inputs[name].shape[-1] for name in names)
        for name in names:
            inputs[name] *= level / np.sqrt(width)
    elif input_class == "kinked":
        for name in names:
            inputs[name][..., 0, :] = 0.0
