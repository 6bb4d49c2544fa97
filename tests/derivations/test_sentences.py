"""Sentences of the ledger that were false once: what refuted each, and that the printed one keeps it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sympy import lambdify

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.claims import CLAIMS, b1, t6
from attnproof.derivations.typesetting.latex import expr_cell, expr_latex

U = 2.0**-24  # of fp32
SCORES = np.array([-0.00077034, -0.00013553, 0.00031591], dtype=np.float32)
BIAS = np.float32(0.00022974)


def weights(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax as claim B1 has it, every result rounded to fp32; the exponential is rounded correctly: h = u (1 +
    2^-20).
    """
    shifted = (logits - logits.max()).astype(np.float64)
    powers = np.exp(shifted).astype(np.float32)
    found: NDArray[np.float32] = powers * (np.float32(1) / powers.sum(dtype=np.float32))
    return found


def moved() -> float:
    """The largest ``|ln(computed/exact)|`` of a weight."""
    exact = np.exp(SCORES.astype(np.float64))
    return float(np.abs(np.log(weights(SCORES + BIAS).astype(np.float64) * exact.sum() / exact)).max())


def proved() -> float:
    """The factor's logarithm, from the expression that B1 checks and prints."""
    largest = float(np.abs(SCORES).max())
    symbols = (b1.B, b1.MOST, b1.UNIT, b1.EXP_ERROR, b1.KEYS)
    return float(lambdify(symbols, b1.FACTOR_LOG, "math")(float(BIAS), largest, U, U * (1 + 2.0**-20), len(SCORES)))


def test_a_shared_bias_moves_a_weight_by_far_more_than_the_bias_s_own_part() -> None:
    short = 2 * U * (float(BIAS) + float(np.abs(SCORES).max()))
    assert 500 * short < moved() <= proved()


def test_the_factor_of_a_shared_bias_is_printed_as_it_is_checked() -> None:
    assert expr_cell(b1.FACTOR_LOG) in CLAIMS["B1"].headline
    assert expr_latex(b1.FACTOR_LOG) in CLAIMS["B1"].statement
    assert "|" not in CLAIMS["B1"].headline, "a bar ends the cell of a table"


def test_normalised_vectors_score_d_and_not_its_root() -> None:
    ones = np.ones(4)
    normed = ones / math.sqrt(np.mean(ones**2))
    assert normed @ normed == 4 > math.sqrt(4)
    assert "by `d` times the gains for RMS and layer normalisation" in CLAIMS["A6"].headline


@pytest.mark.parametrize(("dtype", "name", "own"), [(np.float32, "fp32", 10.0), (np.float64, "fp64", 18.99)])
def test_tanh_of_numpy_is_one_from_elsewhere_on_than_a_correctly_rounded_one(
    dtype: type[np.floating], name: str, own: float
) -> None:
    low, high = (float(end) for end in t6.THRESHOLDS[name])
    assert math.isclose(0.5 * math.log(2.0 ** (FORMATS[name][0] + 2) - 1), low, abs_tol=high - low)
    z = np.linspace(8, 24, 1 << 20).astype(dtype)
    below = z[np.tanh(z) < 1].max()
    assert below < own + 0.005 < below + 0.01, "the edge rounds to the printed one"
    assert not low - 0.01 < below < high + 0.01
    assert "NumPy's, as measured, from 10.0 and 18.99" in CLAIMS["T6"].headline
    assert str(own) in CLAIMS["T6"].headline
    for text in (CLAIMS["T6"].headline, CLAIMS["T6"].statement):
        assert t6.one_from(name) in text


def test_the_bound_of_four_tanh_units_is_least_at_a_larger_step_than_the_error() -> None:
    """X6: κ from 7u to 14u, R = 1; the error is that of its counterexample."""
    for kappa in (7 * U, 14 * U):
        assert 0.02 < (30 * kappa / 41) ** 0.25 < 0.03
    steps = np.geomspace(0.005, 0.05, 40)
    x, y = np.random.default_rng(0).uniform(-1, 1, (2, 20000)).astype(np.float32)
    bias = np.arctanh(np.float32(0.5))

    def error(step: np.float32) -> float:
        plus, minus = step * (x + y), step * (x - y)
        units = np.tanh(bias + minus) + np.tanh(bias - minus) - np.tanh(bias + plus) - np.tanh(bias - plus)
        return float(np.abs(units / (3 * step * step) - x.astype(np.float64) * y).max())

    least = steps[int(np.argmin([error(np.float32(step)) for step in steps]))]
    assert 0.010 < least < 0.015
    for text in (CLAIMS["X6"].headline, CLAIMS["X6"].statement):
        assert "a step of 0.02 to 0.03" in text
    assert "0.010 to 0.015" in CLAIMS["X6"].headline


def test_the_guarantee_of_layer_normalisation_is_printed_by_its_first_digits() -> None:
    assert math.floor(10**4 / math.cosh(1) ** 2) == 4199
    assert "0.4199…" in CLAIMS["T8"].headline
