"""Scores of the Triton kernels against balls, in Triton's interpreter and, where there is a device, on CUDA."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, ctx
from triton_cases import DTYPES, HOSTILE, UNITS, Array, hostile
from triton_process import Ran, longer, quotient

from attnproof.derivations.kernels.ranges import unit_error

pytest.importorskip("triton", reason="no triton")


def exact_scores(a: Array, b: Array, v: Array) -> list[list[arb]]:
    """``Σ_d v_d tanh(a_id + b_jd)`` as balls."""
    with ctx.workprec(256):
        tanh = [[[(arb(float(x)) + arb(float(y))).tanh() for x, y in zip(r, s, strict=True)] for s in b] for r in a]
        return [[sum((arb(float(w)) * t for w, t in zip(v, one, strict=True)), arb(0)) for one in row] for row in tanh]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", HOSTILE)
def test_scores_are_within_the_derived_bound(triton_ran: Ran, name: str, dtype: str) -> None:
    inputs = hostile(name, dtype)
    got = triton_ran.results(f"scores {name} {dtype}")["scores"]
    assert np.isfinite(got).all()
    wanted = exact_scores(inputs["query"], inputs["key"], inputs["v"])
    u = float(np.finfo(dtype).eps) / 2
    # each unit's; the sum over groups of terms up to 2|v|, and the sum of v in front, in any order
    groups = UNITS // 4 + 1
    relative = unit_error(dtype) + quotient(triton_ran.device, dtype) + 2 * 1.01 * groups + 1.01 * (UNITS + 1)
    bound = relative * u * float(np.sum(np.abs(inputs["v"]), dtype=np.float64))
    worst = max(float(abs(arb(float(got[i, j])) - wanted[i][j]).upper()) for i, j in np.ndindex(*got.shape))
    assert worst <= bound, f"off by {worst}, at most {bound} is proved"


@pytest.mark.parametrize("dtype", longer(DTYPES))
def test_every_form_is_reached(triton_ran: Ran, dtype: str) -> None:
    forms = {name: triton_ran.results(f"scores {name} {dtype}")["forms"].reshape(-1).tolist() for name in HOSTILE}
    assert forms["plain"] == [4, 4, 4]
    assert forms["beyond"] == [0, 0, 0]
    assert forms["edges"][0] == 0
    assert forms["fold 6"][0] == 4
    assert (
        forms["fold 4"][0] == forms["fold 3"][0] == 2
    )  # the next number after the one whose four factors reach the limit
    assert forms["fold 2"][0] == 0
