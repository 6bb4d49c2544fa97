"""What a pair is: one reference, what computes the same otherwise, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Program = Callable[..., Any]


@dataclass(frozen=True)
class Pair:
    """inputs: as ``--inputs`` has them; gradients: whether they are asked for; only: the sides' libraries."""

    name: str
    inputs: str
    reference: Program
    right: Program
    wrong: Program
    gradients: bool = True
    frameworks: tuple[str, str] = ("torch", "torch")
