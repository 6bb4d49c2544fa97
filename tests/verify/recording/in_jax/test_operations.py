"""JAX operations, recorded: replayed on other numbers they give what JAX gives, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="the extra jax is not installed")

from recorded_in_jax import drawn, recorded, same_again

from attnproof.verify.recording.in_jax.recorder import JaxRecorder
from attnproof.verify.recording.recording import NotReadError

jnp, lax = jax.numpy, jax.lax


def functions(x: Any, y: Any) -> Any:
    positive = jnp.abs(x) + 0.1
    return (
        [
            f(x)
            for f in (jnp.exp, jnp.expm1, jnp.exp2, jnp.tanh, jnp.sin, jnp.cos, jnp.tan, jnp.sinh, jnp.cosh, jnp.square)
        ],
        [
            f(x)
            for f in (
                jax.nn.gelu,
                jax.nn.silu,
                jax.nn.softplus,
                jax.nn.relu,
                jax.nn.elu,
                jax.nn.sigmoid,
                jax.nn.log_sigmoid,
            )
        ],
        [f(positive) for f in (jnp.log, jnp.log1p, jnp.log2, jnp.log10, jnp.sqrt, lax.rsqrt, jnp.cbrt, jnp.reciprocal)],
        [jax.scipy.special.erf(x), jax.scipy.special.erfc(x), jax.scipy.special.xlogy(positive, jnp.abs(y) + 1)],
        [x + y, x - y, x * y, x / positive, x**3, positive**2.5, 2.0**x, positive**x, jnp.hypot(x, y)],
        [jnp.logaddexp(x, y), jnp.maximum(x, y), jnp.minimum(x, y), jnp.clip(x, -0.5, 0.5), jnp.sign(x) * y],
        [
            jnp.where(x > 0, y, x),
            jnp.mod(x, 0.7),
            jnp.floor(x) * y,
            jnp.round(x) + y,
            jnp.nan_to_num(x),
            jnp.arctanh(x / 9),
        ],
    )


def reductions(x: Any, y: Any) -> Any:
    return (
        [f(x, axis=-1) for f in (jnp.sum, jnp.mean, jnp.max, jnp.min, jnp.prod, jnp.var, jnp.std, jnp.median)],
        [jnp.cumsum(x, 1), jnp.cumsum(x[::-1], 0), jnp.cumprod(y, 0), lax.cumlogsumexp(x, 1), lax.cummax(x, 1)],
        [jax.nn.logsumexp(x), jax.nn.softmax(x, 0), jax.nn.log_softmax(y), jax.nn.standardize(x)],
        [jnp.linalg.norm(x), x @ y.T, jnp.einsum("ij,kj->kij", x, y), jnp.einsum("ij,kl->", x, y), jnp.vdot(x, y)],
        [lax.associative_scan(jnp.add, x, axis=1), jnp.trace(x), jnp.einsum("ij,ij->j", x, y), jnp.outer(x[0], y[0])],
    )


def movements(x: Any, y: Any) -> Any:
    places = jnp.array([[4, 0], [1, -1]])
    dilated = lax.pad(x, jnp.zeros((), x.dtype), ((1, -1, 2), (-1, 3, 0)))
    return (
        [
            jnp.concatenate([x, y]),
            jnp.stack([x, y], 1),
            jnp.tile(x, (2, 1)),
            jnp.repeat(x, 2, 0),
            jnp.roll(x, 2, 1),
            *x,
        ],
        [
            jnp.flip(x, 1),
            jnp.tril(x),
            jnp.triu(y, 1),
            jnp.pad(x, 2, constant_values=3.0),
            jnp.pad(x, 1, mode="edge"),
            dilated,
        ],
        [x.T.reshape(-1), x[None, :, None], x[::2, 1:-1], jnp.split(x, 2, 0)[1], jnp.diag(x), jnp.diff(x)],
        [jnp.take(x, places, axis=1), x[jnp.array([0, 1]), jnp.array([2, 3])], x[:, places, None], x[x.shape[0] - 1]],
        [
            jnp.take_along_axis(x[:2], places + 3, axis=1, mode="fill", fill_value=0),
            lax.dynamic_slice(x, (3, 1), (2, 3)),
        ],
        [
            lax.dynamic_update_slice(x, y[:2, :2], (1, 4)),
            jnp.where(jnp.eye(4, 5) > 0, x, y),
            x[np.eye(4, 5) > 0],
        ],
    )


def scatters(x: Any, y: Any) -> Any:
    twice = jnp.array([0, 2, 2, 9])
    zeros = jnp.zeros((6, 5), x.dtype)
    return (
        [
            zeros.at[twice].add(x),
            x.at[jnp.array([1, 1, 3])].add(y[:3]),
            x.at[0, 1].set(y[0, 0]),
            x.at[1:, ::2].set(0.0),
        ],
        [
            x.at[jnp.array([0, 3])].multiply(y[:2], unique_indices=True),
            x.at[:, 1].add(y[:, 0]),
            jax.ops.segment_sum(x, twice, 3),
        ],
    )


def orders(x: Any, y: Any) -> Any:
    top, places = lax.top_k(x, 2)
    ordered = jnp.take_along_axis(y, jnp.argsort(-x, axis=0), 0)
    return (
        jnp.sort(x, axis=0),
        jnp.sort(y, axis=1),
        top,
        y[0][places],
        ordered,
        jax.nn.one_hot(jnp.argmax(x, -1), 5) @ y.T,
    )


def complex_numbers(x: Any, y: Any) -> Any:
    z, turn = lax.complex(x, y), jnp.exp(1j * y)
    pairs = (x[:, :4] + 1j).reshape(4, 2, 2)
    chosen = jnp.where(x > 0, z, turn).at[twice_hit].add(turn[:3])
    scanned = lax.scan(lambda kept, row: (kept * row, kept - row), turn[0], z)[1]
    return (
        [(z * turn).real, (z * turn).imag, (z - 2 * turn).real, (z / (turn + 3)).imag, (-z.conj()).imag, jnp.abs(z)],
        [part for w in (pairs.T[0], chosen, scanned, z.sum(0), z @ z.conj().T, x * turn) for part in (w.real, w.imag)],
        [(x.astype(complex) * turn).real, jnp.real(x), jnp.stack([z.real, z.imag], -1).reshape(4, -1)],
    )


twice_hit = np.array([0, 2, 2])
PROGRAMS: dict[str, Callable[..., Any]] = {
    f.__name__: f for f in (functions, reductions, movements, scatters, orders, complex_numbers)
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_recording_is_the_program(name: str) -> None:
    same_again(PROGRAMS[name], ((4, 5), (4, 5)))


def test_kernels_that_are_interpreted_are_read() -> None:
    """The running softmax over a grid of Pallas: what one step leaves the next one finds."""
    from jax.experimental import pallas as pl

    def kernel(query: Any, key: Any, value: Any, out: Any, high: Any, total: Any) -> None:
        @pl.when(pl.program_id(1) == 0)
        def begin() -> None:
            out[...], total[...] = jnp.zeros_like(out), jnp.zeros_like(total)
            high[...] = jnp.full_like(high, -1e30)

        scores = query[0] @ key[0].T
        higher = jnp.maximum(high[0], scores.max(-1, keepdims=True))
        powers, scale = jnp.exp(scores - higher), jnp.exp(high[0] - higher)
        out[0] = out[0] * scale + powers @ value[0]
        total[0] = total[0] * scale + powers.sum(-1, keepdims=True)
        high[0] = higher

    rows, tile = (lambda width: pl.BlockSpec((1, 5, width), lambda i, _: (i, 0, 0))), lambda i, j: (i, j, 0)

    def attention(*given: Any) -> Any:
        query, key, value = map(lax.stop_gradient, given)
        shapes = [jax.ShapeDtypeStruct((3, 5, width), query.dtype) for width in (7, 1, 1)]
        specs = [rows(4), pl.BlockSpec((1, 2, 4), tile), pl.BlockSpec((1, 2, 7), tile)]
        call = pl.pallas_call(
            kernel, shapes, grid=(3, 3), in_specs=specs, out_specs=[rows(7), rows(1), rows(1)], interpret=True
        )
        out, _, total = call(query, key, value)
        return out / total

    same_again(attention, ((3, 5, 4), (3, 6, 4), (3, 6, 7)))


def test_named_values_and_odd_formats() -> None:
    from jax.ad_checkpoint import checkpoint_name

    same_again(lambda x: checkpoint_name(x * 2, "twice"), ((2, 3),))
    recording, _ = recorded(lambda x: lax.reduce_precision(x, 6, 9), drawn([(2, 3)]))
    assert recording.unread == {"jax.reduce_precision": 2}


def test_loops_that_stop_by_value() -> None:
    def program(x: Any) -> Any:
        return lax.while_loop(lambda c: jnp.abs(c).max() < 20, lambda c: c * 1.7, lax.stop_gradient(x)) + x

    recording = same_again(program, ((4, 5),))
    assert sum(choice.kind == "compare" for choice in recording.choices) > 4


def test_casts_are_written_where_a_format_is_narrower() -> None:
    recording, _ = recorded(
        lambda x: x.astype(jnp.bfloat16).astype(jnp.float32) @ x.T.astype(jnp.float16), drawn([(2, 3)])
    )
    formats = [(o.name, o.dtype) for o in recording.operations if o.name == "cast"]
    assert formats[:2] == [("cast", "bf16"), ("cast", "fp16")]
    with jax.enable_x64(True):
        products = [
            o for o in recorded(lambda x: x @ x.T, drawn([(2, 3)]), jnp.float16)[0].operations if o.name == "matmul"
        ]
    assert {(o.dtype, o.computed) for o in products} == {("fp16", "fp32")}


def test_python_numbers_keep_the_format() -> None:
    recording, found = recorded(lambda x: jnp.sqrt(2.0) * x + 0.5, drawn([(2, 3)]), jnp.bfloat16)
    assert found["out0"].dtype == jnp.bfloat16
    assert {o.dtype for o in recording.operations if o.inputs and o.name != "sqrt"} == {"bf16"}


def test_what_has_no_rule_is_opaque_and_named() -> None:
    shape = jax.ShapeDtypeStruct((2, 3), jnp.float64)
    recorder = JaxRecorder()
    with jax.enable_x64(True):
        given = recorder.input("in", jnp.ones((2, 3)))
        with recorder.listening():
            found = jax.pure_callback(np.exp, shape, given) + jax.scipy.special.erfinv(given / 2)
            jax.random.normal(jax.random.key(0), (3,))  # depends on no input: a constant
        recorder.call({"in": given}, {}, {"out": found})
    recording = recorder.tape.finish()
    assert recording.unread == {"jax.pure_callback": 1, "jax.erf_inv": 1}
    assert [o.attributes["called"] for o in recording.operations if o.name == "opaque"] == list(recording.unread)


def test_complex_numbers_without_a_rule_are_opaque() -> None:
    def turned(x: Any) -> Any:
        return (jnp.fft.fft(x) * jnp.exp(1j * jnp.arange(6.0))).real

    recording, found = recorded(turned, drawn([(2, 6)]))
    assert set(recording.unread) == {"jax.fft"}
    with jax.enable_x64(True):
        np.testing.assert_allclose(found["out0"], turned(jnp.asarray(drawn([(2, 6)])[0])))


def test_complex_numbers_that_leave_are_named() -> None:
    recorder = JaxRecorder()
    given = recorder.input("in", jnp.ones((2, 3)))
    with recorder.listening():
        np.asarray(lax.complex(given, 2 * given))
    assert len(recorder.tape.finish().left) == 2  # real and imaginary parts


def test_what_cannot_be_run_cannot_be_read() -> None:
    def fails(_: Any) -> Any:
        raise OSError("no such file")

    recorder = JaxRecorder()
    given = recorder.input("in", jnp.ones((2, 3)))
    with recorder.listening(), pytest.raises(NotReadError, match=r"jax\.pure_callback cannot be read"):
        jax.pure_callback(fails, jax.ShapeDtypeStruct((2, 3), given.dtype), given)


def test_numbers_that_leave_are_named() -> None:
    recorder = JaxRecorder()
    given = recorder.input("in", jnp.ones((2, 3)))
    with recorder.listening():
        assert float(given[0, 0]) == 1
        np.asarray(given)
        assert bool(given[0, 0])
        given.tolist()
        mask = jnp.arange(3) > 1  # what depends on no number leaves freely
        assert mask.tolist() == [False, False, True]
        assert np.asarray(mask).sum() == int(mask.sum())
    assert [what.split()[0] for what, _ in recorder.tape.left] == ["float", "numpy.asarray", "bool", "tolist"]
    assert all("test_operations.py:" in what for what, _ in recorder.tape.left)


def test_a_jax_without_these_insides_is_said_to_be_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    from attnproof.verify.recording import in_jax
    from attnproof.verify.recording.in_jax import recorder

    def missing() -> Any:
        raise AttributeError("no Trace")

    assert isinstance(in_jax.jax_recorder(), JaxRecorder)
    monkeypatch.setattr(recorder, "JaxRecorder", missing)
    with pytest.raises(NotReadError, match="cannot be listened to: no Trace"):
        in_jax.jax_recorder()
