"""One hostile run of the command line, as data, and what is put where it runs."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Put = Callable[[Path], object]  # makes something at a path


@dataclass(frozen=True)
class Case:
    """One run.

    says    a fragment of the one line on standard error, or, where ``status`` is not 2, of standard output
    files   what is there, by name: text, bytes, or what makes it
    words   of the command line
    """

    kind: str
    words: tuple[str, ...]
    says: str
    files: Mapping[str, str | bytes | Put] = field(default_factory=dict)
    status: int = 2

    def __str__(self) -> str:
        """For ids."""
        return f"{self.kind}: {self.says}"[:70]


def link(to: str) -> Put:
    """A symbolic link."""
    return lambda path: path.symlink_to(to)


def pipe(path: Path) -> None:
    """A pipe, opening which never ends."""
    os.mkfifo(path)


def folder(path: Path) -> None:
    """An empty folder."""
    path.mkdir()


def listening(path: Path) -> None:
    """A socket."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


LOOP: Final = {"loop": link("loop2"), "loop2": link("loop")}
CANNOT_BE_WRITTEN: Final = "/proc" if Path("/proc").is_dir() else "/System"
RIGHT: Final = "def f(query, key, value):\n    return (query @ key.mT).softmax(-1) @ value\n"
RUN: Final = (
    "--score",
    "dot",
    "--profile",
    "quick",
    "--dtype",
    "fp64",
    "--property",
    "values",
    "--limit",
    "30",
    "--no-shrink",
)
CRASH: Final = "import ctypes, faulthandler; faulthandler.disable()\nctypes.string_at(0)\n"
CHILD: Final = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n"
