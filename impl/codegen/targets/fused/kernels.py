"""A frame of loops, or of calls, with what is derived put in: ``@@name`` on a line of its own, ``@@{name}`` inside one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

HOLE = re.compile(r"^( *)@@(\w+)$", re.MULTILINE)
INLINE = re.compile(r"@@\{(\w+)\}")


def filled(frame: Path, lines: Mapping[str, list[str]], words: Mapping[str, str]) -> str:
    """The text of a frame. Raises KeyError for a hole that nothing fills."""

    def put(hole: re.Match[str]) -> str:
        pad, name = hole.groups()
        return "\n".join(f"{pad}{line}" if line else "" for line in lines[name])

    text = HOLE.sub(put, frame.read_text(encoding="utf-8"))
    return INLINE.sub(lambda hole: words[hole[1]], text)
