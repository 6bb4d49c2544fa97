"""A target made of a function that takes arrays by name and returns the context (and perhaps more)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import STORED_TYPES, TYPES, Array
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES
from attnproof.verify.recording.active import active
from attnproof.verify.targets.handing import SETTINGS, constant_axes, differentiable, dtype_of, listening, named
from attnproof.verify.targets.numbers import NoAnswerError, reals
from attnproof.verify.targets.target import Answer, Layout, Request, Target

NUMPY_NAMES: Final = {np.dtype(dtype): name for name, dtype in NUMPY_DTYPES.items()}


def torch_target(name: str, score: str, function: Callable[..., Any], **declared: Any) -> Target:
    """A target from a torch function ``f(query=…, key=…, value=…, …)`` of tensors; autograd differentiates it.

    declared  further fields of ``Target``
    The result is the context, or a tuple or mapping whose entries stand for ``declared["outputs"]`` in that order.
    """
    outputs = tuple(declared.get("outputs", ("context",)))
    fields: dict[str, Any] = {"dtypes": tuple(TYPES)} | declared
    return Target(name, score, "torch", TorchCall(function, outputs), **fields)


@dataclass(frozen=True)
class TorchCall:
    """Answers requests by calling a function of tensors."""

    function: Callable[..., Any]
    outputs: tuple[str, ...]

    def __call__(self, request: Request) -> Answer:
        """Hand over tensors and take the results; see ``ask_torch``."""
        from attnproof.verify.targets.in_torch import ask_torch  # torch is imported where something is asked

        return ask_torch(self.function, self.outputs, request)


def numpy_target(
    name: str,
    score: str,
    function: Callable[..., Any],
    backward: Callable[..., Mapping[str, Any]] | None = None,
    **declared: Any,
) -> Target:
    """A target from a NumPy function, with ``backward(grad_context=…, **inputs) -> {name: gradient}`` if it has one."""
    outputs = tuple(declared.get("outputs", ("context",)))
    fields: dict[str, Any] = {"dtypes": tuple(NUMPY_DTYPES), "gradients": backward is not None} | declared
    return Target(name, score, "numpy", lambda request: ask_numpy(function, backward, outputs, request), **fields)


def ask_numpy(
    function: Callable[..., Any],
    backward: Callable[..., Mapping[str, Any]] | None,
    outputs: Sequence[str],
    request: Request,
) -> Answer:
    """Hand over arrays, take the results and, where there is a backward function and gradients are asked for, those."""
    given = {name: _numpy(name, value, request) for name, value in request.given.items()}
    given |= {name: given[other] for name, other in request.tied.items()}
    before = {name: value.copy() for name, value in given.items() if isinstance(value, np.ndarray)}
    recorder = active()
    if recorder is not None:
        given |= {name: recorder.input(name, given[name]) for name in before if name not in request.tied}
        given |= {name: given[other] for name, other in request.tied.items()}
    with listening(recorder):
        found = named(function(**given), outputs)
    seeds: dict[str, Array] = {}
    parts: Mapping[str, Any] = {}
    gradients: dict[str, Array] = {}
    wanted = differentiable(request)
    if backward is not None and wanted:
        dtype = NUMPY_DTYPES[request.dtype]
        seeds = {name: placed(seed.astype(dtype), request.seed_layout) for name, seed in request.seeds.items()}
        if recorder is not None:
            seeds = {name: recorder.input(name, seed) for name, seed in seeds.items()}
        with listening(recorder):
            parts = backward(**seeds, **given)
        asked = [name for name in wanted if name in parts or name not in SETTINGS]
        roles = {name: [name, *(n for n, other in request.tied.items() if other == name)] for name in asked}
        missing = [name for each in roles.values() for name in each if name not in parts]
        if missing:
            raise NoAnswerError(f"the backward function has no gradient of {missing[0]}; it has {', '.join(parts)}")
        every = {n: [reals(f"the gradient of {role}", parts[role]) for role in each] for n, each in roles.items()}
        gradients = {name: np.asarray(sum(each[1:], each[0])) for name, each in every.items()}
        if recorder is not None and request.tied:
            with listening(recorder):
                parts = {n: sum((parts[role] for role in each[1:]), parts[each[0]]) for n, each in roles.items()}
    if recorder is not None:
        recorder.call(given, seeds, {**found, **{f"grad.{name}": parts[name] for name in gradients}})
    changed = tuple(n for n, value in before.items() if not np.array_equal(value, np.asarray(given[n]), equal_nan=True))
    return Answer(
        {name: reals(name, value) for name, value in found.items()},
        gradients,
        changed,
        {name: NUMPY_NAMES.get(np.asarray(value).dtype, str(np.asarray(value).dtype)) for name, value in found.items()},
    )


def _numpy(name: str, value: Any, request: Request) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    data = value.astype(_numpy_dtype(dtype_of(name, request))) if value.dtype == np.float64 else value.copy()
    return placed(data, request.layout)


def _numpy_dtype(name: str) -> Any:
    """NumPy's own, or one of ``ml_dtypes``, which comes with JAX."""
    if name in NUMPY_DTYPES:
        return NUMPY_DTYPES[name]
    import ml_dtypes

    return getattr(ml_dtypes, STORED_TYPES[name])


def placed(data: Any, layout: Layout) -> Any:
    """The same values in another place of memory."""
    if layout == "contiguous" or (data.ndim < 2 and layout != "broadcast"):
        return data
    if layout == "transposed":
        return np.ascontiguousarray(data.swapaxes(-1, -2)).swapaxes(-1, -2)
    if layout == "broadcast":
        kept = tuple(slice(0, 1) if same else slice(None) for same in constant_axes(data))
        return np.broadcast_to(data[kept], data.shape)
    other = ~data if data.dtype == bool else np.full_like(data, 0 if data.dtype.kind in "iu" else np.nan)
    if layout == "strided":
        return np.stack([data, other], -1).reshape(*data.shape[:-1], -1)[..., ::2]
    return np.concatenate([data, other], -1)[..., : data.shape[-1]]
