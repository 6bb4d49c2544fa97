"""The array that a recorded NumPy program gets: an ``ndarray`` whose every operation is written down.

A number that NumPy would return as a scalar is an array without axes here, which knows that it is a scalar: ``+=``
makes a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

import numpy as np

from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.rules.numbers import Numbers, fit, is_float


class Handler(Protocol):
    """What runs NumPy's functions (``functions.py``) and ufuncs (``ufuncs.py``) on recorded arrays."""

    def function(self, memory: Memory, function: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy's namespace."""

    def ufunc(self, memory: Memory, ufunc: Any, method: str, inputs: Any, kwargs: Any) -> Any:
        """A method of a ufunc."""

    def complex_numbers(self, array: Recorded, *, side_by_side: bool) -> Any:
        """Numbers as complex ones: each as one, or two as real and imaginary part."""


class Recorded(np.ndarray):
    """See the module."""

    handler: ClassVar[Handler]
    memory: Memory | None
    scalar: bool

    def __array_finalize__(self, source: Any) -> None:
        """A view, or a new array that looks like ``source``; which of both is seen by its memory when it is read."""
        self.memory = getattr(source, "memory", None)
        self.scalar = False

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        memory = memory_of(inputs, kwargs)
        with memory.at_work(ufunc.__name__):
            return self.handler.ufunc(memory, ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        memory = memory_of(args, kwargs)
        with memory.at_work(func.__name__):
            return self.handler.function(memory, func, args, kwargs)

    def __getitem__(self, place: Any) -> Any:
        memory = memory_of((self,), {})
        with memory.at_work("getitem"):
            place = plain(place)
            values = np.asarray(self.view(np.ndarray)[place])
            if values.base is not None and values.size and np.may_share_memory(values, self) and values.ndim:
                return recorded(memory, values)
            numbers = memory.read(self)
            found = Numbers(values, np.asarray(numbers.ids[place]))
            if any(part is ... for part in (place if isinstance(place, tuple) else (place,))):
                return recorded(memory, values)  # without axes, and still a view
            return made(memory, found, scalar=not values.ndim)

    def __setitem__(self, place: Any, value: Any) -> None:
        memory = memory_of((self,), {})
        with memory.at_work("setitem"):
            memory.place(self, fit(memory.tape, memory.numbers(value, self.dtype), self.dtype), plain(place))

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[n] for n in range(len(self)))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

    def __float__(self) -> float:
        return float(self._leave("float"))

    def __int__(self) -> int:
        return int(self._leave("int"))

    def __bool__(self) -> bool:
        return bool(self._leave("bool"))

    def __complex__(self) -> complex:
        return complex(self._leave("complex"))

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray))

    def __str__(self) -> str:
        return str(self.view(np.ndarray))

    def __format__(self, how: str) -> str:
        return format(self.view(np.ndarray)[()], how)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        del memo
        return self.copy()

    def __reduce__(self) -> Any:
        return self._leave("pickle").__reduce__()

    def item(self, *places: Any) -> Any:
        """A Python number."""
        return self._leave("item").item(*places)

    def tolist(self) -> Any:
        """Python numbers."""
        return self._leave("tolist").tolist()

    def tobytes(self, order: Any = "C") -> bytes:
        """The bytes."""
        return bytes(self._leave("tobytes").tobytes(order))

    def astype(  # type: ignore[override]
        self, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        """In another dtype: a cast where it is narrower; integers and truth values are chosen by value."""
        del subok
        memory = memory_of((self,), {})
        with memory.at_work("astype"):
            if np.dtype(dtype) == self.dtype and not copy:
                return self
            numbers = memory.read(self)
            values = self.view(np.ndarray).astype(dtype, order=order, casting=casting)
            if values.dtype.kind == "c":
                return self.handler.complex_numbers(self, side_by_side=False).astype(values.dtype)
            if not is_float(values.dtype):
                if values.dtype.kind == "O":
                    memory.tape.leave(f"numbers as {values.dtype.name}", numbers.ids)
                else:
                    memory.tape.choose("index", numbers.ids, values)
                return values
            return made(memory, Numbers(values, fit(memory.tape, numbers, values.dtype).ids))

    def view(self, *args: Any, **kwargs: Any) -> Any:
        """As it is, or its bits as another dtype, which leave."""
        found = super().view(*args, **kwargs)
        if isinstance(found, Recorded) and found.dtype.kind == "c" and found.real.dtype == self.dtype:
            return self.handler.complex_numbers(self, side_by_side=True)
        if isinstance(found, Recorded) and found.dtype != self.dtype:
            self._leave(f"bits as {found.dtype.name}")
            return found.view(np.ndarray)
        return found

    def fill(self, value: Any) -> None:
        """Every element."""
        self[...] = value

    def sort(self, axis: int = -1, **kwargs: Any) -> None:  # type: ignore[override]
        """In place."""
        self[...] = np.sort(self, axis=axis, **kwargs)

    @property
    def flat(self) -> Any:
        """The elements in a row."""
        return self.reshape(-1)

    def _leave(self, how: str) -> Any:
        memory = memory_of((self,), {})
        values = self.view(np.ndarray)
        if is_float(self.dtype) and not memory.busy:
            with memory.at_work(how):
                ids = memory.read(self).ids
                if not memory.tape.constants(ids):
                    memory.tape.leave(how, ids)
        return values


def memory_of(args: Any, kwargs: Any) -> Memory:
    """The newest memory of recorded arrays among arguments, which may lie in lists: a program may have kept others."""
    found = _newest([*args, *kwargs.values()])
    if found is None:
        raise LookupError("no array of a recording")
    return found


def _newest(values: Any) -> Memory | None:
    found = [
        x.memory if isinstance(x, Recorded) else _newest(x) for x in values if isinstance(x, Recorded | list | tuple)
    ]
    return max((memory for memory in found if memory is not None), key=lambda memory: memory.serial, default=None)


def plain(value: Any) -> Any:
    """The same without recorded arrays, which may lie in lists, tuples and dictionaries."""
    if isinstance(value, Recorded):
        return value.view(np.ndarray)
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(plain(part) for part in value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value


def recorded(memory: Memory, array: Any) -> Any:
    """A floating-point array as one that is recorded, over the same memory; anything else as it is."""
    if not isinstance(array, np.ndarray) or not is_float(array.dtype):
        return array
    found = array.view(Recorded)
    found.memory = memory
    return found


def made(memory: Memory, numbers: Numbers, *, scalar: bool = False) -> Any:
    """A new array with numbers in it."""
    found = recorded(memory, memory.fresh(numbers))
    found.scalar = scalar
    return found
