"""What kernels of scalar loops need in Triton; ``real`` is the type of the computation."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

BLOCK = 128  # elements of the result that one program computes


@triton.jit
def get(pointer, inside, real: tl.constexpr):
    """One element for each lane, 0 for those outside."""
    return tl.load(pointer, mask=inside, other=0).to(real)


@triton.jit
def get_one(pointer, real: tl.constexpr):
    """The same element for every lane."""
    return tl.load(pointer).to(real)


@triton.jit
def relu(x):
    """``max(0, x)``; NaN stays NaN."""
    return tl.where(x <= 0, 0.0, x)


@triton.jit
def step(x):
    """1 where ``x`` is positive, else 0; NaN stays NaN."""
    return tl.where(x > 0, 1.0, tl.where(x <= 0, 0.0, x))


@triton.jit
def sech(x):
    """``sech(x) = 2 p / (1 + p²)`` with ``p = exp(−|x|)``."""
    p = tl.exp(-tl.abs(x))
    return 2 * p / (1 + p * p)


@triton.jit
def sech2(x):
    """``sech²(x) = 4 p / (1 + p)²`` with ``p = exp(−2|x|)``: no cancellation, unlike ``1 − tanh²``."""
    p = tl.exp(-2 * tl.abs(x))
    return 4 * p / ((1 + p) * (1 + p))


@triton.jit
def tanh(x):
    """``(1 − p)/(1 + p)`` with ``p = exp(−2|x|)``; where that cancels, for |x| < 1/2, Lambert's continued fraction.

    Cut off after x²/15 it is x P(x²)/Q(x²) with positive whole coefficients, off by less than 2⁻⁶² of its value.
    """
    y = tl.minimum(x * x, 0.25)
    above = 2027025 + y * (270270 + y * (6930 + y * 36))
    below = 2027025 + y * (945945 + y * (51975 + y * (630 + y)))
    p = tl.exp(-2 * tl.abs(x))
    far = (1 - p) / (1 + p)
    return tl.where(tl.abs(x) < 0.5, x * above / below, tl.where(x < 0, -far, far))


def check(name: str, array: object, like: Tensor, shape: tuple[str, ...]) -> None:
    """Raise TypeError or ValueError, naming the argument, for what is no tensor such as ``like`` with these axes."""
    wanted = f"({', '.join(shape)}{',' * (len(shape) == 1)})"
    if not isinstance(array, Tensor):
        raise TypeError(f"{name} must be a torch tensor, got {type(array).__name__}")
    if not array.dtype.is_floating_point:
        raise TypeError(f"{name} must have a floating-point dtype, got {array.dtype}")
    if (array.dtype, array.device) != (like.dtype, like.device):
        raise TypeError(f"{name} must have {like.dtype} on {like.device}, got {array.dtype} on {array.device}")
    if array.ndim != len(shape) or not all(array.shape):
        raise ValueError(f"{name} must have shape {wanted}, no axis empty, got {tuple(array.shape)}")


def scalar(value: float | Tensor, like: Tensor) -> Tensor:
    """A number as a tensor such as ``like``; a tensor as it is."""
    return value if isinstance(value, Tensor) else torch.tensor(value, dtype=like.dtype, device=like.device)
