"""One thing left out at a time: what the verifier would say of faults that nobody had written it for.

Rows of ``tables/leave_one_out.csv``, counted from those of ``found_by``: for each property the faults that it was
written for, and those that other properties reject; for each fault all that was written for it left out; for each kind
of evidence the faults that it rejects, and those that another kind rejects too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.rows.tables import FoundByRow, LeaveOneOutRow, TableRow

KINDS: Final = ("algebra", "proof", "rounding", "coverage", "state")
ALL: Final = "everything written for the fault"


def rows(found: Sequence[TableRow]) -> list[LeaveOneOutRow]:
    """A row for each property that a fault was written for, one for them all, and one for each kind of evidence."""
    faults = [each for each in found if isinstance(each, FoundByRow)]
    if not faults:
        return []
    written = dict.fromkeys(name for fault in faults for name in _names(fault.written_for))
    made = [_of_property(name, faults) for name in written]
    made.append(_row("written for", ALL, faults, [f for f in faults if not _left(f, _names(f.written_for))]))
    return made + [_of_kind(kind, faults) for kind in KINDS]


def _names(text: str) -> list[str]:
    return text.split(", ") if text else []


def _left(fault: FoundByRow, without: Sequence[str]) -> list[str]:
    return [name for name in _names(fault.rejected_by) if name not in without]


def _of_property(name: str, faults: Sequence[FoundByRow]) -> LeaveOneOutRow:
    own = [fault for fault in faults if name in _names(fault.written_for)]
    return _row("property", name, own, [fault for fault in own if not _left(fault, [name])])


def _of_kind(kind: str, faults: Sequence[FoundByRow]) -> LeaveOneOutRow:
    own = [fault for fault in faults if getattr(fault, kind) == "rejects"]
    others = [other for other in KINDS if other != kind]
    alone = [fault for fault in own if all(getattr(fault, other) != "rejects" for other in others)]
    return _row("kind of evidence", kind, own, alone)


def _row(of: str, name: str, faults: Sequence[FoundByRow], missed: Sequence[FoundByRow]) -> LeaveOneOutRow:
    """A row counts as long as none of the rows that it is counted from failed."""
    failed = [fault.name for fault in faults if fault.verdict == FAIL]
    return LeaveOneOutRow(
        id=f"leave_one_out/{of}/{name}",
        of=of,
        left_out=name,
        faults=len(faults),
        missed="; ".join(fault.name for fault in missed),
        theory="faults that something else rejects",
        measured=float(len(faults) - len(missed)),
        grade="certified enclosure",
        verdict=FAIL if failed else PASS,
        reason=f"counted from rows that failed: {'; '.join(failed)}" if failed else None,
        implementation="the verifier",
    )
