"""Cells of the league: from the reports of ``attnproof check`` to one answer for each row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from attnproof.verify.league.rows import ALL, Row
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.calls import ALONE

DOES: Final = "does"
DIFFERS_HOW: Final = "differs by contract"
DOES_NOT: Final = "does not"  # only where it is confirmed
OPEN: Final = "open"  # something failed or raised, and nothing independent has confirmed it
NOT_ASKED: Final = "not asked"
STATUSES: Final = (DOES, DIFFERS_HOW, DOES_NOT, OPEN, NOT_ASKED)
LONGEST: Final = 400
NO_PROMISE: Final = "; no promise of its documentation is recorded here"
NO_CHOICE: Final = "it has no such choice, or it could not be seen"

# Properties that compare calls, and stop at the first that is wrong in any way.
KEPT: Final = "nothing kept"
BATCH: Final = "batch apart"
REPEATABLE: Final = "repeatable"
COMPARING: Final = ("layout", "gradient subsets")
SINGLE: Final = "values"  # asks single calls, every quantity in every format

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Failed:
    """What fails in a row: which way of asking, and the findings."""

    ask: int
    findings: tuple[Mapping[str, Any], ...]


def cell(row: Row, reports: Sequence[Report], promises: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The answer to a row: ``status``, ``words``, ``counts``. What failed is ``open``: red has to be confirmed."""
    if "read" in row.properties:
        return _read(reports)
    found = [finding for report in reports for finding in about(row, report)]
    counts = Counter(finding["outcome"] for finding in found)
    status, words = _judged(row, found, counts)
    if row.observed and status in (DOES, DIFFERS_HOW):
        status, words = _convention(row, reports, promises.get(row.id, {}))
    return {"status": status, "words": words[:LONGEST], "counts": dict(sorted(counts.items()))}


def failed(row: Row, reports: Sequence[Report]) -> list[Failed]:
    """What fails in a row, by the way of asking."""
    found = []
    for number, report in enumerate(reports):
        own = tuple(each for each in about(row, report) if each["outcome"] == FAIL)
        if own:
            found.append(Failed(number, own))
    return found


def about(row: Row, report: Report) -> Iterator[Mapping[str, Any]]:
    """The findings of a report that are about a row; a failure that belongs to another row leaves this one unjudged."""
    among = _quantities(report)
    for finding in report["findings"]:
        if row.counts(finding, among):
            why = _elsewhere(row, report, finding) if finding["outcome"] in (FAIL, ERROR) else ""
            yield {**finding, "outcome": ABSTAIN, "reason": f"{why}: {finding['reason']}"} if why else finding


def is_about(row: Row, report: Report, failure: Mapping[str, Any]) -> bool:
    """Whether a failure in a report is a row's own."""
    return row.counts(failure, _quantities(report)) and not _elsewhere(row, report, failure)


def _quantities(report: Report) -> set[str]:
    """What a finding about a whole call is about: the context, and whatever else the report has looked at."""
    return {"context", *(finding["quantity"] for finding in report["findings"])} - {ALL}


def _elsewhere(row: Row, report: Report, finding: Mapping[str, Any]) -> str:
    """Why a failure or an error is another row's; empty where it is this one's."""
    if row.reasons and not re.search(row.reasons, finding["reason"] or ""):
        return "another row's failure comes first"
    return "wrong in a single call already" if finding["outcome"] == FAIL and _wrong_alone(report, finding) else ""


def _wrong_alone(report: Report, finding: Mapping[str, Any]) -> bool:
    """Whether what fails where calls are compared is wrong in one call as well."""
    if finding["property"] == KEPT:
        return any(each["property"] == KEPT and each["kind"] != "state" for each in report["properties"])
    if finding["property"] == BATCH:
        random = any(each["property"] == REPEATABLE and each["outcome"] == FAIL for each in report["findings"])
        return random or ALONE in finding["reason"]
    return finding["property"] in COMPARING and any(
        each["property"] == SINGLE
        and each["outcome"] == FAIL
        and each["quantity"] == finding["quantity"]
        and each["draw"]["dtype"] == finding["draw"]["dtype"]
        for each in report["findings"]
    )


def _judged(row: Row, found: Sequence[Mapping[str, Any]], counts: Counter[str]) -> tuple[str, str]:
    for outcome, status in ((FAIL, OPEN), (ERROR, OPEN), (DIFFERS, DIFFERS_HOW)):
        if counts[outcome]:
            return status, _first(found, outcome)
    if counts[PASS]:
        # What was not judged comes first: the words of what was refused may be long.
        left = f"; {counts[ABSTAIN]} not judged" if counts[ABSTAIN] else ""
        refused = f"; {counts[UNSUPPORTED]} refused: {_first(found, UNSUPPORTED)}" if counts[UNSUPPORTED] else ""
        return DOES, f"{counts[PASS]} comparisons{left}{refused}"
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


def _convention(row: Row, reports: Sequence[Report], promise: Mapping[str, Any]) -> tuple[str, str]:
    """What it does where conventions differ, beside what its member's file says that the documentation promises."""
    seen = dict.fromkeys(report["observed"][row.observed] for report in reports if row.observed in report["observed"])
    does = ", ".join(seen)
    promised = promise.get("is")
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
        words = f"read in {equal + differs} of {equal + differs + samples} questions"
        if not samples:
            return {"status": DOES, "words": words, "counts": counts}
        return {"status": NOT_ASKED, "words": f"{words}; the others rest on samples", "counts": counts}
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
