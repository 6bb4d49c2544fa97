"""Elements as single numbers, to find equal ones among many: equal elements have equal signatures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.field import DRAWS
from attnproof.derivations.ring.kinds import FINITE
from attnproof.derivations.ring.parts import padded

Signatures = npt.NDArray[np.uint64]


def signatures(elements: Elements) -> tuple[Signatures, npt.NDArray[np.bool_]]:
    """In the elements' shape: a number modulo 2⁶⁴ for each, and whether it says anything.

    It is a random linear form in the coefficients of both draws: two that differ have the same with probability 2⁻⁶³ at
    most (an odd multiple of a difference). It says nothing of special elements, logarithms and large constants.
    """
    order = elements.ring.order
    rng = np.random.default_rng(elements.ring.key)  # the same form for all elements of a ring
    factors = rng.integers(0, 2**63, (DRAWS, order), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    series = padded(elements.series, order).astype(np.uint64)
    found = np.einsum("dk...,dk->...", series, factors)
    return found, (elements.kinds() == FINITE) & ~elements.is_formal()
