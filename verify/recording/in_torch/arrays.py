"""Tensors as arrays, past what the recorder patches; the names of formats."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from attnproof.verify.recording.recording import Values

# the methods themselves: on ``torch.Tensor`` the recorder puts its own in their place, to see what leaves
_NUMPY: Final = torch.Tensor.numpy

_FORMATS: Final = {torch.float64: "fp64", torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}
_PARTS: Final = {torch.complex128: torch.float64, torch.complex64: torch.float32, torch.complex32: torch.float16}
# NumPy has none of these
_BY_TORCH: Final = {torch.bfloat16, *(d for name, d in vars(torch).items() if name.startswith("float8"))}
# the CPU kernels of the narrow formats compute in fp32
_INNER: Final = {"fp64": "fp64", "fp32": "fp32"}


def array(tensor: torch.Tensor) -> npt.NDArray[Any]:
    """The tensor as an array of its own dtype, sharing memory where it can."""
    return np.asarray(_NUMPY(tensor, force=True))


def values(tensor: torch.Tensor) -> Values:
    """The values as float64; of a complex tensor, real and imaginary part along a last axis."""
    tensor = tensor.detach()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    tensor = tensor.resolve_neg()
    # In NumPy where it can be: it starts no threads, which the target's own may be waiting for.
    if tensor.dtype in _BY_TORCH:
        tensor = tensor.to(torch.float64)
    return np.asarray(array(tensor), np.float64)


def part(dtype: torch.dtype) -> torch.dtype:
    """The dtype of one element: of the parts of complex numbers."""
    return _PARTS.get(dtype, dtype)


def format_of(dtype: torch.dtype) -> str:
    """The name of a dtype's format: ``fp32``; of one that the package does not name, torch's own."""
    dtype = part(dtype)
    return _FORMATS.get(dtype, str(dtype).removeprefix("torch."))


def inner(name: str) -> str:
    """The format that the kernels compute in for operands of this format."""
    return _INNER.get(name, "fp32")


def carries(tensor: torch.Tensor) -> bool:
    """Whether the tensor's numbers are elements: real or complex floating-point numbers in memory."""
    return (tensor.is_floating_point() or tensor.is_complex()) and tensor.device.type != "meta"


def same(one: Values, other: Values) -> Any:
    """Elementwise: the same value, or both NaN."""
    equal = one == other
    if equal.all():
        return equal
    return (one == other) | ((one != one) & (other != other))  # noqa: PLR0124
