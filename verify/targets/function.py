"""A target made of a function that takes arrays by name and returns the context (and perhaps more)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.arithmetic.formats import STORED_TYPES, Array
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES, TORCH_DTYPES
from attnproof.verify.recording.active import Recorder, active
from attnproof.verify.targets.numbers import NoAnswerError, NotRealError, reals
from attnproof.verify.targets.target import Answer, Layout, Request, Target

TORCH_NAMES: Final = {dtype: name for name, dtype in TORCH_DTYPES.items()}
NUMPY_NAMES: Final = {np.dtype(dtype): name for name, dtype in NUMPY_DTYPES.items()}


def torch_target(name: str, score: str, function: Callable[..., Any], **declared: Any) -> Target:
    """A target from a torch function ``f(query=…, key=…, value=…, …)`` of tensors; autograd differentiates it.

    declared  further fields of ``Target``
    The result is the context, or a tuple or mapping whose entries stand for ``declared["outputs"]`` in that order.
    """
    outputs = tuple(declared.get("outputs", ("context",)))
    fields: dict[str, Any] = {"dtypes": tuple(TORCH_DTYPES)} | declared
    return Target(name, score, "torch", TorchCall(function, outputs), **fields)


# Numbers that kernels take as settings: where nothing flows back to one it has no gradient, which is not one of 0.
SETTINGS: Final = ("softcap",)


@dataclass(frozen=True)
class TorchCall:
    """Answers requests by calling a function of tensors."""

    function: Callable[..., Any]
    outputs: tuple[str, ...]

    def __call__(self, request: Request) -> Answer:
        """Hand over tensors and take the results; see ``ask_torch``."""
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


def ask_torch(function: Callable[..., Any], outputs: Sequence[str], request: Request) -> Answer:
    """Hand over tensors, take the results and, where asked for, the gradients."""
    wanted = differentiable(request)
    given: dict[str, Any] = {}
    for name, value in request.given.items():
        given[name] = _tensor(name, value, request, requires_grad=name in wanted)
    given |= {name: given[other] for name, other in request.tied.items()}
    before = {name: value.detach().clone() for name, value in given.items() if isinstance(value, torch.Tensor)}
    recorder = active()
    if recorder is not None:
        for name in before:
            recorder.input(name, given[name])
    with torch.set_grad_enabled(bool(wanted)), _listening(recorder):
        found = named(function(**given), outputs)
    for name, value in found.items():
        _check_tensor(name, value, request.device)
    changed = tuple(name for name, value in before.items() if not _same(value, given[name]))
    gradients: dict[str, torch.Tensor] = {}
    handed: dict[str, torch.Tensor] = {}
    # Results of a wrong shape have no gradient to speak of; the shape itself is what is judged then.
    if wanted and all(found[n.removeprefix("grad_")].shape == seed.shape for n, seed in request.seeds.items()):
        handed = _seeds(found, request)
        if recorder is not None:
            for name, seed in handed.items():
                recorder.input(name, seed)
        with _listening(recorder):
            parts: Sequence[torch.Tensor | None] = torch.autograd.grad(
                [found[name.removeprefix("grad_")] for name in handed],
                [given[name] for name in wanted],
                list(handed.values()),
                allow_unused=True,
            )
        gradients = {
            # an input that the result does not depend on: its gradient is 0, and is judged as such
            name: torch.zeros_like(given[name]) if part is None else part
            for name, part in zip(wanted, parts, strict=True)
            if part is not None or name not in SETTINGS
        }
    if recorder is not None:
        recorder.call(given, handed, {**found, **{f"grad.{name}": part for name, part in gradients.items()}})
    return Answer(
        {name: _array(name, value) for name, value in found.items()},
        {name: _array(f"the gradient of {name}", part) for name, part in gradients.items()},
        changed,
        {name: TORCH_NAMES.get(value.dtype, str(value.dtype)) for name, value in found.items()},
    )


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
    with _listening(recorder):
        found = named(function(**given), outputs)
    seeds: dict[str, Array] = {}
    parts: Mapping[str, Any] = {}
    gradients: dict[str, Array] = {}
    wanted = differentiable(request)
    if backward is not None and wanted:
        dtype = NUMPY_DTYPES[request.dtype]
        seeds = {name: _placed(seed.astype(dtype), request.seed_layout) for name, seed in request.seeds.items()}
        if recorder is not None:
            seeds = {name: recorder.input(name, seed) for name, seed in seeds.items()}
        with _listening(recorder):
            parts = backward(**seeds, **given)
        roles = {name: [name, *(n for n, other in request.tied.items() if other == name)] for name in wanted}
        missing = [name for each in roles.values() for name in each if name not in parts]
        if missing:
            raise NoAnswerError(f"the backward function has no gradient of {missing[0]}; it has {', '.join(parts)}")
        every = {n: [reals(f"the gradient of {role}", parts[role]) for role in each] for n, each in roles.items()}
        gradients = {name: np.asarray(sum(each[1:], each[0])) for name, each in every.items()}
        if recorder is not None:
            with _listening(recorder):
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


def _listening(recorder: Recorder | None) -> AbstractContextManager[object]:
    return nullcontext() if recorder is None else recorder.listening()


def _seeds(found: Mapping[str, torch.Tensor], request: Request) -> dict[str, torch.Tensor]:
    """The cotangents as tensors; without those of results that depend on nothing that gradients are asked of (the
    log-sum-exp does not depend on values), as long as others do.
    """
    results = {name: found[name.removeprefix("grad_")] for name in request.seeds}
    dependent = [name for name, result in results.items() if result.requires_grad]
    if not dependent:
        words = " and ".join(name.removeprefix("grad_") for name in results)
        raise NoAnswerError(f"{words} has no gradients (detached, or whole numbers); --no-gradients asks for none")
    return {
        name: _laid_out(
            torch.tensor(request.seeds[name], dtype=results[name].dtype, device=results[name].device),
            request.seed_layout,
        )
        for name in dependent
    }


def differentiable(request: Request) -> tuple[str, ...]:
    """The inputs whose gradients are asked for: floating-point arrays, each once; without being named, those that the
    case has too.
    """
    able = tuple(
        name
        for name, value in request.given.items()
        if isinstance(value, np.ndarray) and value.dtype == np.float64 and name not in request.tied
    )
    if request.gradients is None:
        return tuple(name for name in able if name in request.case.inputs)
    return tuple(name for name in request.gradients if name in able)


def named(result: Any, outputs: Sequence[str]) -> dict[str, Any]:
    """The outputs by name. Raises NoAnswerError when there are fewer than declared."""
    if isinstance(result, Mapping):
        missing = [name for name in outputs if name not in result]
        if missing:
            raise NoAnswerError(f"returned {sorted(result)}; expected {', '.join(outputs)}")
        return {name: result[name] for name in outputs}
    parts = tuple(result) if isinstance(result, tuple | list) else (result,)
    if len(parts) < len(outputs):
        raise NoAnswerError(f"returned {len(parts)} results; expected {', '.join(outputs)}")
    return dict(zip(outputs, parts, strict=False))


def dtype_of(name: str, request: Request) -> str:
    """The format in which an array is handed over."""
    own = request.mask_dtype if name == "bias" and request.mask_dtype else request.dtype
    return request.formats.get(name, own)


def _tensor(name: str, value: Any, request: Request, *, requires_grad: bool) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    dtype = _torch_dtype(dtype_of(name, request)) if value.dtype == np.float64 else None
    data = _laid_out(torch.tensor(value, dtype=dtype, device=request.device), request.layout)
    return data.requires_grad_() if requires_grad else data


def _torch_dtype(name: str) -> torch.dtype:
    found: torch.dtype = TORCH_DTYPES[name] if name in TORCH_DTYPES else getattr(torch, STORED_TYPES[name])
    return found


def _laid_out(data: torch.Tensor, layout: Layout) -> torch.Tensor:
    """The same values in another place of memory."""
    if layout == "contiguous" or (data.ndim < 2 and layout != "broadcast"):
        return data
    if layout == "transposed":
        return data.transpose(-1, -2).contiguous().transpose(-1, -2)
    if layout == "broadcast":
        kept = tuple(slice(0, 1) if same else slice(None) for same in _constant_axes(data))
        return data[kept].expand(data.shape)
    # What stands between the elements is what nobody may read: NaN, or the opposite of a truth value.
    other = ~data if data.dtype == torch.bool else torch.full_like(data, torch.nan if data.is_floating_point() else 0)
    if layout == "strided":
        return torch.stack([data, other], -1).flatten(-2)[..., ::2]
    return torch.cat([data, other], -1)[..., : data.shape[-1]]


def _constant_axes(data: Any) -> tuple[bool, ...]:
    """Along which axes a tensor or an array has equal values, and more than one."""
    first = [tuple(slice(0, 1) if i == axis else slice(None) for i in range(data.ndim)) for axis in range(data.ndim)]
    return tuple(data.shape[axis] > 1 and bool((data == data[one]).all()) for axis, one in enumerate(first))


def _numpy(name: str, value: Any, request: Request) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    data = value.astype(_numpy_dtype(dtype_of(name, request))) if value.dtype == np.float64 else value.copy()
    return _placed(data, request.layout)


def _numpy_dtype(name: str) -> Any:
    """NumPy's own, or one of ``ml_dtypes``, which comes with JAX."""
    if name in NUMPY_DTYPES:
        return NUMPY_DTYPES[name]
    import ml_dtypes

    return getattr(ml_dtypes, STORED_TYPES[name])


