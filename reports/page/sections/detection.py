"""Detection power: what the verifier and the rules in common use catch, whom they accuse, and what they tell apart; by
which evidence, and what would be caught without what was written for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attnproof.reports.page.figures import detection as figure
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.section import Section, fill

TABLE: Final = "detection"
FOUND_BY: Final = "found_by"
LEFT_OUT: Final = "leave_one_out"
EVIDENCE: Final[Mapping[str, str]] = {
    "algebra": "the recorded program in the exponential ring, at zero tolerance",
    "proof": "the formula that is lifted from the program, at every size",
    "rounding": "bounds on rounding errors, at inputs that a property was written with",
    "coverage": "the same at inputs made by construction: pairs of features, sizes, the whole range",
    "state": "calls after one another, and what they leave of their arguments",
}
OURS: Final = ", our inputs"  # what the columns of the rules on the verifier's inputs end with
REJECTS: Final = "rejects"
ACCEPTS: Final = "accepts"
NOTHING: Final = "not applicable"
VERIFIER: Final = "this verifier"
COLUMNS: Final = ["rejected", "equivalent", "stillborn", "accepted"]  # what becomes of a mutant

Power = tuple[
    int, int, int, int, int
]  # faults caught and asked about, correct ones accused and asked about, faults told apart


def section(results: Results) -> Section:
    """Rules side by side, then every fault, then the mutants by program, by kind and by what rejected them."""
    rows = results.tables.get(TABLE, ())
    faults = [row for row in rows if row["kind"] == "fault"]
    right = [row for row in rows if row["kind"] in ("repaired twin", "correct")]
    made = [row for row in rows if row["kind"] == "mutant"]
    names = rules(rows)
    power = [_verifier(faults, right), *(_rule(name, faults, right) for name in names)]
    html = fill(
        "detection.html.j2",
        rows=rows,
        power=power,
        drawn=figure.figure([(rule["name"], rule["ordinary"], rule["ours"]) for rule in power]) if faults else "",
        faults=faults,
        names=names,
        ours=OURS,
        counts=(len(faults), len(right)),
        columns=COLUMNS,
        mutants=[("program", counted(made, _program)), ("mutation", counted(made, _mutation))] if made else [],
        catchers=catchers(made),
        equivalent=[row for row in made if row["measured"] == "equivalent"],
        broken=[row for row in rows if row["verdict"] != "pass"],
        evidence=evidence(results.tables.get(FOUND_BY, ())),
        left_out=left_out(results.tables.get(LEFT_OUT, ())),
    )
    return Section("detection", "Detection power", html)


def rules(rows: Sequence[Row]) -> list[str]:
    """The rules that the table has columns for, in order."""
    return [name.removesuffix(OURS) for name in rows[0] if name.endswith(OURS)] if rows else []


def _verifier(faults: Sequence[Row], right: Sequence[Row]) -> dict[str, Any]:
    words = {"rejected": REJECTS, "accepted": ACCEPTS}
    return {"name": VERIFIER, "ordinary": None, "ours": _said("measured", faults, right, words)}


def _rule(name: str, faults: Sequence[Row], right: Sequence[Row]) -> dict[str, Any]:
    return {"name": name, "ordinary": _said(name, faults, right), "ours": _said(name + OURS, faults, right)}


def _said(column: str, faults: Sequence[Row], right: Sequence[Row], words: Mapping[str, str] | None = None) -> Power:
    """What the column says of faults and of correct implementations.

    words  what the column's words mean; None: themselves. A correct implementation that broke counts as accused
    """

    def word(row: Row) -> str:
        found = str(row[column])
        return found if words is None else words.get(found, REJECTS if row["kind"] != "fault" else ACCEPTS)

    asked = [[word(row) for row in group if word(row) != NOTHING] for group in (faults, right)]
    caught, accused = (sum(said == REJECTS for said in group) for group in asked)
    accepted = {row["name"] for row in right if row["kind"] == "repaired twin" and word(row) == ACCEPTS}
    apart = sum(word(row) == REJECTS and row.get("repaired") in accepted for row in faults)
    return caught, len(asked[0]), accused, len(asked[1]), apart


def counted(rows: Sequence[Row], key: Callable[[Row], str]) -> list[tuple[str, Counter[str]]]:
    """How many mutants came to what, by ``key``, in order of first appearance."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(key(row), Counter())[str(row["measured"])] += 1
    return list(found.items())


def _program(row: Row) -> str:
    return f"{row['score']}, {row.get('program') or 'numpy'}"


def _mutation(row: Row) -> str:
    return str(row.get("mutation") or "other")


def catchers(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The properties that rejected mutants, with how many each, most first."""
    return Counter(str(row["caught_by"]) for row in rows if row["measured"] == "rejected").most_common()


def evidence(rows: Sequence[Row]) -> dict[str, Any]:
    """What each kind of evidence says of the faults, and how much of it was asked in the run."""
    days = sorted({str(row["recorded"]) for row in rows} - {""})
    return {
        "rows": rows,
        "kinds": EVIDENCE,
        "recorded": ", ".join(days),
        "from_record": sum(bool(row["recorded"]) for row in rows),
        "again": sum(bool(row["recorded"] and row["asked"]) for row in rows),
        "broken": [row for row in rows if row["verdict"] == "fail"],
    }


def left_out(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows with the faults that are missed in a list; the kinds of evidence first, all that was written last."""
    order = ["kind of evidence", "property", "written for"]
    found = [dict(row) | {"still": round(float(row["measured"])), "alone": _listed(row["missed"])} for row in rows]
    return sorted(found, key=lambda row: order.index(str(row["of"])))


def _listed(text: object) -> list[str]:
    return str(text).split("; ") if text else []
