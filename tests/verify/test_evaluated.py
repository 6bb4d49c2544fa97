"""Questions about structure are answered from a JAX program's primitives; only passes come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax")

from attnproof.verify.checking.evaluated import CONTRACTED, STATE, STRUCTURE, check
from attnproof.verify.checking.reshaping import laid
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.asking import case_of, request_of
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.evaluated import evaluated
from attnproof.verify.recording.active import active
from attnproof.verify.targets.in_jax import jax_target


class Attention:
    """Scaled dot-product attention that notes of each call whether somebody listens."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.listened: list[bool] = []

    def __call__(
        self, query: Any, key: Any, value: Any, causal: bool = False, bias: Any = 0.0, dropout: Any = 1.0
    ) -> Any:
        self.listened.append(active() is not None)
        groups = query.shape[-3] // key.shape[-3] if query.ndim > 3 else 1
        key, value = (jax.numpy.repeat(array, groups, -3) if groups > 1 else array for array in (key, value))
        scores = self.scale * query @ jax.numpy.swapaxes(key, -1, -2) / query.shape[-1] ** 0.5 + bias
        if causal:
            n_q, n_k = scores.shape[-2:]
            scores = jax.numpy.where(
                jax.numpy.tril(jax.numpy.ones((n_q, n_k), bool), n_k - n_q), scores, -jax.numpy.inf
            )
        return (jax.nn.softmax(scores, axis=-1) * dropout) @ value


def asked(
    function: Callable[..., Any], name: str, profile: Profile = "standard", dtype: str = "", **declared: Any
) -> Sequence[Finding]:
    target = jax_target("mine", "scaled_dot", function, **{"dtypes": ("fp32",), "gradients": (), **declared})
    draw = next(iter(PROPERTIES[name].draws(target, profile, dtype or target.dtypes[0], "cpu", 0)))
    return check(PROPERTIES[name], target, draw, profile)


@pytest.mark.parametrize("name", sorted(STRUCTURE))
def test_structure_is_asked_of_the_primitives_alone(name: str) -> None:
    function = Attention()
    found = asked(function, name, takes=("causal", "bias", "dropout", "groups"), gradients=name == "gradient subsets")
    assert {each.outcome for each in found} == {PASS}
    assert function.listened
    assert all(function.listened)


@pytest.mark.parametrize("name", STATE)
def test_state_is_asked_of_xla_in_the_first_format_and_of_the_primitives_in_others(name: str) -> None:
    for dtype, of_primitives in (("fp64", False), ("fp32", True)):
        function = Attention()
        assert {each.outcome for each in asked(function, name, dtype=dtype, dtypes=("fp64", "fp32"))} == {PASS}
        assert set(function.listened) == {of_primitives}


def test_what_the_contract_leaves_open_is_asked_of_the_primitives_once() -> None:
    function = Attention()
    target = jax_target("mine", "scaled_dot", function, takes=("causal",))
    assert settled_choice(target, "fp32", "cpu", 0)["causal"] == "bottom-right"
    calls = len(function.listened)
    assert all(function.listened)
    assert settled_choice(evaluated(target), "fp32", "cpu", 0)["causal"] == "bottom-right"
    assert len(function.listened) == calls > 0


def test_an_array_that_nothing_is_traced_through_is_laid_out_in_numpy() -> None:
    array, seen = jax.numpy.ones((2, 3), "bfloat16"), []

    def change(own: Any) -> Any:
        seen.append(type(own))
        return own.reshape(3, 2)

    found = laid(array, change)
    assert seen == [np.ndarray]
    assert isinstance(found, jax.Array)
    assert (found.shape, found.dtype, found.device) == ((3, 2), array.dtype, array.device)
    jax.grad(lambda x: laid(x, change).sum())(jax.numpy.ones((2, 3)))
    assert seen[1:]
    assert not set(seen[1:]) & {np.ndarray}


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
