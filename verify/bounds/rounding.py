"""Rounding errors that accumulate, and the rounding of the bounds themselves.

Model (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., equations 2.4 and 2.8): a correctly rounded
operation returns ``(x op y)(1 + δ) + ε`` with ``|δ| ≤ u`` and ``|ε| ≤ η/2``, where η is the smallest subnormal;
ε = 0 for addition and subtraction, and δ ε = 0 always.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FP64, Array

Mask = NDArray[np.bool_]

# A bound is evaluated in float64 by expressions of non-negative terms: sums, products, quotients, exp, expm1. Each
# operation errs by at most 8 · 2⁻⁵³ relative (functions; the four operations by 2⁻⁵³), and relative errors add up along
# a path. No rule has more than 2¹⁰ operations on a path, sums aside: 2⁻⁴⁰. An argument x ≤ 600 of exp multiplies the
# errors of at most 2⁸ operations by x: 2⁻³². A sum of N terms adds N · 2⁻⁵³ ≤ 2⁻³¹, and no rule nests more than two.
# Together below 2⁻²⁹; UP makes up for twice that.
UP: Final = 1.0 + 2.0**-28
LONGEST_SUM: Final = 2**22

# What is lost to underflow while a bound is evaluated: at most half of float64's smallest subnormal for each product.
EVALUATION_LOSS: Final = 64 * FP64.smallest_subnormal


def up(bound: Array, additions: int = 0) -> Array:
    """``bound`` raised above everything that its own evaluation in float64 may have lost; NaN (∞ · 0, ∞ − ∞) becomes ∞.

    additions: the length of the longest sum in it. Raises ValueError beyond LONGEST_SUM, where the inflation would not
    do.
    """
    if additions > LONGEST_SUM:
        raise ValueError(f"a sum of {additions} terms is longer than the bounds' evaluation allows ({LONGEST_SUM})")
    return np.asarray(np.fmin(bound * UP, np.inf), dtype=np.float64)  # fmin takes the number where one is NaN


def growth(arithmetic: Arithmetic, roundings: int, accumulated: int) -> float:
    """``(1 − u)^−roundings (1 − w)^−accumulated − 1``: relative error of a value that went through so many roundings.

    roundings    in the format
    accumulated  additions within reductions; w is the unit roundoff of the accumulation, u itself where it is unknown.

    ``|∏(1 + δ_k)^(±1) − 1| ≤ (1 − u)^−n − 1`` for ``|δ_k| ≤ u``, valid for every n; Higham's γ_n = n u / (1 − n u)
    (lemma 3.1), which it never exceeds, needs n u < 1.
    """
    u = arithmetic.format.unit_roundoff
    w = arithmetic.accumulation.unit_roundoff if arithmetic.accumulation is not None else u
    return _growth(u, w, roundings, accumulated)


@lru_cache(maxsize=1 << 14)
def _growth(u: float, w: float, roundings: int, accumulated: int) -> float:
    return float(np.expm1(-roundings * np.log1p(-u) - accumulated * np.log1p(-w))) * UP


def compound(*relative: float) -> float:
    """``∏(1 + r_k) − 1`` for r_k ≥ 0, without the cancellation that would lose u of fp64 beside 1."""
    return float(np.expm1(sum(np.log1p(r) for r in relative))) * UP


def underflow(arithmetic: Arithmetic) -> float:
    """What a product may lose to underflow: η, twice the model's η/2, so that one doubling by a later one is covered.

    Where subnormals are flushed: the smallest normal number, once for the product and once for the sum that it joins.
    """
    fmt = arithmetic.format
    return (2.0 * fmt.smallest_normal if arithmetic.flushes else fmt.smallest_subnormal) + EVALUATION_LOSS


def below(size: Array, error: Array) -> Array:
    """A lower bound of ``max(size − error, 0)`` for non-negative arrays."""
    return np.maximum(size - error * UP, 0.0) * (1.0 - 2.0**-28)
