"""Processes in which targets are asked.

A new one imports for seconds. ``prepare`` starts it before the caller imports the same modules itself, so that both are
done at once.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess


@dataclass(frozen=True)
class Worker:
    """A process, and the pipe to it."""

    process: BaseProcess
    pipe: Connection

    def end(self) -> None:
        """Kill it and what it has started."""
        if self.process.pid is not None and hasattr(os, "killpg"):
            with suppress(OSError):  # it has ended, or not come to make a group of its own
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()


_READY: list[Worker] = []


def prepare() -> None:
    """Start the process that ``worker`` will give."""
    _READY.append(_started())


def worker() -> Worker:
    """The process that was prepared, else a new one."""
    return _READY.pop() if _READY else _started()


def discard() -> None:
    """End what was prepared and not needed."""
    while _READY:
        _READY.pop().end()


def _started() -> Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there,), daemon=True)
    process.start()
    there.close()
    return Worker(process, here)


def _work(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    gc.disable()  # ``work`` starts it again: what is imported here stays
    from attnproof.verify.checking.serving import work

    work(pipe)
