"""A program that differs from the derivation, asked again: what only looked like a constant moves at other numbers."""

from __future__ import annotations

from dataclasses import replace

from attnproof.derivations.ring.ring import Ring
from attnproof.verify.properties.question import TargetError
from attnproof.verify.properties.refusing import refuses
from attnproof.verify.reading.algebra import DIFFERS, UNDECIDED, Compared, compared
from attnproof.verify.reading.recorded import Asked, ask_recorded
from attnproof.verify.reading.stretching import difference, kept
from attnproof.verify.targets.saying import came_to
from attnproof.verify.targets.target import Target, Unsupported


def told(target: Target, error: Exception) -> TargetError:
    """A target in another process has told already what it raised."""
    if isinstance(error, TargetError):
        return error
    unable = isinstance(error, Unsupported)
    return TargetError(f"{target.name} {came_to(error)}", unsupported=unable, refuses=refuses(error))


def asked_again(
    target: Target, asked: Asked, ring: Ring, results: list[list[Compared]]
) -> tuple[Asked, list[list[Compared]]]:
    """The comparison without what only looks like a constant: other numbers tell.

    What a target makes at its first call and keeps (weights in its format, tables) is no other path: it is asked once
    more then, and where that comes to the same it stands for the first time.
    """
    other = ask_recorded(target, asked.questions, stretched=True)
    for error in other.refused.values():
        raise TargetError(f"{told(target, error)}, at other numbers only") from error
    differs = difference(asked.recording, other.recording)
    if differs.path is not None:
        later = ask_recorded(target, asked.questions)
        found = difference(later.recording, other.recording)
        all_answered = len(later.questions) == len(asked.questions)
        if found.path is None and all_answered and _same(once_more := compared(later, ring), results):
            # What it did before it refused a question is in the first recording and in no other.
            asked = replace(later, places=asked.places, refused=asked.refused)
            results, differs = once_more, found
    if differs.path is not None and not any(kept(asked.recording, call) for call in asked.recording.calls):
        place = differs.path
        lost = [[replace(e, outcome=UNDECIDED, place=place) if e.outcome == DIFFERS else e for e in c] for c in results]
        return asked, lost
    return asked, compared(asked, ring, differs.moving) if differs.moving else results


def _same(some: list[list[Compared]], others: list[list[Compared]]) -> bool:
    """Whether two comparisons of the same questions come to the same."""
    pairs = zip(some, others, strict=True)
    return all([e.outcome for e in one] == [e.outcome for e in other] for one, other in pairs)
