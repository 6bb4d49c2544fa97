"""Whether a target that raised refuses what it was asked, or broke.

Libraries and targets say what they are not made for by errors of many types. An error that Python makes of a mistake
in a program (a wrong type, index, key, name …) says that only where a statement of the target's own raises it.
Where features are asked for together the difference decides between an error and a refusal.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Final

from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.target import Unsupported

# LookupError: of an index or a key; ArithmeticError: a division by zero; NameError: an unbound local, too.
MISTAKES: Final = (TypeError, LookupError, AttributeError, NameError, ArithmeticError, RecursionError)
OURS: Final = "attnproof"
CALLERS: Final = ("torch", "jax", "numpy")  # what stands between us and the target's own code
RAISES: Final = dis.opmap["RAISE_VARARGS"]  # a ``raise`` or an ``assert``


def refuses(error: BaseException) -> bool:
    """Whether it does; what was returned and is no answer is none either way."""
    if isinstance(error, NoAnswerError) or not isinstance(error, Exception):
        return False
    return isinstance(error, Unsupported) or not isinstance(error, MISTAKES) or of_its_own(error)


def of_its_own(error: Exception) -> bool:
    """Whether a statement of the target's package raised it."""
    frames = [each for each in _frames(error.__traceback__) if _package(each[0]) != OURS]
    if not frames:  # compiled code, called by us
        return False
    frame, instruction = frames[-1]
    packages = [_package(each) for each, _ in frames]
    own = next((package for package in packages if package not in CALLERS), packages[0])
    return packages[-1] == own and frame.f_code.co_code[instruction] == RAISES


def _frames(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lasti
        traceback = traceback.tb_next


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
