"""A kernel: a program that claims to compute a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

Function = Callable[..., Tensor]


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel.

    name   with the task's, unique
    task   the name of a task
    kind   of fault, ``wrong sign`` say; of a right one how it goes about it
    make   a new instance: what it keeps between calls it keeps for itself
    right  whether it is meant to be
    numpy  of what is written in NumPy: the program itself, on arrays, which ``make`` wraps for tensors
    """

    name: str
    task: str
    kind: str
    make: Callable[[], Function]
    right: bool
    numpy: Callable[..., Any] | None = None


def stateless(name: str, task: str, kind: str, function: Function, *, right: bool = False) -> Kernel:
    """A kernel that keeps nothing."""
    return Kernel(f"{task}: {name}", task, kind, lambda: function, right)
