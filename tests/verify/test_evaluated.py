"""Questions about structure are answered from a JAX program's primitives; only passes come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax")

from attnproof.verify.checking.evaluated import CONTRACTED, check, evaluated
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.asking import case_of, request_of
from attnproof.verify.recording.active import active
from attnproof.verify.targets.in_jax import jax_target


class Attention:
    """Scaled dot-product attention that notes of each call whether somebody listens."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.listened: list[bool] = []

    def __call__(self, query: Any, key: Any, value: Any) -> Any:
        self.listened.append(active() is not None)
        scores = self.scale * query @ jax.numpy.swapaxes(key, -1, -2) / query.shape[-1] ** 0.5
        return jax.nn.softmax(scores, axis=-1) @ value


def asked(function: Callable[..., Any], name: str, profile: Profile = "standard") -> Sequence[Finding]:
    target = jax_target("mine", "scaled_dot", function, dtypes=("fp32",), gradients=())  # XLA compiles less
    draw = next(iter(PROPERTIES[name].draws(target, profile, "fp32", "cpu", 0)))
    return check(PROPERTIES[name], target, draw, profile)


@pytest.mark.parametrize("name", ["layout", "combinations", "pairs of features"])
def test_structure_is_asked_of_the_primitives_alone(name: str) -> None:
    function = Attention()
    assert {each.outcome for each in asked(function, name)} == {PASS}
    assert function.listened
    assert all(function.listened)


def test_what_fails_is_asked_of_xla_and_that_counts() -> None:
    function = Attention(1.01)
    assert FAIL in {each.outcome for each in asked(function, "layout")}
    assert function.listened[0]
    assert False in function.listened[1:]


@pytest.mark.parametrize(("name", "profile"), [("values", "quick"), ("repeatable", "standard"), ("layout", "thorough")])
def test_numbers_and_state_are_asked_of_xla_and_all_is_in_thorough(name: str, profile: Profile) -> None:
    function = Attention()
    assert {each.outcome for each in asked(function, name, profile)} == {PASS}
    assert not any(function.listened)


def jitted(stable: bool) -> Callable[..., Any]:
    @jax.jit
    def attend(query: Any, key: Any, value: Any) -> Any:
        scores = (
            query @ jax.numpy.swapaxes(key, -1, -2) / jax.numpy.sqrt(jax.numpy.asarray(query.shape[-1], query.dtype))
        )
        top = scores.max(-1, keepdims=True) if stable else 0.0
        weights = jax.numpy.exp(scores - top)
        return weights / weights.sum(-1, keepdims=True) @ value

    return attend


def test_what_xla_contracts_is_no_fault_of_the_program() -> None:
    """Near the end of the format XLA's ``s · (1/√d) − max`` is not 0 at the maximum, and every exponential is."""
    name = "range through query and key"
    found = asked(jitted(stable=True), name)
    assert {each.outcome for each in found} <= {PASS, ABSTAIN}
    assert any((each.reason or "").startswith(CONTRACTED) for each in found)
    assert FAIL in {each.outcome for each in asked(jitted(stable=False), name)}


def test_what_has_no_rule_is_asked_of_xla() -> None:
    listened: list[bool] = []

    def through_complex_numbers(query: Any, key: Any, value: Any) -> Any:
        listened.append(active() is not None)
        scores = jax.numpy.real((query + 0j) @ jax.numpy.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
        return jax.nn.softmax(scores, axis=-1) @ value

    assert {each.outcome for each in asked(through_complex_numbers, "layout")} == {PASS}
    assert listened == [True, False]


def test_the_answers_are_those_of_xla_but_for_rounding() -> None:
    target = jax_target("mine", "scaled_dot", Attention(), dtypes=("fp64",))
    draw = next(iter(PROPERTIES["values"].draws(target, "quick", "fp64", "cpu", 0)))
    request = request_of(target, case_of(target, draw), "cpu")
    compiled, own = target.ask(request).values(), evaluated(target).ask(request).values()
    assert compiled.keys() == own.keys()
    for name, value in compiled.items():
        np.testing.assert_allclose(own[name], value, rtol=0, atol=1e-13)
