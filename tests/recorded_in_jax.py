"""JAX programs recorded and played again, for the tests of the recorder of JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from replayed import played

from attnproof.verify.recording.in_jax.recorder import JaxRecorder
from attnproof.verify.recording.recording import Recording

Arrays = dict[str, Any]
HASTY: Any = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


def drawn(shapes: Sequence[tuple[int, ...]], seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=shape) for shape in shapes]


def seeds_of(outputs: Sequence[Any]) -> list[np.ndarray]:
    return drawn([x.shape for x in outputs], 5)


def asked(program: Callable[..., Any], arrays: Sequence[np.ndarray]) -> Arrays:
    """What JAX itself answers, compiled: results and gradients, in fp64."""

    def whole(*given: Any) -> Any:
        found, pull = jax.vjp(program, *given)
        flat, tree = jax.tree.flatten(found)
        return flat, pull(jax.tree.unflatten(tree, [jnp.asarray(x) for x in seeds_of(flat)]))

    with jax.enable_x64(True):
        given = [jnp.asarray(x) for x in arrays]
        flat, parts = jax.jit(whole).lower(*given).compile(HASTY)(*given)
        return {f"out{n}": np.asarray(x) for n, x in enumerate(flat)} | {
            f"grad{n}": np.asarray(x) for n, x in enumerate(parts)
        }


def recorded(
    program: Callable[..., Any], arrays: Sequence[np.ndarray], dtype: Any = jnp.float64
) -> tuple[Recording, Arrays]:
    """One call, forward and backward; the recording, and what the recorded program answered."""
    recorder = JaxRecorder()
    with jax.enable_x64(True):
        given = {f"in{n}": recorder.input(f"in{n}", jnp.asarray(x, dtype)) for n, x in enumerate(arrays)}
        with recorder.listening():
            found, pull = jax.vjp(program, *given.values())
            flat, tree = jax.tree.flatten(found)
            seeds = {
                f"seed{n}": recorder.input(f"seed{n}", jnp.asarray(x, flat[n].dtype))
                for n, x in enumerate(seeds_of(flat))
            }
            parts = pull(jax.tree.unflatten(tree, list(seeds.values())))
        results = {f"out{n}": x for n, x in enumerate(flat)} | {f"grad{n}": x for n, x in enumerate(parts)}
        recorder.call(given, seeds, results)
    return recorder.tape.finish(), {name: np.asarray(x) for name, x in results.items()}


def same_again(
    program: Callable[..., Any], shapes: Sequence[tuple[int, ...]], *, near: float = 1e-6, tolerance: float = 1e-9
) -> Recording:
    """Record on some numbers; replayed on others, a little away so that no choice changes, it gives what JAX gives."""
    arrays = drawn(shapes)
    others = [x * (1 + near * y) for x, y in zip(arrays, drawn(shapes, 1), strict=True)]
    recording, _ = recorded(program, arrays)
    given = {(0, name): recording.values[ids] for name, ids in recording.calls[0].seeds.items()}
    (replay,) = played(recording, given | {(0, f"in{n}"): x for n, x in enumerate(others)})
    truth = asked(program, others)
    assert replay.keys() == truth.keys()
    for name, expected in truth.items():
        np.testing.assert_allclose(replay[name], expected, rtol=tolerance, atol=tolerance, err_msg=name)
    assert not recording.unread
    return recording
