"""The Triton kernels at the edges: wide values, very low logits, v close to the largest number, a tiny soft-cap."""

from __future__ import annotations

import numpy as np
import pytest
from triton_cases import DTYPES, HEIGHTS, large_v, low_logits, tiny_cap, wide
from triton_process import Ran, longer, quotient

from attnproof.derivations.kernels.exponential import relative_error

pytest.importorskip("triton", reason="no triton")
WEIGHTS = ("weight_query", "weight_key", "v")


def test_values_wider_than_a_program(triton_ran: Ran) -> None:
    found, inputs = triton_ran.results("wide"), wide()
    tanh = np.tanh(
        inputs["query"] @ inputs["weight_query"].T + inputs["key"] @ inputs["weight_key"].T, dtype=np.float64
    )
    weights = np.exp(tanh @ inputs["v"])
    weights /= weights.sum()
    # fp32 beside fp64: a column, or a key, in the wrong place is off by about 1
    assert np.allclose(found["context"], weights @ inputs["value"], rtol=0, atol=1e-5)
    assert np.allclose(found["grad.value"], np.outer(weights, inputs["grad_context"]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", longer(DTYPES))
@pytest.mark.parametrize("height", HEIGHTS)
def test_weights_sum_to_one_in_the_backward_pass_however_large_the_logits(
    triton_ran: Ran, dtype: str, height: float
) -> None:
    # a large number instead of −∞ is a common mask: beside it the logarithm of a row's mass would be lost
    seed = low_logits(dtype, height)["grad_context"]
    for_value = triton_ran.results(f"height {height} {dtype}")["grad.value"].sum(axis=0)
    u = float(np.finfo(dtype).eps) / 2
    # of exp, of a quotient, and of the sums of 20 weights and 5 queries, once each way
    bound = (
        (2 * float(relative_error(dtype).upper()) + quotient(triton_ran.device, dtype) + 10 + 2 * 20 + 5)
        * u
        * np.abs(seed).sum(axis=0)
    )
    assert (np.abs(for_value - seed.sum(axis=0, dtype=np.float64)) <= bound).all()


@pytest.mark.parametrize("dtype", longer(DTYPES))
def test_v_close_to_the_largest_number(triton_ran: Ran, dtype: str) -> None:
    found = triton_ran.results(f"large 5 {dtype}")
    u = float(np.finfo(dtype).eps) / 2
    norm = 2 * np.longdouble(large_v(dtype, 5)["v"][0])
    assert np.allclose(found["log_sum_exp"].astype(np.longdouble) / norm, -1, rtol=20 * u, atol=0)
    assert np.allclose(found["context"], 2, rtol=20 * u, atol=0)
    # one key: no gradient reaches the score, times 4 v must not be 0 · ∞
    for name in ("query", "key", *WEIGHTS):
        assert (triton_ran.results(f"large 1 {dtype}")[f"grad.{name}"] == 0).all(), name


@pytest.mark.parametrize("dtype", longer(DTYPES))
def test_a_soft_cap_so_small_that_the_scores_overflow_in_its_units(triton_ran: Ran, dtype: str) -> None:
    found, inputs = triton_ran.results(f"tiny cap {dtype}"), tiny_cap(dtype)
    # κ tanh(e/κ) is κ sign(e), the weights are all 1/n
    x = {name: inputs[name].astype(np.float64) for name in ("query", "key", *WEIGHTS)}
    preactivation = (x["query"] @ x["weight_query"].T)[:, None] + x["key"] @ x["weight_key"].T
    ahead = inputs["value"].sum(axis=1, dtype=np.float64)
    wanted = np.sum(np.sign(np.tanh(preactivation) @ x["v"]) * (ahead - ahead.mean())) / 4
    scale = 3 * np.abs(inputs["value"]).sum(dtype=np.float64)
    assert abs(float(found["grad.softcap"]) - wanted) <= 100 * float(np.finfo(dtype).eps) * scale
    assert all((found[f"grad.{name}"] == 0).all() for name in ("query", "key", *WEIGHTS))
