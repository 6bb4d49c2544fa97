"""Rotary positions, bounded and enclosed like the rest, against complex numbers and programs written here by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.bounds import bounds, interpreter
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified
from attnproof.verify.oracle.compare import compare
from attnproof.verify.outcome import FAIL, PASS

N_Q, N_K, WIDTH, D_V = 3, 5, 4, 3
SCALE = 0.5  # 1/√4
TABLES = ("cos_query", "sin_query", "cos_key", "sin_key")


def case_with(dtype: str, score: str = "scaled_dot", **changes) -> Case:
    rng = np.random.default_rng(7)
    angles = {"query": rng.normal(size=(N_Q, WIDTH // 2)), "key": rng.normal(size=(N_K, WIDTH // 2))}
    inputs = {
        "query": rng.normal(size=(2, N_Q, WIDTH)),
        "key": rng.normal(size=(2, N_K, WIDTH)),
        "value": rng.normal(size=(2, N_K, D_V)),
        **{f"{f.__name__}_{name}": f(angle) for name, angle in angles.items() for f in (np.cos, np.sin)},
        **changes,
    }
    rounded = {name: FORMATS[dtype].round(np.asarray(value)) for name, value in inputs.items()}
    return Case(score, rounded, FORMATS[dtype].round(rng.normal(size=(2, N_Q, D_V))), dtype=dtype)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * torch.cat([cos, cos], -1) + turned * torch.cat([sin, sin], -1)


def by_hand(case: Case, *, scale_first: bool) -> dict[str, np.ndarray]:
    dtype = TORCH_DTYPES[case.dtype]
    given = {name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in case.inputs.items()}
    query = given["query"] * SCALE if scale_first else given["query"]
    query = rotate(query, given["cos_query"], given["sin_query"])
    scores = query @ rotate(given["key"], given["cos_key"], given["sin_key"]).mT * (1.0 if scale_first else SCALE)
    weights = scores.softmax(-1)
    context = weights @ given["value"]
    found = torch.autograd.grad((context * torch.tensor(case.grad_context, dtype=dtype)).sum(), list(given.values()))
    values = {"scores": scores, "weights": weights, "context": context}
    values |= {f"grad.{name}": gradient for name, gradient in zip(given, found, strict=True)}
    return {name: value.detach().double().numpy() for name, value in values.items()}


@pytest.mark.parametrize("scale_first", [True, False])
@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
def test_a_program_written_by_hand_is_within_its_bounds(dtype, scale_first):
    case = case_with(dtype)
    limits = bounds(case, backend("torch", dtype))
    exact = certified(case, {name: limit.bound for name, limit in limits.items()})
    found = by_hand(case, scale_first=scale_first)
    assert set(found) == set(limits) == set(exact)
    for name, value in found.items():
        assert compare(value, exact[name], limits[name], FORMATS[dtype]).outcome == PASS, name
        if dtype in ("fp64", "fp32"):
            assert compare(value * 1.001 + 1e-3, exact[name], limits[name], FORMATS[dtype]).outcome == FAIL, name


def test_the_enclosed_scores_are_those_of_complex_numbers():
    case = case_with("fp64", "dot")
    half = WIDTH // 2

    def turned(name):
        x = case.inputs[name]
        return (x[..., :half] + 1j * x[..., half:]) * (case.inputs[f"cos_{name}"] + 1j * case.inputs[f"sin_{name}"])

    expected = np.real(np.einsum("bqp,bkp->bqk", turned("query"), turned("key").conj()))
    assert np.allclose(certified(case)["scores"].midpoint(), expected, rtol=0, atol=1e-14)


def test_a_scale_before_the_rotation_is_allowed_for(monkeypatch):
    """Query (a, b) with a C − b S near 0: the roundings of a scaled a and b do not cancel as their common scale
    would.
    """
    with_it = bounds(case_with("fp32"), backend("torch", "fp32"))["scores"].bound
    monkeypatch.setattr(interpreter, "SCALED_BEFORE", 0)
    without = bounds(case_with("fp32"), backend("torch", "fp32"))["scores"].bound
    assert (with_it > without).all()
    assert (with_it < 2 * without).all()


def test_bad_tables_are_refused():
    whole = case_with("fp64")
    inputs = {name: array for name, array in whole.inputs.items() if name != "sin_query"}
    with pytest.raises(ValueError, match="missing input 'sin_query'"):
        Case("dot", inputs, whole.grad_context)
    with pytest.raises(ValueError, match="expected 2 from the other inputs, cos_key has 3"):
        case_with("fp64", cos_key=np.ones((N_K, 3)))
    with pytest.raises(ValueError, match="no whole number"):
        case_with("fp64", query=np.ones((2, N_Q, 5)), key=np.ones((2, N_K, 5)))
    with pytest.raises(ValueError, match="has no rotary positions"):
        case_with("fp64", "additive")
