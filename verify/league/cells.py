"""Cells of the league: from the reports of ``attnproof check`` to one answer for each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from attnproof.verify.league.rows import Row
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, PASS, UNSUPPORTED

DOES: Final = "does"
DIFFERS_HOW: Final = "differs by contract"
DOES_NOT: Final = "does not"  # only where it is confirmed
OPEN: Final = "open"  # something failed or raised, and nothing independent has confirmed it
NOT_ASKED: Final = "not asked"
STATUSES: Final = (DOES, DIFFERS_HOW, DOES_NOT, OPEN, NOT_ASKED)
LONGEST: Final = 400
NO_PROMISE: Final = "; no promise of its documentation is recorded here"
NO_CHOICE: Final = "it has no such choice, or it could not be seen"

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Failed:
    """What fails in a row: which way of asking, and the findings."""

    ask: int
    findings: tuple[Mapping[str, Any], ...]


def cell(row: Row, reports: Sequence[Report], promises: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a row: ``status``, ``words``, ``counts``. What failed is ``open``: red has to be confirmed."""
    if "read" in row.properties:
        return _read(reports)
    found = [finding for report in reports for finding in report["findings"] if row.counts(finding)]
    counts = Counter(finding["outcome"] for finding in found)
    status, words = _judged(row, found, counts)
    if row.observed and status in (DOES, DIFFERS_HOW):
        status, words = _convention(row.observed, reports, promises)
    return {"status": status, "words": words[:LONGEST], "counts": dict(sorted(counts.items()))}


def failed(row: Row, reports: Sequence[Report]) -> list[Failed]:
    """What fails in a row, by the way of asking."""
    found = []
    for number, report in enumerate(reports):
        own = tuple(each for each in report["findings"] if row.counts(each) and each["outcome"] == FAIL)
        if own:
            found.append(Failed(number, own))
    return found


def _judged(row: Row, found: Sequence[Mapping[str, Any]], counts: Counter[str]) -> tuple[str, str]:
    for outcome, status in ((FAIL, OPEN), (ERROR, OPEN), (DIFFERS, DIFFERS_HOW)):
        if counts[outcome]:
            return status, _first(found, outcome)
    if counts[PASS]:
        refused = f"; {counts[UNSUPPORTED]} refused: {_first(found, UNSUPPORTED)}" if counts[UNSUPPORTED] else ""
        return DOES, f"{counts[PASS]} comparisons{refused}"
    if counts[ABSTAIN]:
        return NOT_ASKED, f"nothing could be judged: {_first(found, ABSTAIN)}"
    if found:
        return NOT_ASKED, found[0]["reason"] or ""
    return NOT_ASKED, _why(row)


def _first(found: Sequence[Mapping[str, Any]], outcome: str) -> str:
    return next(finding["reason"] or "" for finding in found if finding["outcome"] == outcome)


def _why(row: Row) -> str:
    """Why nothing was asked: no question has what the row is about."""
    if row.features:
        return f"takes no {' with '.join(row.features)}"
    return f"not asked in {', '.join(row.dtypes)}" if row.dtypes else "no question of this kind applies to it"


def _convention(name: str, reports: Sequence[Report], promises: Mapping[str, str]) -> tuple[str, str]:
    """What it does where conventions differ, beside what its member's file says that the documentation promises."""
    seen = dict.fromkeys(report["observed"][name] for report in reports if name in report["observed"])
    does = ", ".join(seen)
    promised = promises.get(name)
    if not does:
        return NOT_ASKED, NO_CHOICE
    if promised is None:
        return DIFFERS_HOW, f"{does}{NO_PROMISE}"
    if set(seen) == {promised}:
        return DOES, f"{does}, as documented"
    return OPEN, f"{does}; the documentation says {promised}"


def _read(reports: Sequence[Report]) -> dict[str, Any]:
    reads = [report["read"] for report in reports if report["read"]]
    equal, differs = sum(each["equal"] for each in reads), sum(each["differs"] for each in reads)
    samples = sum(each["samples"] for each in reads)
    counts = {"equal": equal, "differs": differs, "samples": samples}
    if equal + differs:
        rest = f"; {samples} rest on samples" if samples else ""
        return {"status": DOES, "words": f"read in {equal + differs} questions{rest}", "counts": counts}
    why = next((why for each in reads for why in each["why"]), "the program is not recorded: it is asked at samples")
    return {"status": NOT_ASKED, "words": f"not readable: {why}"[:LONGEST], "counts": counts}


def tally(cells: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """How many cells have each status."""
    counted = Counter(each["status"] for each in cells.values())
    return {status: counted[status] for status in STATUSES}


def changes(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """Rows whose status is another one than it was."""
    for row, now in new.items():
        before = old.get(row, {}).get("status", "")
        if before != now["status"]:
            yield {"row": row, "before": before, "now": now["status"]}
