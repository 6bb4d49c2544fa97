"""The JAX modules behind the interface of implementations: against certified values, within the bounds of XLA's
arithmetic.
"""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import bounds
from attnproof.verify.implementations.builtin import Implementation, Inputs, Values, availability
from attnproof.verify.implementations.optional import EVERY
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified
from attnproof.verify.oracle.compare import compare
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS, SKIPPED

JAX = EVERY["generated-jax"]


def outcomes(implementation: Implementation, score: str, dtype: str) -> dict[str, str]:
    """What becomes of every output and gradient, masked rows and all options included."""
    setting = replace(SETTINGS["masked_row"], bias_hidden=True, softcap=True, bias=True)
    case = make_case(score, setting, "normal", dtype, 3)
    limits = bounds(case, arithmetic(JAX, dtype))
    exact = certified(case, {name: limit.bound for name, limit in limits.items()})
    found = dict(implementation.forward(score, case.inputs, dtype, "cpu"))
    gradients = implementation.gradients(score, case.inputs, case.grad_context, dtype, "cpu")
    found |= {f"grad.{name}": value for name, value in gradients.items()}
    assert set(found) == set(exact)
    return {name: compare(found[name], exact[name], limits[name], FORMATS[dtype]).outcome for name in found}


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
@pytest.mark.parametrize("score", ["scaled_dot", "additive"])
def test_values_lie_within_their_bounds(score: str, dtype: str) -> None:
    pytest.importorskip("jax", reason="no jax")
    found = outcomes(JAX, score, dtype)
    if dtype in ("fp64", "fp32"):
        assert set(found.values()) == {PASS}, found
    else:  # bounds of half formats may be too wide to say anything
        assert set(found.values()) <= {PASS, ABSTAIN}, found
        assert found["scores"] == PASS


def test_a_wrong_answer_fails() -> None:
    pytest.importorskip("jax", reason="no jax")

    def wrong(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
        found = JAX.forward(score, inputs, dtype, device)
        return found | {"context": found["context"] * (1 + 1e-4)}

    found = outcomes(replace(JAX, forward=wrong), "scaled_dot", "fp32")
    assert found["context"] == FAIL
    assert found["weights"] == PASS


def test_without_jax_it_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "jax" else real(name, *a))
    assert availability(JAX, "dot", "fp32", "cpu") == (SKIPPED, "jax is not installed")
