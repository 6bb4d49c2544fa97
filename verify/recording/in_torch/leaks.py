"""What leaves torch without an operation: arrays, lists, addresses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch

from attnproof.verify.recording.in_torch.arrays import carries
from attnproof.verify.recording.in_torch.memory import Memory
from attnproof.verify.recording.in_torch.places import Places
from attnproof.verify.recording.tape import Tape

EXITS: Final = ("numpy", "tolist", "data_ptr", "__array__", "__dlpack__")


@contextmanager
def watching(tape: Tape, memory: Memory, places: Places, thread: int) -> Iterator[None]:
    """While it lasts, what leaves in this thread is noted on the tape."""

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def exit_(self: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == thread and carries(self) and type(self) in PLAIN:
                tape.now = places.now()
                ids = memory.peek(self)
                if not tape.constants(ids):
                    tape.leave(f"Tensor.{name}", ids)
            return original(self, *args, **kwargs)

        return exit_

    own = {name: torch.Tensor.__dict__.get(name) for name in EXITS}
    for name in EXITS:
        setattr(torch.Tensor, name, watched(name, getattr(torch.Tensor, name)))
    try:
        yield
    finally:
        for name, method in own.items():
            if method is None:
                delattr(torch.Tensor, name)
            else:
                setattr(torch.Tensor, name, method)


PLAIN: Final = (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer)
