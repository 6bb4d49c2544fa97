"""Which kinds of evidence reject each fault, and whether one that no property was written for would be rejected.

Rows of ``tables/found_by.csv``. In ``thorough`` every property is asked of every fault. In ``standard`` what rejects a
fault is taken from the record (``attnproof.verify.detection.record``), and what the record says of power is asked
again: one of those that were not written for the fault and reject it, drawn by the run's seed, must do so now. What the
record does not have is asked. Inputs are those of the record's seed: where an answer is another one, something has
changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attnproof.verify.detection.record import record
from attnproof.verify.detection.verdicts import EVIDENCE, Verdicts, everything, verdicts
from attnproof.verify.faults import Fault
from attnproof.verify.options import Options, Profile
from attnproof.verify.outcome import FAIL, PASS, SKIPPED
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.rows.tables import FoundByRow
from attnproof.verify.unit import generator

# How deep targets are asked in each profile of a run.
DEPTH: Final[Mapping[Profile, Profile]] = {"quick": "quick", "standard": "quick", "thorough": "standard"}
THEORY: Final = "rejected with what was written for it left out"


def row(fault: Fault, options: Options) -> FoundByRow:
    """What rejects a fault."""
    known = record()
    before = known.verdicts.get(fault.name)
    if before is None or options.profile == "thorough":
        thorough = options.profile == "thorough"
        now = verdicts(fault.name, "standard", known.seed) if thorough else everything(fault, known.seed)
        lost = [name for name in (before.rejected_by if before else ()) if name not in now.rejected_by]
        return _row(fault, now, before, "everything", "", lost)
    new = [name for name in PROPERTIES if name not in known.properties]
    both = _joined(before, verdicts(fault.name, DEPTH[options.profile], known.seed, new, proof=False))
    again = _drawn(fault, before, options)
    lost = [name for name in again if not _rejects(fault, name, known.seed)]
    return _row(fault, both, before, ", ".join([*new, *again]), known.day, lost)


def _joined(before: Verdicts, new: Verdicts) -> Verdicts:
    return Verdicts({**before.rejected_by, **new.rejected_by}, (*before.asked, *new.asked), before.proof)


def _drawn(fault: Fault, before: Verdicts, options: Options) -> list[str]:
    """What is asked again: one property that was not written for the fault and rejects it; none where there is none."""
    others = before.others(fault)
    return [str(generator(options.seed, "asked again", fault.name).choice(others))] if others else []


def _rejects(fault: Fault, name: str, seed: int) -> bool:
    """Whether a property does now, at more inputs where it does not at few."""
    depths: tuple[Profile, ...] = ("quick", "standard")
    return any(verdicts(fault.name, depth, seed, (name,), proof=False).rejected_by for depth in depths)


def _row(fault: Fault, found: Verdicts, before: Verdicts | None, asked: str, day: str, lost: list[str]) -> FoundByRow:
    """The row of what was found.

    before  what was recorded
    day     of the record, where something of it is in ``found``
    lost    what rejected the fault when it was recorded, and does not now
    """
    others = found.others(fault)
    said: dict[str, Any] = {kind: found.word(kind) for kind in EVIDENCE}
    verdict, reason = PASS, None
    if lost:
        verdict, reason = FAIL, f"{', '.join(lost)} rejected it on {record().day}, and did not in this run"
    elif day and not asked:
        verdict, reason = SKIPPED, f"nothing else rejected it on {day}; everything is asked in the thorough profile"
    return FoundByRow(
        id=f"found_by/{fault.name}",
        name=fault.name,
        score=fault.wrong.score,
        written_for=", ".join(fault.exposed_by),
        rejected_by=", ".join(found.rejected_by),
        others=", ".join(others),
        asked=asked,
        recorded=day,
        theory=THEORY,
        theory_value=None if before is None else _word(before.others(fault)),
        measured=_word(tuple(name for name in others if name not in lost)),
        grade="certified enclosure",
        verdict=verdict,
        reason=reason,
        implementation=fault.wrong.name,
        dtype=" ".join(fault.wrong.dtypes),
        device="cpu",
        **said,
    )


def _word(others: tuple[str, ...]) -> str:
    return "rejected" if others else "missed"
