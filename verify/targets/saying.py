"""What somebody else's code came to, in one line."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

from attnproof.verify.targets.numbers import NoAnswerError, NotRealError

LONGEST: Final = 300  # characters of somebody else's message that are repeated


def came_to(error: BaseException) -> str:
    """What a call came to: ``raised ValueError: …``, or that what it returned is no answer; by what it is about, where
    an error only tells of another one (``tells``).
    """
    if getattr(error, "tells", False) and error.__cause__ is not None:
        return came_to(error.__cause__)
    if isinstance(error, NotRealError):
        return f"returned {error}"
    if isinstance(error, NoAnswerError):
        return f"gave no answer: {error}"
    return f"raised {said(error)}"


def said(error: BaseException) -> str:
    """Type and first line of somebody else's exception: short, printable, whatever its ``__str__`` does."""
    message = first_line(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def said_where(error: BaseException) -> str:
    """The same of an exception of ours, with the line that raised it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{said(error)} ({Path(last.filename).name}:{last.lineno})"


def first_line(message: object) -> str:
    """The first line of somebody else's message, the same way."""
    try:
        text = str(message)
    except BaseException as worse:  # noqa: BLE001 - a message that raises is no message
        text = f"(its message raised {type(worse).__name__})"
    return shown(text)


def shown(text: str) -> str:
    """The first line of somebody else's text, short and printable."""
    first = (text.strip().splitlines() or [""])[0]
    cut = f"{first[:LONGEST]}{'…' if len(first) > LONGEST else ''}"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)
