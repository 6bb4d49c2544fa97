"""JAX attentions, recorded: replayed on other numbers they give what JAX gives, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="the extra jax is not installed")

from recorded_in_jax import recorded, same_again

from attnproof.impl.generated.jax import additive, scaled_dot
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import limits_of
from attnproof.verify.recording.active import recording as listening
from attnproof.verify.recording.in_jax.recorder import JaxRecorder
from attnproof.verify.targets import jax_target, plain

jnp, lax = jax.numpy, jax.lax
SHAPES = ((2, 4, 3), (2, 5, 3), (2, 5, 2))
CAUSAL = np.tri(4, 5, 1) > 0


def masked_and_capped(q: Any, k: Any, v: Any) -> Any:
    scores = jnp.einsum("bqd,bkd->bqk", q, k) / np.sqrt(q.shape[-1])
    scores = jnp.where(CAUSAL, 3 * jnp.tanh(scores / 3), -jnp.inf)
    return jax.nn.softmax(scores, axis=-1) @ v


def cosine(q: Any, k: Any, v: Any) -> Any:
    q, k = (x / jnp.linalg.norm(x, axis=-1, keepdims=True) for x in (q, k))
    return jax.nn.softmax(7 * q @ k.swapaxes(-1, -2), axis=-1, where=jnp.asarray(CAUSAL)) @ v


def normalised(q: Any, k: Any, v: Any) -> Any:
    q, k = ((x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5) for x in (q, k))
    return jax.nn.softmax(q @ k.swapaxes(-1, -2), axis=-1) @ v


def start(q: Any, v: Any) -> Any:
    rows = q.shape[:-1]
    return jnp.full(rows, -jnp.inf, q.dtype), jnp.zeros(rows, q.dtype), jnp.zeros((*rows, v.shape[-1]), q.dtype)


def step(carried: Any, q: Any, key: Any, value: Any) -> Any:
    top, total, context = carried
    scores = jnp.einsum("bqd,bd->bq", q, key)
    new = jnp.maximum(top, scores)
    old, power = jnp.exp(top - new), jnp.exp(scores - new)
    return new, total * old + power, context * old[..., None] + power[..., None] * value[:, None]


def scanned(q: Any, k: Any, v: Any) -> Any:
    along = (k.swapaxes(0, 1), v.swapaxes(0, 1))
    (_, total, context), _ = lax.scan(lambda c, kv: (step(c, q, *kv), None), start(q, v), along)
    return context / total[..., None]


def looped(q: Any, k: Any, v: Any) -> Any:
    carried = lax.fori_loop(
        0, k.shape[1], lambda j, c: step(c, q, lax.dynamic_index_in_dim(k, j, 1, keepdims=False), v[:, j]), start(q, v)
    )
    return carried[2] / carried[1][..., None]


@jax.custom_vjp
def own_backward(q: Any, k: Any, v: Any) -> Any:
    return jax.nn.softmax(q @ k.swapaxes(1, 2), axis=-1) @ v


def own_forward(q: Any, k: Any, v: Any) -> Any:
    scores = q @ k.swapaxes(1, 2)
    total = jax.nn.logsumexp(scores, axis=-1, keepdims=True)
    context = jnp.exp(scores - total) @ v
    return context, (q, k, v, total, context)


def own_pull(kept: Any, seed: Any) -> Any:
    q, k, v, total, context = kept
    weights = jnp.exp(q @ k.swapaxes(1, 2) - total)
    parts = weights * (seed @ v.swapaxes(1, 2) - (seed * context).sum(-1, keepdims=True))
    return parts @ k, parts.swapaxes(1, 2) @ q, weights.swapaxes(1, 2) @ seed


own_backward.defvjp(own_forward, own_pull)


def library(q: Any, k: Any, v: Any) -> Any:
    v = jnp.pad(v, ((0, 0), (0, 0), (0, 1)))
    return jax.nn.dot_product_attention(
        q[:, :, None], k[:, :, None], v[:, :, None], is_causal=True, key_value_seq_lengths=jnp.array([3, 5], jnp.int32)
    )[:, :, 0]


def by_value(q: Any, k: Any, v: Any) -> Any:
    scores = q @ k.swapaxes(1, 2)
    if bool(jnp.any(scores > 1)):
        scores = scores * 2
    best = jnp.argmax(scores, axis=-1)
    return jnp.take_along_axis(v, best[..., None], axis=1) * lax.cond(scores[0, 0, 0] > 0, jnp.sin, jnp.cos, q[..., :1])


def shared(q: Any, k: Any, v: Any) -> Any:
    """The part of one device, or of one row of a ``vmap``, along an axis that is called ``keys``."""
    scores = jnp.einsum("bqd,bkd->bqk", q, k)
    top = lax.pmax(lax.stop_gradient(scores.max(-1, keepdims=True)), "keys")
    powers = jnp.exp(scores - top)
    return lax.psum(powers @ v, "keys") / lax.psum(powers.sum(-1, keepdims=True), "keys")


def over_rows(q: Any, k: Any, v: Any) -> Any:
    return jax.vmap(shared, in_axes=(None, 1, 1), axis_name="keys")(q, k[:, :, None], v[:, :, None])[0]


def over_devices(q: Any, k: Any, v: Any) -> Any:
    mesh, part = jax.sharding.Mesh(np.array(jax.devices()[:1]), ("keys",)), jax.P(None, "keys")
    return jax.shard_map(shared, mesh=mesh, in_specs=(jax.P(), part, part), out_specs=jax.P())(q, k, v)


PROGRAMS: dict[str, Callable[..., Any]] = {
    "over the rows of a named axis": over_rows,
    "over devices": over_devices,
    "over devices, jitted": jax.jit(over_devices),
    "masked and capped": masked_and_capped,
    "cosine": cosine,
    "normalised": normalised,
    "scanned": scanned,
    "jitted and checkpointed": jax.jit(jax.checkpoint(scanned)),
    "looped": looped,
    "own backward": own_backward,
    "own backward, jitted": jax.jit(own_backward),
    "vmapped": jax.vmap(lambda q, k, v: masked_and_capped(q[None], k[None], v[None])[0]),
    "the library's": library,
}


AGAIN = ("masked and capped", "scanned", "own backward")  # each is inside another: vmapped, checkpointed, jitted


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in AGAIN)) for n in PROGRAMS])
def test_a_recording_is_the_program(name: str) -> None:
    # JAX's own function takes its softmax in fp32, whatever the inputs are
    same_again(PROGRAMS[name], SHAPES, tolerance=1e-6 if name == "the library's" else 1e-9)


def test_control_flow_by_value_is_followed_and_noted() -> None:
    arrays = [np.random.default_rng(0).normal(size=shape) for shape in SHAPES]
    recording, found = recorded(by_value, arrays)
    with jax.enable_x64(True):
        expected = by_value(*(jnp.asarray(x) for x in arrays))
    np.testing.assert_allclose(found["out0"], expected, rtol=1e-12)
    assert {"compare", "index"} <= {choice.kind for choice in recording.choices}
    assert not recording.left


@pytest.mark.parametrize("module", [additive, scaled_dot])
def test_generated_code_is_read(module: Any) -> None:
    def program(query: Any, key: Any, value: Any, *rest: Any) -> Any:
        if module is scaled_dot:
            return module.attention(query, key, value).context
        return module.attention(query, key, value, *rest).context

    weights = () if module is scaled_dot else ((3, 3), (3, 3), (3,))
    same_again(program, (*SHAPES, *weights))


def test_the_door_announces_and_notes() -> None:
    def additive_of_a_user(query: Any, key: Any, value: Any, weight_query: Any, weight_key: Any, v: Any) -> Any:
        hidden = jnp.tanh((query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :])
        return jax.nn.softmax(hidden @ v, axis=-1) @ value

    target = jax_target("mine", "additive", jax.jit(additive_of_a_user))
    case = make_case("additive", Setting("plain", n_q=2, n_k=3), "normal", "fp32", 0)
    plain_answer = target.ask(plain(case))
    limits = limits_of(target, plain(case))
    recorder = JaxRecorder()
    with listening(recorder):
        first, second = target.ask(plain(case)), target.ask(plain(case))
    recording = recorder.tape.finish()
    assert [set(call.seeds) for call in recording.calls] == [{"grad_context"}] * 2
    for call, answer in zip(recording.calls, (first, second), strict=True):
        assert {"query", "key", "value", "weight_query", "weight_key", "v"} <= set(call.inputs)
        assert set(call.results) == {"context", *(f"grad.{name}" for name in plain_answer.gradients)}
        # both are of the formula in fp32, so each is within its bound of the truth
        for name, expected in plain_answer.values().items():
            assert np.all(np.abs(recording.values[call.results[name]] - expected) <= 2.0 * limits[name].bound)
        np.testing.assert_array_equal(answer.outputs["context"], recording.values[call.results["context"]])
    places = {operation.where for operation in recording.operations}
    assert any(place.startswith("test_attentions.py:") for place in places)
    assert not recording.left


def test_what_a_program_keeps_between_calls_is_an_array_of_jax() -> None:
    kept: dict[int, Any] = {}

    def cached(query: Any, key: Any, value: Any) -> Any:
        n = key.shape[-2]
        if n not in kept:
            kept[n] = jnp.sqrt(jnp.arange(1.0, n + 1.0))
        return jax.nn.softmax(query @ key.swapaxes(-1, -2) + kept[n], axis=-1) @ value

    arrays = [np.ones(shape) for shape in SHAPES]
    one, first = recorded(cached, arrays)
    two, again = recorded(cached, arrays)
    assert [type(x) for x in kept.values()] == [type(jnp.ones(1))]
    assert all(np.array_equal(value, again[name]) for name, value in first.items())
    assert all(ids.max() < each.elements for each in (one, two) for op in each.operations for ids in op.inputs)
    assert "sqrt" in {operation.name for operation in one.operations}


def test_what_is_kept_of_a_recording_is_a_constant_of_the_next() -> None:
    kept: dict[tuple[int, ...], Any] = {}

    def attention(q: Any, k: Any, v: Any) -> Any:
        first = kept.setdefault(k.shape, lax.stop_gradient(k) + 0.0)
        return jax.nn.softmax(jnp.einsum("bqd,bkd->bqk", q, first), axis=-1) @ v

    arrays = [np.random.default_rng(0).normal(size=shape) for shape in SHAPES]
    recorded(attention, arrays)
    recording, found = recorded(attention, [arrays[0], arrays[1] + 1, arrays[2]])
    assert not recording.left
    assert not recording.unread
    assert not found["grad1"].any()
    (first,) = kept.values()
    assert lax.neg(first).dtype == jnp.float64  # where 64-bit types are switched off, too
    with jax.enable_x64(True):
        given = [jnp.asarray(x) for x in (arrays[0], arrays[1] + 1, arrays[2])]
        np.testing.assert_allclose(attention(*given), found["out0"], rtol=1e-12)
        np.testing.assert_allclose(jax.jit(attention)(*given), found["out0"], rtol=1e-12)


def test_a_backward_pass_of_ones_own_is_placed_line_by_line() -> None:
    @jax.custom_vjp
    def doubled(x: Any) -> Any:
        return 2.0 * x

    def backward(_: None, grad: Any) -> tuple[Any]:
        return (jnp.sinh(grad),)

    doubled.defvjp(lambda x: (2.0 * x, None), backward)
    recording, _ = recorded(doubled, [np.ones(3)])
    line = backward.__code__.co_firstlineno + 1
    assert f"{Path(__file__).name}:{line}" in {operation.where for operation in recording.operations}
