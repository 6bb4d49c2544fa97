"""The recorder of torch."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from attnproof.verify.recording.eager import eager
from attnproof.verify.recording.in_torch.arrays import carries, format_of, values
from attnproof.verify.recording.in_torch.leaks import watching
from attnproof.verify.recording.in_torch.listener import Listener
from attnproof.verify.recording.in_torch.memory import Memory
from attnproof.verify.recording.in_torch.places import Places
from attnproof.verify.recording.recording import Call, Ids, Recording
from attnproof.verify.recording.tape import Tape


class TorchRecorder:
    """Records what a target does with tensors, forward and backward, over several calls.

    >>> recorder = TorchRecorder()                      # doctest: +SKIP
    >>> with recording(recorder):                       # doctest: +SKIP
    ...     answer = target.ask(request)
    >>> found = recorder.finish()                       # doctest: +SKIP

    Operations are those that torch runs below autograd (a ``TorchDispatchMode``), so that modules, functions of
    ``torch.func``, custom ``autograd.Function``s and checkpoints are seen alike. ``torch.compile`` runs eagerly.
    An input of stride 0 along an axis has that axis with size 1 in its ``input`` operation: it is the same memory.
    """

    def __init__(self) -> None:
        self.tape = Tape()
        self._memory = Memory(self.tape)
        self._places = Places()
        self._announced: dict[str, Ids] = {}
        self._shared: dict[str, Ids] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts every operation of torch in this thread is recorded."""
        with ExitStack() as stack:
            stack.enter_context(eager())
            stack.enter_context(torch.autograd.set_multithreading_enabled(False))
            stack.enter_context(watching(self.tape, self._memory, self._places, threading.get_ident()))
            stack.enter_context(Listener(self.tape, self._memory, self._places, self._shared))
            yield

    def input(self, name: str, array: torch.Tensor) -> None:
        """A tensor that is handed over: its elements are inputs. Tensors of integers have none."""
        if not carries(array):
            return
        if not self._memory.knows(array):
            narrow = array.detach()
            for axis in range(array.ndim):
                if array.shape[axis] > 1 and array.stride(axis) == 0:
                    narrow = narrow.narrow(axis, 0, 1)
            self.tape.now = self.tape.library = ""
            call = len(self.tape.calls)
            ids = self.tape.write("input", (), values(narrow), format_of(array.dtype), name=name, call=call)
            self._memory.place(narrow, ids)
        self._announced[name] = self._memory.read(array)

    def call(self, inputs: Mapping[str, Any], seeds: Mapping[str, Any], results: Mapping[str, Any]) -> None:
        """Note one call, whole."""
        self.tape.calls.append(
            Call(
                {name: self._announced[name] for name in inputs if name in self._announced},
                {name: self._announced[name] for name in seeds if name in self._announced},
                {
                    name: self._memory.read(result)
                    for name, result in results.items()
                    if isinstance(result, torch.Tensor) and carries(result)
                },
            )
        )
        self._announced = {}

    def finish(self) -> Recording:
        """The recording so far."""
        return self.tape.finish()
