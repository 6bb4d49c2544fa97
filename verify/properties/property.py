"""A property: one thing that a correct implementation does, and how to find out whether a target does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ERROR, FAIL, NEEDS_REASON, OUTCOMES
from attnproof.verify.targets.target import Target

LONGEST: Final = 300  # characters of somebody else's message that are repeated


@dataclass(frozen=True)
class Draw:
    """One instance of a property's inputs: everything that they are made from, so that they can be made again and
    shrunk.

    setting      sizes, batch and options
    input_class  what the numbers are like (``attnproof.verify.inputs.make``)
    dtype, device
    seed         of the numbers
    """

    setting: Setting
    input_class: str = "normal"
    dtype: str = "fp32"
    device: str = "cpu"
    seed: int = 0


@dataclass(frozen=True)
class Finding:
    """What came of one property at one draw.

    property  its name
    outcome   one of ``attnproof.verify.outcome``; ``reason`` says why unless it passed
    quantity  which output or gradient it is about; ``*`` for all
    ratio     largest error/bound, where there is one
    worst     index, got, exact, bound of the worst element, unless it passed
    observed  what probing found, for a property that finds out a choice: ``{"masked_row": "nan"}``
    """

    property: str
    outcome: str
    reason: str | None = None
    quantity: str = "*"
    ratio: float | None = None
    worst: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, str] = field(default_factory=dict)
    draw: Draw | None = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"outcome {self.outcome!r}; expected one of {', '.join(OUTCOMES)}")
        if self.outcome in NEEDS_REASON and not self.reason:
            raise ValueError(f"{self.property}: outcome {self.outcome!r} needs a reason")


@dataclass(frozen=True)
class Property:
    """A named check of targets.

    name     ``masked row``; stable
    says     what holds for a correct implementation, one sentence
    exposes  what it is meant to expose: rows of the table of faults, and names of faults beyond it
    applies  None when it can be asked of the target, else why not (``takes no mask``)
    draws    the instances that a profile looks at, for a target, format and device
    check    judges the target at one draw. Exceptions of the target are caught by ``ask`` of this module and become
             findings; an exception of the check itself is an error of the verifier and propagates
    """

    name: str
    says: str
    exposes: tuple[int | str, ...]
    applies: Callable[[Target], str | None]
    draws: Callable[[Target, Profile, str, str, int], Iterable[Draw]]  # target, profile, dtype, device, seed
    check: Callable[[Target, Draw], Iterable[Finding]]


class TargetError(Exception):
    """The target raised; the message says what.

    fault  whether it is a wrong answer rather than none: numbers that are not real, say
    """

    def __init__(self, message: str, *, fault: bool = False) -> None:
        super().__init__(message)
        self.fault = fault


def said(error: BaseException) -> str:
    """Type and first line of somebody else's exception: short, printable, whatever its ``__str__`` does."""
    try:
        text = str(error)
    except BaseException as worse:  # noqa: BLE001 - a message that raises is no message
        text = f"(its message raised {type(worse).__name__})"
    first = (text.strip().splitlines() or [""])[0]
    found = (
        f"{type(error).__name__}: {first}" if len(first) <= LONGEST else f"{type(error).__name__}: {first[:LONGEST]}…"
    )
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in found)


def failed(name: str, error: TargetError, draw: Draw) -> Finding:
    """The finding for a target that raised where it should have answered: an outcome of its own, never a pass and never
    a catch.
    """
    return Finding(name, FAIL if error.fault else ERROR, str(error), draw=draw)
