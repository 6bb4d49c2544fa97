"""How far a score computed in a format from rounded inputs lies from the exact score of the unrounded float64 inputs.

What the computation adds is bounded by ``attnproof.verify.bounds``; what the rounding of the inputs does to the exact
score is seen in fp64, whose own errors the same bounds cover.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.backends import Arithmetic, arithmetic
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.api import forward_bounds
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.inputs.case import Case

REFERENCE: Final = IMPLEMENTATIONS["reference-numpy"]
OWN: Final = ("fp64", "cpu")


def reference(score: str, inputs: Mapping[str, Array]) -> Array:
    """The scores in fp64, shape (..., n_q, n_k)."""
    return REFERENCE.forward(score, inputs, *OWN)["scores"]


def case_of(score: str, inputs: Mapping[str, Array], dtype: str) -> Case:
    """The inputs, values of the format with a batch of N, as a case: what its bounds share is then computed once."""
    batch, n_q, width = *inputs["query"].shape[:-1], inputs["value"].shape[-1]
    return Case(score, inputs, np.zeros((batch, n_q, width)), dtype, "table", "variance")


def computed(case: Case, how: Arithmetic) -> Array:
    """Bound of |computed − exact| for each score (..., n_q, n_k) of the case."""
    return forward_bounds(case, how)["scores"].bound


def moved(inputs: Case, given: Case) -> Array:
    """Bound of |exact score of ``given`` − exact score of ``inputs``| (..., n_q, n_k), from both as fp64 cases."""
    own = [computed(case, arithmetic(REFERENCE, *OWN)) for case in (inputs, given)]
    before, after = (reference(case.score, case.inputs) for case in (inputs, given))
    return np.asarray(np.abs(after - before) + own[0] + own[1])
