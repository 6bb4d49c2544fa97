"""``attnproof.read``: the formula that a program computes, beside the nearest derivation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attnproof.impl.extras import require
from attnproof.verify.checking.check import name_of
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.lifted import found_in, mapped, target_of, telling
from attnproof.verify.checking.running import one_process, seconds
from attnproof.verify.checking.working import Look
from attnproof.verify.composing import standing
from attnproof.verify.reading.lifting.handing import READ, CannotRecordError
from attnproof.verify.reading.lifting.promised import WRITTEN
from attnproof.verify.reading.lifting.result import Reading

__all__ = ["CannotRecordError", "Reading", "read"]

FRAMEWORKS: Final = ("torch", "numpy", "jax")
LARGEST_WINDOW: Final = 4  # the smaller of the sizes has five keys


def read(
    function: Callable[..., Any] | str,
    score: str | None = None,
    *,
    backward: Callable[..., Any] | str = "",
    limit: float | None = None,
    **declared: Any,
) -> Reading:
    """Read what an attention computes: its formulas, and how they differ from a derivation.

    function  a function, module, class or its name ``module:attribute``; a name is asked in a process of its own
    score     what it claims to compute: a known score or ``file.py:name``; None: the nearest known one
    backward  for NumPy: the function, or its name, that returns the gradients by our names
    limit     seconds that one call may take (names only; 60 by default)
    declared  fields of ``attnproof.verify.checking.declared.Declaration``: layout, arguments, outputs, takes, build …,
              what is not declared and every call has (masks, a soft-cap) is read all the same.
              Of the features ``bias``, ``softcap``, ``bias_hidden``, ``mask``, ``causal`` and ``scale`` are handed over

    The target is called twice, at two sets of prime sizes. The result holds for the branch of the code that these calls
    took.

    Raises ValueError, naming what is wrong, for a declaration that is not one and a target that cannot be loaded;
    CannotRecordError with the reason for a target that cannot be recorded, hangs or ends its process;
    MissingExtraError for a framework that is not installed.
    """
    known = telling(mapped(declared))
    if isinstance(function, str):
        if not isinstance(backward, str):
            raise ValueError("backward is a function and the target a name; expected the name of both")
        declaration = _readable(Declaration(function, score or known, backward=backward, **declared))
        return isolated(declaration, score, 60.0 if limit is None else seconds(limit))
    if limit is not None:
        raise ValueError("limit needs the target's name, module:attribute, since only another process can be stopped")
    named = backward if isinstance(backward, str) else name_of(backward)
    declaration = _readable(Declaration(name_of(function), score or known, backward=named, **declared))
    target = target_of(declaration, score, function, None if isinstance(backward, str) else backward)
    return found_in(target, score)


def _readable(declared: Declaration) -> Declaration:
    """The declaration. Raises ValueError for what cannot be read (yet)."""
    if declared.framework not in FRAMEWORKS:
        raise ValueError(f"programs are read in {', '.join(FRAMEWORKS)}; the framework is {declared.framework!r}")
    if declared.framework == "jax":
        require("jax")
    unread = [feature for feature in declared.takes if feature not in (*READ, *standing.NAMES)]
    if unread:
        raise ValueError(f"read hands over {', '.join(READ)}; {unread[0]!r} is not one of them (yet): leave it out")
    for name, number in declared.always_done():
        if name not in (*WRITTEN, "rotary"):
            raise ValueError(f"read cannot write what {name} adds in every call (yet): leave it out of always")
        if name == "window" and number >= LARGEST_WINDOW:
            raise ValueError(f"a window of {LARGEST_WINDOW} and more leaves no trace at the sizes that read has")
    if any(any(each.along) for each in declared.stored_arrays()):
        raise ValueError("read hands over one scale for each array that is stored: leave layouts of scales out")
    return declared


def isolated(declared: Declaration, score: str | None, limit: float) -> Reading:
    found: Reading | None = None
    for event in one_process(declared, Look(score), limit):
        if event.kind == "bad":
            raise ValueError(event.value)
        if event.kind == "unread":
            raise CannotRecordError(event.value)
        if event.kind == "lost":
            raise CannotRecordError(f"it {event.value}")
        if event.kind == "read":
            found = event.value
    if found is None:
        raise CannotRecordError("its process said nothing")
    return found
