"""Asking a program of JAX arrays. JAX is imported when one is asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from attnproof.verify.against.problem import Program
from attnproof.verify.against.question import Answer, Question, floating, parts
from attnproof.verify.against.theirs import running
from attnproof.verify.arithmetic.formats import TYPES
from attnproof.verify.recording.active import active
from attnproof.verify.targets.in_jax import NAMES, put
from attnproof.verify.targets.numbers import NoAnswerError


def ask(program: Program, question: Question, dtypes: dict[str, str], names: Sequence[str]) -> Answer:
    """Hand over arrays; take the results, and the gradients that are asked for, by ``jax.vjp``."""
    import jax

    recorder = active()
    wanted = question.wanted()
    with ExitStack() as scope:
        if "fp64" in dtypes.values():
            scope.enter_context(jax.enable_x64(True))
        given = {name: handed(name, question, dtypes[name]) for name in question.given if name not in question.tied}
        if recorder:
            given = {n: recorder.input(n, x) if isinstance(x, jax.Array) else x for n, x in given.items()}
            scope.enter_context(recorder.listening())

        def called(own: dict[str, Any]) -> dict[str, Any]:
            every = {**given, **own}
            handed = [every[question.tied.get(name, name)] for name in question.given]
            with running():
                returned = program.call(*handed)
            return {name: _array(name, value) for name, value in parts(returned, names).items()}

        seeds: dict[str, Any] = {}
        gradients: dict[str, Any] = {}
        if wanted:
            sources = {name: given[name] for name in wanted}
            found, pull = jax.vjp(called, sources)
            cotangents = {}
            for name, value in found.items():
                if not jax.numpy.issubdtype(value.dtype, jax.numpy.floating):
                    cotangents[name] = np.zeros(value.shape, jax.dtypes.float0)
                    continue
                seed = put(question.cotangent(name, value.shape).astype(value.dtype))
                seeds[f"grad_{name}"] = recorder.input(f"grad_{name}", seed) if recorder else seed
                cotangents[name] = seeds[f"grad_{name}"]
            with running():
                (slopes,) = pull(cotangents)
            gradients = {f"grad.{name}": value for name, value in slopes.items()}
        else:
            found = called({})
    real = {n: x for n, x in found.items() if jax.numpy.issubdtype(x.dtype, jax.numpy.floating)}
    if recorder:
        every = {**given, **{name: given[other] for name, other in question.tied.items()}}
        recorder.call(every, seeds, {**real, **gradients})
    return Answer(
        {name: np.array(np.asarray(value), np.float64) for name, value in {**found, **gradients}.items()},
        {name: NAMES.get(str(value.dtype), str(value.dtype)) for name, value in real.items()},
        (),
        tuple(name for name in found if name not in real),
    )


def _array(name: str, value: Any) -> Any:
    """Of complex numbers, real and imaginary part along a last axis."""
    import jax

    if not isinstance(value, jax.Array | np.ndarray | np.generic | int | float | complex):
        raise NoAnswerError(f"{name} is {type(value).__name__}; expected a JAX array")
    array = jax.numpy.asarray(value)
    complex_ = jax.numpy.issubdtype(array.dtype, jax.numpy.complexfloating)
    return jax.numpy.stack([array.real, array.imag], -1) if complex_ else array


def handed(name: str, question: Question, dtype: str) -> Any:
    """An input as it is handed over."""
    import jax

    value = question.values(name, dtype)
    if not isinstance(value, np.ndarray):
        return value
    return put(value.astype(jax.numpy.dtype(TYPES[dtype])) if floating(value) else value.copy())
