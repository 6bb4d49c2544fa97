"""Methods of recorded arrays: those that NumPy has a function for, and what is done in place."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy.array import Recorded

# fmt: off
FUNCTIONS: Final = (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "clip", "cumprod", "cumsum", "diagonal",
    "dot", "max", "mean", "min", "nonzero", "prod", "put", "ravel", "repeat", "round", "searchsorted",
    "std", "sum", "take", "trace", "var", "copy",
)
# fmt: on
IN_PLACE: Final = ("add", "sub", "mul", "truediv", "pow", "floordiv", "mod", "matmul")


def _method(name: str) -> Callable[..., Any]:
    """A method that NumPy has a function for."""
    function = getattr(np, name)

    def method(self: Recorded, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__doc__ = f"``numpy.{name}``."
    return method


def _reshape(self: Recorded, *shape: Any, order: Any = "C", copy: Any = None) -> Any:
    """``numpy.reshape``, which takes the shape as a tuple."""
    return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order, copy=copy)


def _flatten(self: Recorded, order: Any = "C") -> Any:
    """A copy in a row."""
    return np.copy(np.ravel(self, order))


def _compress(self: Recorded, condition: Any, axis: Any = None, out: Any = None) -> Any:
    """``numpy.compress``, which takes the condition first."""
    return np.compress(condition, self, axis, out)


def _partition(self: Recorded, *args: Any, **kwargs: Any) -> None:
    """In place."""
    self[...] = np.partition(self, *args, **kwargs)


def _in_place(name: str) -> Callable[..., Any]:
    """``+=`` …: on the array itself, but a scalar is not changed."""
    inherited, apart = getattr(np.ndarray, f"__i{name}__"), getattr(operator, name.rstrip("_"), None)

    def method(self: Recorded, other: Any) -> Any:
        if self.scalar:
            return (apart or getattr(operator, f"{name}_"))(self, other)
        return inherited(self, other)

    return method


def attach() -> None:
    """Give the methods to the class."""
    for name in FUNCTIONS:
        setattr(Recorded, name, _method(name))
    for name in IN_PLACE:
        setattr(Recorded, f"__i{name}__", _in_place(name))
    setattr(Recorded, "reshape", _reshape)  # noqa: B010
    setattr(Recorded, "flatten", _flatten)  # noqa: B010
    setattr(Recorded, "compress", _compress)  # noqa: B010
    setattr(Recorded, "partition", _partition)  # noqa: B010
