"""The place in the target's own code that JAX remembers for an operation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jax._src import source_info_util

OURS: Final = tuple({f"{folder}/" for folder in (Path(__file__).parents[2], Path(__file__).resolve().parents[2])})


def place(traceback: Any) -> str:
    """``file.py:12`` of the innermost frame that is neither JAX's nor this package's ``verify``; else empty."""
    if traceback is None:
        return ""
    for frame in source_info_util.user_frames(traceback):
        if not frame.file_name.startswith(OURS):
            return f"{Path(frame.file_name).name}:{frame.start_line}"
    return ""


def here() -> str:
    """The place that JAX is at now: in a backward pass, that of the operation that is differentiated."""
    return place(source_info_util.current().traceback)
