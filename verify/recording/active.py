"""The recorder that is listening: who asks a target starts one, and a library's door tells it what goes in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from attnproof.verify.recording.tape import Tape


class Recorder(Protocol):
    """What a library's recorder does for the door that calls the target (``attnproof.verify.targets``)."""

    tape: Tape

    def listening(self) -> AbstractContextManager[object]:
        """While it lasts every operation of the library is recorded."""

    def call(self, inputs: Mapping[str, Any], seeds: Mapping[str, Any], results: Mapping[str, Any]) -> None:
        """Note one call, whole: arrays of the library by name. Inputs and seeds were announced by ``input`` before."""

    def input(self, name: str, array: Any) -> Any:
        """An array that is handed over: its elements are inputs, not constants. What to hand over in its place."""


_ACTIVE: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


def active() -> Recorder | None:
    """The recorder that is listening, if one is."""
    return _ACTIVE.get()


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """While it lasts, targets that are asked are recorded by this recorder; several calls make one recording."""
    token = _ACTIVE.set(recorder)
    try:
        yield
    finally:
        _ACTIVE.reset(token)
