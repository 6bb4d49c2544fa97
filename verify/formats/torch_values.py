"""Tensors as a problem draws them, and ways to draw others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from attnproof.verify.unit import generator


def plain(value: Any) -> Any:
    """A tensor as an array: floating-point numbers as float64, integers and booleans as they are; all else as it is."""
    if not isinstance(value, torch.Tensor):
        return value
    value = value.detach().cpu()
    return value.to(torch.float64).numpy() if value.is_floating_point() else value.numpy()


def normal(values: Sequence[Any], seed: int, name: str, spread: float = 1.0) -> tuple[Any, ...]:
    """The same with independent normal numbers in place of floating-point arrays; all else as it is."""
    random = generator(seed, "formats", name, f"{spread}")
    return tuple(
        random.standard_normal(x.shape) * spread if isinstance(x, np.ndarray) and x.dtype == np.float64 else x
        for x in values
    )
