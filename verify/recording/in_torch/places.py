"""Where in the target's own code an operation comes from."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType
from typing import Any, Final

import torch

# With what ends a folder's name: another package's may begin with it.
_TORCH: Final = f"{Path(torch.__file__).parent}{os.sep}"
_PYTHON: Final = f"{sysconfig.get_path('stdlib')}{os.sep}"
_VERIFY: Final = Path(__file__).parents[2]
_OURS: Final = tuple(f"{_VERIFY / name}{os.sep}" for name in ("recording", "checking"))  # this, and what calls a target
_DOORS: Final = tuple(f"{_VERIFY / name}{os.sep}" for name in ("targets", "against"))


class Places:
    """The innermost line that belongs neither to torch nor to us; in a library's backward, that of the forward."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}  # by file: of a whole code object the hash is slow
        self._forward: dict[int, str] = {}  # the number of a node of autograd -> where it was made

    def now(self) -> str:
        """``file.py:12``, or empty."""
        node: Any = torch._C._current_autograd_node()
        here = self._innermost()
        if node is not None:
            return here or self._forward.get(node._sequence_nr(), "")
        # The node of an operation is made before the operation runs: the first that is seen with it is its own.
        self._forward.setdefault(torch._C._autograd._get_sequence_nr() - 1, here)
        return here

    def _innermost(self) -> str:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and (kind := self._kind(frame.f_code.co_filename)) != "door":
            if kind == "own":
                return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
            frame = frame.f_back
        return ""

    def _kind(self, name: str) -> str:
        if (known := self._kinds.get(name)) is not None:
            return known
        if name.startswith(_DOORS):
            kind = "door"
        elif name.startswith((_TORCH, *_OURS)) or (name.startswith(_PYTHON) and "site-packages" not in name):
            kind = "between"
        else:
            kind = "between" if name.startswith("<") else "own"
        self._kinds[name] = kind
        return kind
