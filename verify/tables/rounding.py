"""How far rounding can move softmax weights and what is computed from them: a-priori bounds, used by the tables.

The constants are those of ``attnproof.verify.arithmetic.backends``: measured, or taken from the libraries'
documentation. Bounds are on |log(computed weight / exact weight)| plus an absolute term where numbers underflow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import FP32
from attnproof.verify.implementations.builtin import Implementation

Array = npt.NDArray[np.float64]


def softmax(values: Array) -> Array:
    """Weights over the last axis."""
    grown = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Rounding:
    """The constants of one implementation in one format.

    unit        unit roundoff u of the format
    wide        unit roundoff of accumulation
    elementary  relative error of tanh and of exp (outside fused kernels)
    fast_exp    relative error of exp in the softmax
    tiny        absolute error where a weight underflows, or is flushed to zero
    bias_format the format in which a bias is added to the scores: a fused kernel, and our own NumPy code, do it in fp32
                at least
    fused       arguments of exp may be multiplied by log2(e) or scaled before the subtraction of the maximum
    """

    unit: float
    wide: float
    elementary: float
    fast_exp: float
    tiny: float
    bias_format: str
    fused: bool

    def accumulate(self, terms: int) -> float:
        """γ_terms of the accumulation, then one rounding to the format."""
        product = terms * self.wide
        if product >= 1:
            return float("inf")
        return product / (1 - product) + self.unit

    def softmax(self, keys: int, spread: Array | float = 0.0, *, exact_logits: bool = False) -> Array:
        """Bound on |log(computed / exact)| of a weight for ``keys`` logits whose range is ``spread``.

        The subtraction of the maximum rounds by u·spread (nothing if ``exact_logits``), exp by its own error, in
        numerator and denominator; then the sum, of which ``keys`` terms may underflow and one is 1, the division and,
        in a fused kernel, one rounding of the product with V.
        """
        argument = np.asarray(spread, dtype=np.float64) * (0.0 if exact_logits else self.unit)
        if self.fused:
            argument = argument + 4 * self.wide * np.asarray(spread)
        first = 2 * (argument + self.fast_exp) + self.accumulate(keys) + 3 * self.unit + keys * self.tiny
        return np.asarray(np.where(first < 0.5, first / (1 - np.minimum(first, 0.5)), np.inf))


def rounding_of(implementation: Implementation, dtype: str, device: str = "cpu") -> Rounding:
    """The constants that hold for ``implementation`` in format ``dtype`` on ``device``."""
    how = arithmetic(implementation, dtype, device)
    unit = how.format.unit_roundoff
    narrow = how.format.precision < FP32.precision
    # a product loses half a subnormal; where subnormals are flushed, itself and what it is added to
    product = 2 * how.format.smallest_normal if how.flushes else how.format.smallest_subnormal
    return Rounding(
        unit=unit,
        wide=how.accumulation.unit_roundoff if how.accumulation is not None else unit,
        elementary=max(how.exp.relative, how.tanh.relative) * unit,
        fast_exp=how.softmax_exp.relative * unit,
        tiny=2 * (how.softmax_exp.absolute * how.format.smallest_subnormal + product),
        bias_format=FP32.name if narrow and (how.fused or implementation.framework == "numpy") else dtype,
        fused=how.fused,
    )


def quantity_bounds(values: dict[str, Array], logs: Array, keys: int, tiny: float) -> dict[str, Array]:
    """Bound on the change of each quantity, sample by sample, when every weight moves by a factor within exp(± logs)
    and ``tiny``.

    values  the exact quantities, each (N,): products of m weights move by at most exp(m logs) - 1 relatively, and
            -α log α by at most α (exp(s) - 1) |log α| + α s exp(s)
    """
    with np.errstate(over="ignore"):
        entropy = np.expm1(logs) * values["entropy"] + logs * np.exp(logs) + keys * tiny * (1 - np.log(tiny))
        return {
            "largest weight": np.expm1(logs) * values["largest weight"] + tiny,
            "sum of squares": np.expm1(2 * logs) * values["sum of squares"] + 2 * keys * tiny,
            "entropy": entropy,
            "jacobian norm": np.expm1(4 * logs) * values["jacobian norm"] + 8 * keys * tiny,
        }


def gradient_bound(rounding: Rounding, logs: Array, keys: int, squares: Array, factor: float) -> Array:
    """Bound on ‖computed J g - J g‖₂ for |g_i| = 1: weights off by exp(± logs), ⟨α, g⟩ accumulated, three products.

    squares  Σ α² of each sample; factor  what J g is divided by to read it off a gradient (an underflow is magnified by
             it)
    """
    moved = np.expm1(logs)
    product = moved + 4 * rounding.unit
    mean = moved + rounding.accumulate(keys) + rounding.unit
    return np.asarray((2 * product + mean * (1 + product)) * np.sqrt(squares) + 4 * keys * rounding.tiny / abs(factor))


def jacobian_bound(rounding: Rounding, logs: Array, keys: int, norm: Array, squares: Array, factor: float) -> Array:
    """Bound on ‖computed J - J‖_F, by columns from g = e_i: α_j |δ_ij - α_i| relatively, ⟨α, e_i⟩ = α_i accumulated."""
    moved = np.expm1(logs)
    product = moved + 4 * rounding.unit
    mean = moved + rounding.accumulate(keys) + rounding.unit
    return np.asarray(product * norm + mean * (1 + product) * squares + 4 * keys * rounding.tiny / abs(factor))
