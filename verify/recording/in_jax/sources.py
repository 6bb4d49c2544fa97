"""The place in the target's own code that an operation comes from: where Python is, or what JAX remembers."""

from __future__ import annotations

import contextlib
import functools
import sys
from pathlib import Path
from typing import Any, Final

import jax
from jax._src import source_info_util

BETWEEN: Final = (  # what stands between the target's code and our recorder
    f"{Path(jax.__file__).parent}/",
    *{f"{folder}/" for folder in (Path(__file__).parents[1], Path(__file__).resolve().parents[1])},
    contextlib.__file__,
    functools.__file__,
)
OURS: Final = tuple({f"{folder}/" for folder in (Path(__file__).parents[2], Path(__file__).resolve().parents[2])})


def place(traceback: Any) -> str:
    """``file.py:12`` of the innermost frame that is neither JAX's nor this package's ``verify``; else empty."""
    if traceback is None:
        return ""
    for frame in source_info_util.user_frames(traceback):
        if not frame.file_name.startswith(OURS):
            return f"{Path(frame.file_name).name}:{frame.start_line}"
    return ""


def remembered() -> str:
    """The place that JAX remembers now."""
    return place(source_info_util.current().traceback)


def here() -> str:
    """The place that Python is at now; where that is none of the target's, in a backward pass that JAX derives, that of
    the operation that is differentiated. Of a backward pass of the target's own JAX remembers its call alone.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(BETWEEN):
        frame = frame.f_back
    name = frame.f_code.co_filename
    if frame.f_back is None or name.startswith(OURS):
        return remembered()
    return f"{Path(name).name}:{frame.f_lineno}"
