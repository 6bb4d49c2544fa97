"""Targets in JAX: arrays in and out, gradients by ``jax.vjp``. JAX is imported when a target is first asked.

fp64 is asked with 64-bit types switched on for the call alone, the narrower formats with whatever the user's own
setting is. JAX's arrays can neither be changed in place nor have strides, so neither is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import STORED_TYPES, TYPES
from attnproof.verify.recording.active import active
from attnproof.verify.targets.handing import differentiable, dtype_of, named
from attnproof.verify.targets.numbers import reals
from attnproof.verify.targets.target import Answer, Request, Target

NAMES: Final = MappingProxyType({theirs: ours for ours, theirs in TYPES.items()})
PLATFORMS: Final = MappingProxyType({"cpu": "cpu", "cuda": "cuda"})


def jax_target(name: str, score: str, function: Callable[..., Any], **declared: Any) -> Target:
    """A target from a JAX function ``f(query=…, key=…, value=…, …)``, jitted or not; ``jax.vjp`` differentiates it.

    declared  further fields of ``Target``
    The result is the context, or a tuple or mapping whose entries stand for ``declared["outputs"]`` in that order.
    """
    outputs = tuple(declared.get("outputs", ("context",)))
    fields: dict[str, Any] = {"dtypes": tuple(TYPES)} | declared
    return Target(name, score, "jax", lambda request: ask_jax(function, outputs, request), **fields)


def ask_jax(function: Callable[..., Any], outputs: Sequence[str], request: Request) -> Answer:
    """Hand over JAX arrays, take the results and, where asked for, the gradients.

    A recorder that listens (``verify.recording.active``) is told what goes in and what comes out.

    Raises ImportError without JAX, and RuntimeError where JAX has no such device.
    """
    import jax

    recorder = active()
    with ExitStack() as scope:
        if request.dtype == "fp64":
            scope.enter_context(jax.enable_x64(True))
        scope.enter_context(jax.default_device(jax.devices(PLATFORMS[request.device])[0]))
        given = {name: _there(name, value, request) for name, value in request.given.items()}
        wanted = differentiable(request)
        tied = request.tied

        def called(own: Mapping[str, Any]) -> dict[str, Any]:
            every = {**given, **own}
            return named(function(**every, **{name: every[other] for name, other in tied.items()}), outputs)

        given = {name: value for name, value in given.items() if name not in tied}
        if recorder:
            given = {n: recorder.input(n, x) if isinstance(x, jax.Array) else x for n, x in given.items()}
            scope.enter_context(recorder.listening())
        gradients: Mapping[str, Any] = {}
        seeds: dict[str, Any] = {}
        if wanted:
            found, pull = jax.vjp(called, {name: given[name] for name in wanted})
            # Results of a wrong shape have no gradient to speak of; the shape itself is what is judged then.
            if all(found[name.removeprefix("grad_")].shape == seed.shape for name, seed in request.seeds.items()):
                for name, seed in request.seeds.items():
                    array = put(seed.astype(found[name.removeprefix("grad_")].dtype))
                    seeds[name] = recorder.input(name, array) if recorder else array
                cotangents = {
                    name: seeds[f"grad_{name}"] if f"grad_{name}" in seeds else put(np.zeros(value.shape, value.dtype))
                    for name, value in found.items()
                }
                (gradients,) = pull(cotangents)
        else:
            found = called({})
    if recorder:
        every = {**given, **{name: given[other] for name, other in tied.items()}}
        recorder.call(every, seeds, {**found, **{f"grad.{name}": value for name, value in gradients.items()}})
    return _answer(found, gradients)


def _there(name: str, value: Any, request: Request) -> Any:
    import jax

    if not isinstance(value, np.ndarray):
        return value
    if value.dtype != np.float64:
        return put(value.copy())
    theirs = {**TYPES, **STORED_TYPES}[dtype_of(name, request)]
    return put(value.astype(jax.numpy.dtype(theirs)))


def put(array: Any) -> Any:
    """An array of JAX's; ``jax.numpy.asarray`` compiles a program for every shape to make one."""
    import jax

    return jax.device_put(array)


def _answer(found: Mapping[str, Any], gradients: Mapping[str, Any]) -> Answer:
    formats = {name: NAMES.get(str(value.dtype), str(value.dtype)) for name, value in found.items()}
    return Answer(
        {name: reals(name, value) for name, value in found.items()},
        {name: reals(f"the gradient of {name}", value) for name, value in gradients.items()},
        dtypes=formats,
    )
