"""A tanh that is taken as 1 − 2 f: its rules bound what such a program computes, and no less does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FP32
from attnproof.verify.arithmetic.fused import KEYS_OF_A_TILE, numba_arithmetic
from attnproof.verify.bounds import separated
from attnproof.verify.bounds.contraction import Term, contraction
from attnproof.verify.bounds.operand import Operand, exact
from attnproof.verify.bounds.separated import separated_sech2, separated_tanh

FUSED = numba_arithmetic("fp32")
U = FP32.unit_roundoff


def argument(z: np.ndarray, error: float = 0.0) -> Operand:
    return replace(exact("a", z), error=np.full(z.shape, error))


@pytest.mark.parametrize("error", [0.0, 1e-3])
def test_whatever_is_within_the_unit_s_error_is_within_the_bounds(error: float) -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal(2000) * 6
    moved = z + error * rng.choice([-1.0, 0.0, 1.0], z.shape)
    off = rng.choice([-1.0, 1.0], z.shape) * FUSED.separated * U
    computed = np.tanh(moved) + off
    tanh, sech2 = separated_tanh(argument(z, error), FUSED), separated_sech2(argument(z, error), FUSED)
    assert (np.abs(computed - np.tanh(z)) <= tanh.error + 1e-15).all()
    slope = (1 - computed**2) * (1 + U * rng.choice([-1.0, 1.0], z.shape))
    exact_slope = 1 / np.cosh(z) ** 2
    assert (np.abs(slope - exact_slope) <= sech2.error + 1e-15).all()
    # and not by far: the derivative's error is seen to be of the tanh's size
    assert np.max(np.abs(slope - exact_slope) / sech2.error) > (0.3 if error else 0.9)


def test_sums_of_one_and_of_fractions_apart_need_more_than_the_size_of_tanh() -> None:
    """Where every tanh is about 0, a sum of v and of 2 v f errs by roundings of ‖v‖₁, however small the score is."""
    n = 4096
    rng = np.random.default_rng(1)
    v = rng.uniform(0.5, 1.0, n).astype(np.float32)
    z = 1e-6 * rng.standard_normal(n)
    exact_score = float(np.sum(v * np.tanh(z)))
    f = (1 / (1 + np.exp(2 * z))).astype(np.float32)
    ones = np.cumsum(v, dtype=np.float32)[-1]  # one after the other
    parts = np.cumsum(v[::-1] * f[::-1], dtype=np.float32)[-1]
    off = abs(float(ones) - 2 * float(parts) - exact_score)
    precise = replace(FUSED, separated=2.0)  # what f is off by here
    unit = separated_tanh(argument(z), precise)

    def bound(tanh: Operand) -> float:
        found, _ = contraction((Term(1.0, (exact("a", v.astype(np.float64)), tanh), "a"),), "", {"a": n}, precise)
        return float(found.error)

    assert off <= bound(unit)
    assert off > bound(replace(unit, summed=None))


def test_what_stands_for_a_score_counts_where_a_bias_is_added() -> None:
    v, z = np.array([1.0, 1.0]), np.array([-3.0, 3.0])  # the score is 0, −2 Σ v f is −2
    tanh = separated_tanh(argument(z), FUSED)
    score, _ = contraction((Term(1.0, (exact("a", v), tanh), "a"),), "", {"a": 2}, FUSED)
    assert score.summed is not None
    assert float(score.summed) >= 2.0
    bias = exact("", np.asarray(0.0))
    logit, _ = contraction((Term(1.0, (score,), ""), Term(1.0, (bias,), "")), "", {}, FUSED)
    assert float(logit.error) >= float(score.error) + 2.0 * U


def test_without_an_error_of_the_unit_there_is_no_rule() -> None:
    with pytest.raises(ValueError, match="does not separate tanh"):
        separated_tanh(argument(np.zeros(1)), replace(FUSED, separated=None))
    assert set(separated.SEPARATED) == {"tanh", "sech2"}


def test_the_tile_is_the_kernel_s() -> None:
    pytest.importorskip("numba")
    from attnproof.impl.generated.numba import additive

    assert additive.TILE == KEYS_OF_A_TILE
    with pytest.raises(KeyError):
        numba_arithmetic("fp16")