def _placed(data: Any, layout: Layout) -> Any:
    """``_laid_out`` of an array."""
    if layout == "contiguous" or (data.ndim < 2 and layout != "broadcast"):
        return data
    if layout == "transposed":
        return np.ascontiguousarray(data.swapaxes(-1, -2)).swapaxes(-1, -2)
    if layout == "broadcast":
        kept = tuple(slice(0, 1) if same else slice(None) for same in _constant_axes(data))
        return np.broadcast_to(data[kept], data.shape)
    other = ~data if data.dtype == bool else np.full_like(data, 0 if data.dtype.kind in "iu" else np.nan)
    if layout == "strided":
        return np.stack([data, other], -1).reshape(*data.shape[:-1], -1)[..., ::2]
    return np.concatenate([data, other], -1)[..., : data.shape[-1]]


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    one, other = (x.float() if x.dtype.itemsize == 1 and x.is_floating_point() else x for x in (one, other.detach()))
    return bool(torch.equal(torch.nan_to_num(one), torch.nan_to_num(other)))


def _check_tensor(name: str, value: Any, device: str) -> None:
    """Raise NoAnswerError for what is no tensor on the device of the inputs."""
    if not isinstance(value, torch.Tensor):
        raise NoAnswerError(f"{name} is {type(value).__name__}; expected a torch tensor")
    if value.device.type != device:
        raise NoAnswerError(f"{name} is a tensor on {value.device.type}; expected one on {device}, as the inputs are")
    if value.is_complex() or value.dtype == torch.bool:
        raise NotRealError(f"{name} as a tensor of {value.dtype}; expected real floating-point numbers")


def _array(name: str, tensor: torch.Tensor) -> Array:
    if tensor.is_complex():
        raise NotRealError(f"{name} as a tensor of {tensor.dtype}; expected real floating-point numbers")
    return reals(name, tensor.detach().to("cpu", torch.float64).numpy())
