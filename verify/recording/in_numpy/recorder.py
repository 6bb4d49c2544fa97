"""Records NumPy programs while they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from attnproof.verify.recording.in_numpy import functions, methods
from attnproof.verify.recording.in_numpy.array import Recorded, recorded
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.in_numpy.namespace import replaced
from attnproof.verify.recording.recording import Call, Ids
from attnproof.verify.recording.rules.numbers import format_of, is_float
from attnproof.verify.recording.tape import Tape

Recorded.handler = functions.NumpyFunctions()
methods.attach()


class NumpyRecorder:
    """Records on ``tape`` what a program does with the arrays that ``input`` gives.

    Real ``ndarray``s (a subclass). Not seen: what C code of others reads from them, ``np.float32(x)``, pointers; such
    numbers come back as constants. Memory that others write to is noticed.
    """

    def __init__(self) -> None:
        self.tape = Tape()
        self._memory = Memory(self.tape)
        self._handed: dict[int, tuple[Any, Ids]] = {}  # what was handed over, as it was then

    def input(self, name: str, array: Any) -> Any:
        """The array to hand over in place of a floating-point one, over the same memory; another as it is.

        Handed over twice it is the same elements.
        """
        if not isinstance(array, np.ndarray) or not is_float(array.dtype):
            return array
        memory, values = self._memory, array.view(np.ndarray)
        if isinstance(array, Recorded):
            return array
        with memory.at_work("input"):
            self.tape.library = self.tape.now = ""
            call = len(self.tape.calls)
            ids = self.tape.write("input", (), values, format_of(values.dtype), name=name, call=call)
            places = memory.view(values)
            if places is not None:
                places[...] = ids  # memory that a stride of 0 repeats: the last element stays
            found = recorded(memory, values)
            self._handed[id(found)] = (found, memory.numbers(values).ids)
            return found

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts arrays that are made are recorded too."""
        with replaced(self._memory):
            yield

    def call(self, inputs: Mapping[str, Any], seeds: Mapping[str, Any], results: Mapping[str, Any]) -> None:
        """Note one call, whole."""
        with self._memory.at_work("call"):
            given = {name: self._handed[id(x)][1] for name, x in inputs.items() if id(x) in self._handed}
            cotangents = {name: self._handed[id(x)][1] for name, x in seeds.items() if id(x) in self._handed}
            self.tape.calls.append(Call(given, cotangents, self._elements(results)))

    def _elements(self, arrays: Mapping[str, Any]) -> dict[str, Ids]:
        found = {}
        for name, array in arrays.items():
            if isinstance(array, np.ndarray | np.floating | float | list) and is_float(np.asarray(array).dtype):
                found[name] = np.array(self._memory.numbers(array).ids)
        return found
