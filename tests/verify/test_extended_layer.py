"""Sink, dropout mask and log-sum-exp: derived, bounded and enclosed like the rest, against programs written here by
hand.
"""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
import torch

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.bounds import bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified, enclose
from attnproof.verify.oracle.compare import compare
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS

N_Q, N_K, D, D_V = 3, 5, 4, 3
FEATURES = ("sink", "dropout", "lse", "bias")
CHOICES = tuple(chain.from_iterable(combinations(FEATURES, count) for count in range(5)))


def case_with(features: tuple[str, ...], dtype: str, score: str = "scaled_dot") -> Case:
    rng = np.random.default_rng(0)
    inputs = {
        "query": rng.normal(size=(2, N_Q, D)),
        "key": rng.normal(size=(2, N_K, D)),
        "value": rng.normal(size=(2, N_K, D_V)),
    }
    if "bias" in features:
        bias = rng.normal(size=(N_Q, N_K))
        bias[0, 2] = bias[1, :] = -np.inf
        inputs["bias"] = bias
    if "sink" in features:
        inputs["sink"] = np.array(0.7)
    if "dropout" in features:
        inputs["dropout"] = 2.0 * (rng.random((2, N_Q, N_K)) < 0.6)
    seed, seed_lse = rng.normal(size=(2, N_Q, D_V)), rng.normal(size=(2, N_Q))
    rounded = {name: FORMATS[dtype].round(value) for name, value in inputs.items()}
    return Case(
        score,
        rounded,
        FORMATS[dtype].round(seed),
        dtype=dtype,
        grad_lse=FORMATS[dtype].round(seed_lse) if "lse" in features else None,
    )


def by_hand(case: Case) -> dict[str, np.ndarray]:
    """Outputs and, by autograd, gradients; rows without any key have weights 0 and a log-sum-exp of −∞."""
    dtype = TORCH_DTYPES[case.dtype]
    given = {name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in case.inputs.items()}
    scores = given["query"] @ given["key"].mT / (2.0 if case.score == "scaled_dot" else 1.0)
    logits = scores + given["bias"] if "bias" in given else scores
    places = torch.cat([logits, given["sink"].expand(2, N_Q, 1)], -1) if "sink" in given else logits
    dead = torch.isneginf(places).all(-1, keepdim=True)
    shift = torch.where(dead, 0.0, places.detach().amax(-1, keepdim=True))
    powers = (places - shift).exp()
    total = torch.where(dead, 1.0, powers.sum(-1, keepdim=True))
    weights = (powers / total)[..., :N_K]
    context = (weights * given["dropout"] if "dropout" in given else weights) @ given["value"]
    level = (shift + total.log())[..., 0]
    loss = (context * torch.tensor(case.grad_context, dtype=dtype)).sum()
    found = {"scores": scores, "weights": weights, "context": context}
    if case.grad_lse is not None:
        alive = torch.where(dead[..., 0], 0.0, level)
        loss = loss + (alive * torch.tensor(case.grad_lse, dtype=dtype)).sum()
        found["lse"] = torch.where(dead[..., 0], -torch.inf, level)
    gradients = torch.autograd.grad(loss, list(given.values()))
    found |= {f"grad.{name}": gradient for name, gradient in zip(given, gradients, strict=True)}
    return {name: value.detach().double().numpy() for name, value in found.items()}


@pytest.mark.parametrize("features", CHOICES, ids="+".join)
@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
def test_a_program_written_by_hand_is_within_its_bounds(dtype, features):
    case = case_with(features, dtype)
    found = by_hand(case)
    limits = bounds(case, backend("torch", dtype, tanh_derivative="one_minus_tanh2"))
    exact = certified(case, {name: limit.bound for name, limit in limits.items()})
    assert set(found) == set(limits) == set(exact)
    for name, value in found.items():
        outcome = compare(value, exact[name], limits[name], FORMATS[dtype])
        assert outcome.outcome in (PASS, ABSTAIN), (name, outcome.reason)
        if dtype in ("fp64", "fp32"):
            assert outcome.outcome == PASS, (name, outcome.reason)
            wrong = np.where(np.isfinite(value), value * 1.001 + 1e-3, value)
            assert compare(wrong, exact[name], limits[name], FORMATS[dtype]).outcome == FAIL


def test_the_sink_takes_weight_and_gives_no_value():
    plain, with_sink = case_with((), "fp64"), case_with(("sink",), "fp64")
    without = enclose(plain, 128)["weights"].midpoint().sum(-1)
    taken = enclose(with_sink, 128)["weights"].midpoint().sum(-1)
    assert np.allclose(without, 1.0, rtol=0, atol=1e-15)
    assert (taken < 0.9).all()


def test_the_level_of_a_row_without_keys_is_minus_infinity_and_nothing_else():
    case = case_with(("lse", "bias"), "fp64")
    exact, limit = certified(case)["lse"], bounds(case, backend("torch", "fp64"))["lse"]
    value = by_hand(case)["lse"]
    assert np.isneginf(value[:, 1]).all()
    assert compare(value, exact, limit, FORMATS["fp64"]).outcome == PASS
    for wrong in (0.0, np.nan, np.inf, -1e300):
        changed = value.copy()
        changed[:, 1] = wrong
        assert compare(changed, exact, limit, FORMATS["fp64"]).outcome == FAIL


def test_the_level_is_the_logarithm_of_the_sum():
    case = case_with(("lse",), "fp64")
    found = certified(case)
    scores = found["scores"].midpoint()
    assert np.allclose(found["lse"].midpoint(), np.log(np.exp(scores).sum(-1)), rtol=0, atol=1e-14)


def test_a_cotangent_of_the_wrong_shape_is_refused():
    case = case_with((), "fp64")
    with pytest.raises(ValueError, match="grad_lse has shape"):
        Case("dot", case.inputs, case.grad_context, grad_lse=np.zeros(3))
