"""NumPy's functions that compute, by name; what has no rule runs on plain arrays, and its results are opaque."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy import ufuncs
from attnproof.verify.recording.in_numpy.array import Recorded, made, plain, recorded
from attnproof.verify.recording.in_numpy.complex_numbers import Complex, recorded_pair
from attnproof.verify.recording.in_numpy.computing import COMPUTED
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.in_numpy.moving import MOVED, WRITTEN, moved, ordered, pad, written
from attnproof.verify.recording.rules import choices
from attnproof.verify.recording.rules.numbers import is_float

# What says something of an array but its numbers.
ABOUT: Final = frozenset(
    {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj, np.common_type,
     np.min_scalar_type, np.shares_memory, np.may_share_memory, np.array_repr, np.array_str, np.array2string,
     np.iscomplex, np.isreal}
)  # fmt: skip
# What NumPy computes in other steps than are written here: its value counts.
IN_STEPS: Final = frozenset({np.mean, np.var, np.std, np.average, np.median, np.linalg.norm, np.linalg.vector_norm})
LIKE: Final = frozenset({np.zeros_like, np.ones_like, np.empty_like, np.full_like})


class NumpyFunctions:
    """The ``Handler`` of recorded arrays."""

    def ufunc(self, memory: Memory, ufunc: Any, method: str, inputs: Any, kwargs: Any) -> Any:
        """A method of a ufunc."""
        return ufuncs.apply(memory, ufunc, method, inputs, kwargs)

    def complex_numbers(self, array: Recorded, *, side_by_side: bool) -> Any:
        """Numbers as complex ones."""
        return recorded_pair(array) if side_by_side else Complex(array, np.zeros(array.shape, array.dtype))

    def function(self, memory: Memory, function: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy's namespace."""
        if function in ABOUT:
            return function(*plain(args), **plain(kwargs))
        if function in LIKE:
            return _like(memory, function, args, kwargs)
        if function in COMPUTED:
            first, found = memory.tape.elements, COMPUTED[function](memory, *args, **kwargs)
            if found is NotImplemented:
                return unread(memory, function, args, kwargs)
            if function in IN_STEPS and isinstance(found, Recorded) and kwargs.get("out") is None:
                memory.settle(first, found, function(*plain(args), **plain(kwargs)))
            return found
        if function in MOVED:
            return moved(memory, function, args, kwargs)
        if function in WRITTEN:
            return written(memory, function, args, kwargs)
        if function is np.pad:
            return pad(memory, *args, **kwargs)
        if function in {np.sort, np.partition}:
            return ordered(memory, function, args, kwargs)
        if function is np.piecewise:  # NumPy's own text, which calls functions of the program
            with memory.program():
                return getattr(function, "_implementation")(*args, **kwargs)  # noqa: B009
        return unread(memory, function, args, kwargs)


def _like(memory: Memory, function: Any, args: Any, kwargs: Any) -> Any:
    """A new array of constants in the shape of another."""
    values = function(*plain(args), **plain(kwargs))
    if not is_float(values.dtype):
        return values
    found = recorded(memory, values)
    memory.owner(values)
    filling = kwargs.get("fill_value", args[1] if function is np.full_like and len(args) > 1 else None)
    if isinstance(filling, Recorded):
        memory.place(found, memory.numbers(filling))
    return found


def _numbers(memory: Memory, value: Any) -> list[Any]:
    """The numbers of recorded arrays among arguments."""
    if isinstance(value, Recorded):
        return [memory.numbers(value)]
    if isinstance(value, list | tuple):
        return [found for part in value for found in _numbers(memory, part)]
    return []


def unread(memory: Memory, function: Any, args: Any, kwargs: Any, name: str = "") -> Any:
    """Run on plain arrays: integers and truth values are choices by value, numbers are opaque."""
    depends = _numbers(memory, [*args, *kwargs.values()])
    name = name or f"{function.__module__.removeprefix('numpy').strip('.')}.{function.__name__}".strip(".")
    values = function(*plain(args), **plain(kwargs))

    def found(value: Any) -> Any:
        if isinstance(value, list | tuple):
            parts = [found(part) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        array = np.asarray(value)
        if is_float(array.dtype):
            return made(memory, memory.opaque(array, name, *depends), scalar=not array.ndim)
        if array.dtype.kind in "Oc" and depends:
            memory.tape.leave(f"numpy.{name}", np.concatenate([x.ids.ravel() for x in depends]))
        elif array.dtype != object:
            choices.note(memory.tape, "index", array, *depends)
        return value

    return found(values)
