"""What somebody else's program raises, told apart from what we raise: a bug of ours is never a program's answer."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attnproof.verify import recording
from attnproof.verify.recording.recording import NotReadError

RECORDER: Final = Path(recording.__file__).resolve().parent


class RaisedError(Exception):
    """A program raised; what it raised is ``theirs``, and the cause."""

    def __init__(self, theirs: BaseException) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs


@contextmanager
def running() -> Iterator[None]:
    """A program runs, or its backward, and nothing of ours beside the recorder.

    Raises RaisedError for whatever it raises, ``SystemExit`` and pytest's own too; KeyboardInterrupt is the user's, and
    NotReadError the recorder's.
    """
    try:
        yield
    except (KeyboardInterrupt, NotReadError):
        raise
    except BaseException as error:  # what somebody's program raises is its answer: nothing of ours runs here
        raise RaisedError(error) from error


def in_recorder(error: BaseException) -> str:
    """Where in the recorder it was raised, ``in_torch/activations.py:40``; empty where that is elsewhere."""
    frames = traceback.extract_tb(error.__traceback__)
    file = Path(frames[-1].filename).resolve() if frames else Path()
    return f"{file.relative_to(RECORDER)}:{frames[-1].lineno}" if file.is_relative_to(RECORDER) else ""
