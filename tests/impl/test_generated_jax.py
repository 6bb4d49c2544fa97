"""The JAX modules under ``jax.grad``, ``jax.jit`` and ``jax.vmap``."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from parameters import ordinary
from target_arrays import double

from attnproof.derivations.scores import FAMILIES

jax = pytest.importorskip("jax", reason="no jax")
jnp = jax.numpy
SIZES = {"n_q": 2, "n_k": 3, "d": 2, "d_q": 2, "d_k": 3, "d_a": 2, "d_v": 2}
U = 2.0**-53
# Inputs are at most 1 and sums short, so that two orders of the same operations are within some hundred roundings.
CLOSE = 2**9 * U


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with double("jax"):
        yield


def given_to(score: str, *batch: int) -> tuple[Any, dict[str, Any], Any]:
    """Module, arguments (query 0 attends to nothing, query 1 not to key 0) and a cotangent of the context."""
    module = importlib.import_module(f"attnproof.impl.generated.jax.{score}")
    rng = np.random.default_rng(5)
    arguments = {
        name: rng.uniform(
            -1, 1, (*batch, *(sum(SIZES[p] for p in axis.split(" + ")) for axis in axes if axis != "..."))
        )
        for name, axes in module.SHAPES.items()
    }
    arguments["softcap"] = np.abs(arguments["softcap"]) + 1.0
    arguments["bias"][..., 0, :] = arguments["bias"][..., 1, 0] = -np.inf
    seed = rng.uniform(-1, 1, (*batch, SIZES["n_q"], SIZES["d_v"]))
    return module, {name: jnp.asarray(value) for name, value in arguments.items()}, jnp.asarray(seed)


def close(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert set(found) == set(wanted)
    for name, value in found.items():
        np.testing.assert_allclose(value, wanted[name], rtol=CLOSE, atol=CLOSE, err_msg=name)


@pytest.mark.parametrize("score", ordinary(FAMILIES, "additive", "dot"))
def test_grad_jit_and_vmap_give_the_derived_gradients(score: str) -> None:
    module, arguments, seed = given_to(score)

    def gradients(some: dict[str, Any], cotangent: Any) -> Any:
        return jax.grad(lambda own: jnp.sum(module.attention(**own).context * cotangent))(some)

    wanted = module.attention_backward(seed, **arguments)
    assert all(np.isfinite(value).all() for value in wanted.values())
    close(jax.jit(gradients)(arguments, seed), wanted)
    close(jax.jit(module.attention_backward)(seed, **arguments), wanted)
    module, stacked, seeds = given_to(score, 3)
    mapped = jax.jit(jax.vmap(gradients))(stacked, seeds)
    for n in range(3):
        one = {name: value[n] for name, value in stacked.items()}
        close({k: v[n] for k, v in mapped.items()}, module.attention_backward(seeds[n], **one))


def test_the_derived_gradients_are_the_ones_that_jax_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    module, arguments, _ = given_to("dot")
    _, pull = jax.vjp(lambda own: module.attention(**own), arguments)
    seeds = module.Attention(*(jnp.ones_like(x) for x in module.attention(**arguments)))
    (found,) = pull(seeds)
    close(found, module.attention_backward(*(seeds[:1]), **arguments, grad_weights=seeds[1], grad_scores=seeds[2]))
    real = module._attention_backward
    monkeypatch.setattr(module, "_attention_backward", lambda *a: {k: 2 * v for k, v in real(*a).items()})
    (doubled,) = jax.vjp(lambda own: module.attention(**own), arguments)[1](seeds)
    close(doubled, {name: 2 * value for name, value in found.items()})


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_the_gradient_of_the_scores_alone(score: str) -> None:
    module, arguments, _ = given_to(score)
    names = [n for n in arguments if n not in ("value", "softcap", "bias")]
    own = {name: arguments[name] for name in names}
    found = jax.grad(lambda some: jnp.sum(module.scores(**some) ** 2))(own)
    zero = jnp.zeros((SIZES["n_q"], SIZES["d_v"]))
    seeds = {"grad_scores": 2 * module.scores(**own)}
    wanted = module.attention_backward(zero, **own, value=arguments["value"], **seeds)
    close(found, {name: wanted[name] for name in names})


def test_gradients_can_be_differentiated_again() -> None:
    """Against the difference quotient of the gradient: the error of a central one is h² f‴/6 + u/h, so 1e-7 is
    ample.
    """
    module, arguments, seed = given_to("additive")

    def squares(v: Any) -> Any:
        found = jax.grad(lambda x: jnp.sum(module.attention(**(arguments | {"v": x})).context * seed))(v)
        return jnp.sum(found**2)

    second = jax.grad(squares)(arguments["v"])
    h = 1e-5
    for n in range(SIZES["d_a"]):
        step = jnp.zeros(SIZES["d_a"]).at[n].set(h)
        quotient = (squares(arguments["v"] + step) - squares(arguments["v"] - step)) / (2 * h)
        assert abs(float(second[n] - quotient)) < 1e-7
        assert abs(float(second[n])) > 1e-5


def test_forward_mode_is_refused() -> None:
    module, arguments, _ = given_to("dot")
    with pytest.raises(TypeError, match="custom_vjp"):
        jax.jvp(lambda q: module.attention(**(arguments | {"query": q})).context, *[(arguments["query"],)] * 2)
