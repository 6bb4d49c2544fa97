"""Everything that a run decided, as suites of cases: what counts, what fails, what was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from attnproof.verify.outcome import ABSTAIN, FAIL, JUDGED, PASS
from attnproof.verify.proofs.derive import DerivationRow
from attnproof.verify.proofs.ledger import ProofRow
from attnproof.verify.rows.tables import TABLES
from attnproof.verify.run.found import Found

Suites: TypeAlias = Mapping[str, Sequence[tuple[str, str, str | None]]]  # name: cases (id, outcome, reason)


def suites(found: Found) -> Suites:
    """The cases of every kind: comparisons, each table, re-checks with planted errors, proofs of claims and lemmas."""
    return {
        "comparisons": [(row.id, row.outcome, row.reason) for row in found.comparisons],
        **{name: [(row.id, row.verdict, row.reason) for row in rows] for name, rows in found.tables.items()},
        "rechecks": [case for score in found.derivations for case in _rechecks(score)],
        # A recorded proof whose step does not check is a failure; a claim without a proof is merely open.
        "proofs": [_proof(row) for rows in (found.claims, found.lemmas) for row in rows if row.steps],
    }


def _rechecks(score: DerivationRow) -> list[tuple[str, str, str | None]]:
    checked = [
        (f"{row['system']}/{row['road']}/{row['sizes']}/{row['quantity']}", row["holds"], row["detail"])
        for row in score.rechecks
    ]
    planted = [(f"{score.name}/planted/{row['name']}", row["rejected"], row["detail"]) for row in score.planted]
    outcomes = {True: PASS, False: FAIL, None: ABSTAIN}
    return [(name, outcomes[right], detail) for name, right, detail in (*checked, *planted)]


def _proof(row: ProofRow) -> tuple[str, str, str | None]:
    failed = row.verdict == "not decided"
    return row.case, FAIL if failed else PASS, row.reason or ("a step of its proof does not check" if failed else None)


def judged(found: Suites) -> int:
    """How many comparisons were judged; where none was planned, how many table rows; or re-checks and proofs.

    A pass of one kind does not stand in for another: with every implementation skipped, proofs say nothing about them.
    """
    tables = [case for name, cases in found.items() if name in TABLES for case in cases]
    cases = found["comparisons"] or tables or [*found["rechecks"], *found["proofs"]]
    return sum(outcome in JUDGED for _, outcome, _ in cases)
