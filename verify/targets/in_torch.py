"""Asking a function of torch tensors; autograd differentiates it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.arithmetic.formats import STORED_TYPES, Array
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.recording.active import active
from attnproof.verify.recording.eager import eager
from attnproof.verify.targets.handing import SETTINGS, constant_axes, differentiable, dtype_of, listening, named
from attnproof.verify.targets.numbers import NoAnswerError, NotRealError, reals
from attnproof.verify.targets.target import Answer, Layout, Request

TORCH_NAMES: Final = {dtype: name for name, dtype in TORCH_DTYPES.items()}


@eager()
def ask_torch(function: Callable[..., Any], outputs: Sequence[str], request: Request) -> Answer:
    """Hand over tensors, take the results and, where asked for, the gradients. What is compiled runs as written."""
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
    with torch.set_grad_enabled(bool(wanted)), listening(recorder):
        found = named(function(**given), outputs)
    for name, value in found.items():
        _check_tensor(name, value, request.device)
    changed = tuple(name for name, value in before.items() if not same_tensor(value, given[name]))
    gradients: dict[str, torch.Tensor] = {}
    handed: dict[str, torch.Tensor] = {}
    # Results of a wrong shape have no gradient to speak of; the shape itself is what is judged then.
    if wanted and all(found[n.removeprefix("grad_")].shape == seed.shape for n, seed in request.seeds.items()):
        handed = _seeds(found, request)
        if recorder is not None:
            for name, seed in handed.items():
                recorder.input(name, seed)
        with listening(recorder):
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
        name: laid_out(
            torch.tensor(request.seeds[name], dtype=results[name].dtype, device=results[name].device),
            request.seed_layout,
        )
        for name in dependent
    }


def _tensor(name: str, value: Any, request: Request, *, requires_grad: bool) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    dtype = _torch_dtype(dtype_of(name, request)) if value.dtype == np.float64 else None
    data = laid_out(torch.tensor(value, dtype=dtype, device=request.device), request.layout)
    return data.requires_grad_() if requires_grad else data


def _torch_dtype(name: str) -> torch.dtype:
    found: torch.dtype = TORCH_DTYPES[name] if name in TORCH_DTYPES else getattr(torch, STORED_TYPES[name])
    return found


def laid_out(data: torch.Tensor, layout: Layout) -> torch.Tensor:
    """The same values in another place of memory."""
    if layout == "contiguous" or (data.ndim < 2 and layout != "broadcast"):
        return data
    if layout == "transposed":
        return data.transpose(-1, -2).contiguous().transpose(-1, -2)
    if layout == "broadcast":
        kept = tuple(slice(0, 1) if same else slice(None) for same in constant_axes(data))
        return data[kept].expand(data.shape)
    # What stands between the elements is what nobody may read: NaN, or the opposite of a truth value.
    other = ~data if data.dtype == torch.bool else torch.full_like(data, torch.nan if data.is_floating_point() else 0)
    if layout == "strided":
        return torch.stack([data, other], -1).flatten(-2)[..., ::2]
    return torch.cat([data, other], -1)[..., : data.shape[-1]]


def same_tensor(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether they have the same shape, type and numbers; NaN is NaN."""
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
