"""The same in NumPy's, JAX's and torch's arrays, differentiable where torch is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# NumPy's and JAX's arrays have the functions of the array API (and ``pad``); torch's tensors have methods.


def expanded(array: Any, shape: Sequence[int]) -> Any:
    """The array repeated along its axes of length one, without copies; one that has the shape stays as it is, since
    NumPy's repeated arrays cannot be written to, and what a target writes to is one of its faults.
    """
    if tuple(array.shape) == tuple(shape):
        return array
    if hasattr(array, "__array_namespace__"):
        return array.__array_namespace__().broadcast_to(array, tuple(shape))
    return array.expand(tuple(shape))


def permuted(array: Any, order: Sequence[int]) -> Any:
    """The axes in another order."""
    if hasattr(array, "__array_namespace__"):
        return array.__array_namespace__().permute_dims(array, tuple(order))
    return array.permute(tuple(order))


def as_complex(real: Any, imaginary: Any) -> Any:
    """Complex numbers of these parts, in single precision at least."""
    if hasattr(real, "__array_namespace__"):
        return real + 1j * imaginary
    import torch

    dtype = torch.promote_types(real.dtype, torch.float32)
    return torch.complex(real.to(dtype), imaginary.to(dtype))


def laid(array: Any, change: Callable[[Any], Any]) -> Any:
    """The array in another layout: one of JAX's that nothing is traced through by NumPy, since JAX compiles every
    change of layout anew at every shape.
    """
    jax = sys.modules.get("jax")
    if jax is None or not isinstance(array, jax.Array) or isinstance(array, jax.core.Tracer):
        return change(array)
    return jax.device_put(np.array(change(np.asarray(array))), array.device)
