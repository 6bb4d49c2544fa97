"""Element numbers beside the memory of arrays: views, aliases, strides and writes in place need no rule."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.recording.recording import Ids
from attnproof.verify.recording.rules.numbers import Numbers, constant, format_of, is_float
from attnproof.verify.recording.tape import Tape

OURS: Final = tuple({Path(__file__).parents[2], Path(__file__).resolve().parents[2]})
UNKNOWN: Final = -1  # memory whose elements nobody has asked for: constants, once somebody does
# With what ends a folder's name: another package's may begin with it.
SKIPPED: Final = (*(f"{folder}{os.sep}" for folder in (*OURS, Path(np.__file__).parent)), contextlib.__file__)
# What stands outside computes nothing.
DOORS: Final = tuple(f"{folder / name}{os.sep}" for folder in OURS for name in ("targets", "against"))
Array = npt.NDArray[Any]


class Owner:
    """The memory of one array that has its own, and the element number of every place in it.

    Holds the array, so that addresses stay its own.
    """

    def __init__(self, root: Array) -> None:
        self.root = root
        self.low, self.high = np.lib.array_utils.byte_bounds(root)
        self.size = root.dtype.itemsize
        self.dtype = root.dtype
        self.ids = np.full(max((self.high - self.low) // self.size, 1), UNKNOWN, np.int64)

    def holds(self, array: Array) -> bool:
        """Whether an array of the same dtype lies here."""
        if array.dtype != self.dtype:
            return False
        return not array.size or self.low <= address(array) < self.high

    def view(self, array: Array) -> Ids:
        """The element numbers of an array that lies here; what is written there is written."""
        if not array.size:
            return np.empty(array.shape, np.int64)
        scaled = tuple(step // self.size * 8 for step in array.strides)
        return np.ndarray(array.shape, np.int64, self.ids, (address(array) - self.low) // self.size * 8, scaled)


def address(array: Array) -> int:
    """Where an array begins."""
    return int(array.__array_interface__["data"][0])


def root_of(array: Array) -> Array:
    """The array whose memory it is."""
    while True:
        base: Any = array.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # ``as_strided`` puts something in between
        if not isinstance(base, np.ndarray):
            return array
        array = base


class Memory:
    """Every array's numbers, for one recording.

    busy    whether the recorder itself is at work, whose own use of NumPy is not recorded
    serial  greater than that of every recording before
    """

    _serials = itertools.count()

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.serial = next(self._serials)
        self.busy = False
        self._owners: dict[int, Owner] = {}

    @contextlib.contextmanager
    def at_work(self, called: str) -> Iterator[None]:
        """The recorder works: what it does is not recorded; operations are the program's, of this name."""
        outer, self.busy = self.busy, True
        if not outer:
            self.tape.library, self.tape.now = f"numpy.{called}", here()
        try:
            yield
        finally:
            self.busy = outer

    @contextlib.contextmanager
    def program(self) -> Iterator[None]:
        """The program works again, called back by what the recorder runs."""
        outer, self.busy = self.busy, False
        try:
            yield
        finally:
            self.busy = outer

    def owner(self, array: Array) -> Owner:
        """Of an array, made if there is none."""
        root = root_of(array)
        found = self._owners.get(id(root))
        if found is None:
            found = self._owners[id(root)] = Owner(root)
        return found

    def knows(self, array: Array) -> bool:
        """Whether an array lies in memory whose elements are known."""
        owner = self._owners.get(id(root_of(array)))
        return owner is not None and owner.holds(array)

    def view(self, array: Array) -> Ids | None:
        """The element numbers of an array where they stand; None for another dtype over the same memory."""
        owner = self.owner(array)
        return owner.view(array) if owner.holds(array) else None

    def read(self, array: Array) -> Numbers:
        """The numbers of a floating-point array.

        Places that nobody wrote to through NumPy's functions, or that something else wrote to since, are constants.
        """
        kept = getattr(array, "memory", self) is not self  # of a recording that is over: constants of this one
        unknown = type(array) is not np.ndarray and id(root_of(array)) not in self._owners and not kept
        array = array.view(np.ndarray)
        places = self.view(array)
        if unknown or places is None:  # made by something that no rule saw, or bits of another dtype
            numbers = self.opaque(array, "an unknown function" if unknown else "view")
            if places is not None:
                places[...] = numbers.ids
            return numbers
        ids = np.array(places, order="K")  # laid out as the array is: ``ravel("K")`` looks at that
        seen = np.where(ids < 0, np.nan, self.tape.values(np.maximum(ids, 0)) if self.tape.elements else np.nan)
        stale = (ids >= 0) & ~((seen == array) | (np.isnan(seen) & np.isnan(array.astype(np.float64))))
        if stale.any():
            self.tape.leave("memory written to from outside", ids[stale])
        new = stale | (ids < 0)
        if new.any():
            same = array[new].astype(np.float64)
            places[new] = self._constants(same, format_of(array.dtype))
            ids = np.array(places, order="K")
        return Numbers(np.array(array, order="K"), ids)

    def _constants(self, values: npt.NDArray[np.float64], dtype: str) -> Ids:
        """Constants; one element for all where all are equal (``zeros``, ``full``)."""
        if values.size > 1 and (values == values[0]).all() and (np.signbit(values) == np.signbit(values[0])).all():
            return np.broadcast_to(self.tape.constant(values[0], dtype), values.shape)
        return self.tape.constant(values, dtype)

    def numbers(self, value: Any, dtype: Any = None) -> Numbers:
        """The numbers of an operand: an array, a number, nested lists. Integers and truth values are constants.

        dtype  of what is no floating-point array
        """
        if isinstance(value, np.ndarray) and is_float(value.dtype):
            return self.read(value)
        array = np.asarray(value)
        if is_float(array.dtype) and not isinstance(value, float | np.floating):
            return self.gathered(value)
        return constant(self.tape, array if dtype is None else array.astype(dtype))

    def gathered(self, value: Any) -> Numbers:
        """The numbers of nested lists that hold arrays or numbers."""
        if isinstance(value, list | tuple):
            parts = [self.gathered(part) for part in value]
            if not parts:
                return constant(self.tape, np.empty(0))
            dtype = np.result_type(*(part.dtype for part in parts))
            values = np.stack([part.values.astype(dtype) for part in parts])
            return Numbers(values, np.stack([part.ids for part in parts]))
        return self.numbers(value, np.float64)

    def opaque(self, values: Array, called: str, *depends: Numbers) -> Numbers:
        """Numbers of which nothing is known but their values; counted as not read."""
        ids = self.tape.opaque(tuple(x.ids for x in depends), values, format_of(values.dtype), f"numpy.{called}")
        return Numbers(values, ids)

    def place(self, array: Array, numbers: Numbers, where: Any = ...) -> None:
        """Write numbers into an array, or a part of it: values and element numbers."""
        array = array.view(np.ndarray)
        places = self.view(array)
        with np.errstate(all="ignore"):
            array[where] = numbers.values
        if places is not None:
            places[where] = numbers.ids

    def settle(self, first: int, array: Array, values: Any) -> None:
        """Give a new array the values that the library has, where rules computed it in several steps.

        first  ``tape.elements`` of before
        """
        numbers = self.read(array)
        self.tape.correct(first, numbers.ids, values)
        self.place(array, Numbers(np.asarray(values, array.dtype), numbers.ids))

    def fresh(self, numbers: Numbers) -> Array:
        """A new array with numbers in it, laid out in memory as their values are."""
        values = np.array(numbers.values, order="K", subok=False)
        self.owner(values).view(values)[...] = numbers.ids
        return values


def here() -> str:
    """``file.py:12`` of the innermost frame that is neither NumPy's nor this package's ``verify``; empty where there is
    none inside the call of the target.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not (name := frame.f_code.co_filename).startswith(DOORS):
        if not name.startswith(SKIPPED):
            return f"{Path(name).name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
