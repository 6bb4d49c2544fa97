"""The ledger: every claim with its verdict, computed by checking each of its proof steps.

``claims.json`` is ``{"schema": "attnproof.claims/1", "claims": [...]}``; a claim is

    id, title, usual, headline, statement, verdict, reason, assumptions, kinds, steps: [{rule, before, after, holds}],
    altered: [{what, rejected}], lemmas, evidence: [{grade, what, value}], figures, scores, tables, cells, counterexample,

References
----------
``cells`` are the cases of a claim that is decided case by case, each with its weights or multipliers; none unless all steps check.
``"lemmas"`` beside them are the lemmas that the proofs rest on: ``name, title, statement, verdict, assumptions, kinds, steps, altered,
lemmas, references``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof.claim import Claim, Lemma, Proof, lemmas_used, prove
from attnproof.verify.options import Options
from attnproof.verify.unit import Row, Unit

SCHEMA: Final = "attnproof.claims/1"

# Rough seconds of the proofs that take longest, so that they start first; nothing but the order depends on them.
COSTS: Final[Mapping[str, float]] = MappingProxyType({"S6": 6.0, "T3": 4.0, "T10": 3.0, "T5": 2.0})


def plan(options: Options) -> list[Unit]:
    """One unit for each claim asked for, and for each lemma of the whole ledger when all are."""
    wanted = CLAIMS if options.claims is None else options.claims
    units = [
        Unit(
            f"claim/{name}", "claims", "attnproof.verify.proofs.ledger:run", {"claim": name}, cost=COSTS.get(name, 0.4)
        )
        for name in wanted
    ]
    lemmas = LEMMAS if options.claims is None else _below(lemmas_used(CLAIMS[name]) for name in wanted)
    return units + [
        Unit(f"lemma/{name}", "claims", "attnproof.verify.proofs.ledger:run_lemma", {"lemma": name}) for name in lemmas
    ]


def _below(used: Iterable[Iterable[str]]) -> list[str]:
    """The lemmas named and those they rest on, in the order of the lemmas."""
    found: set[str] = set()
    waiting = [name for names in used for name in names]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += lemmas_used(LEMMAS[name])
    return [name for name in LEMMAS if name in found]


def run_lemma(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Check one lemma's proof."""
    del options
    lemma = LEMMAS[arguments["lemma"]]
    proof = prove(lemma, _left_to_its_unit)
    return [
        {
            "table": "lemmas",
            "name": lemma.name,
            "title": lemma.title,
            "statement": lemma.statement,
            "verdict": "proved" if proof.holds and lemma.steps else "not decided",
            "assumptions": list(lemma.assumptions),
            "kinds": list(lemma.assumptions.values()),
            **_proof(lemma, proof),
            "references": list(lemma.references),
        }
    ]


def _left_to_its_unit(name: str) -> bool:
    """Each lemma is proved once, in a unit of its own; ``joined`` takes the verdicts together."""
    return name in LEMMAS


def joined(claims: Iterable[Row], lemmas: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Claims and lemmas with what follows from the lemmas below them: one that is not proved takes down all that rest on it.

    A lemma that a claim rests on and that has no row is proved here.
    """
    claims, lemmas = list(claims), list(lemmas)
    # Rows say what they rest on, so that a lemma's module is imported only where its row is missing.
    rows = {row["name"]: row for row in lemmas}
    waiting = [name for claim in claims for name in claim.get("lemmas", ())]
    below: set[str] = set()
    while waiting:
        if (name := waiting.pop()) not in below:
            below.add(name)
            if name not in rows:
                (rows[name],) = run_lemma({"lemma": name}, Options())
            waiting += rows[name]["lemmas"]
    lemmas = list(rows.values())
    proved: set[str] = set()
    found: list[Row] = []
    for lemma in sorted(lemmas, key=lambda row: list(LEMMAS).index(row["name"])):  # those below stand before
        row = _without(lemma, [name for name in lemma["lemmas"] if name not in proved])
        found.append(row)
        if row["verdict"] == "proved":
            proved.add(row["name"])
    return [
        _without(claim, [name for name in claim.get("lemmas", ()) if name not in proved]) for claim in claims
    ], found


def decided(name: str) -> tuple[Row, list[Row]]:
    """One claim, and every lemma below it, decided here and now: rows as in a run, without a run's evidence."""
    claims, below = joined(run({"claim": name}, Options()), [])
    return claims[0], below


def _without(row: Row, unproved: list[str]) -> Row:
    if not unproved:
        return row
    reason = f"lemma does not hold: {', '.join(unproved)}"
    fallen = {**row, "verdict": "not decided"}
    if "reason" in row:
        fallen |= {"reason": ". ".join(filter(None, [row["reason"], reason])), "cells": []}
    return fallen


def _proof(subject: Claim | Lemma, found: Proof) -> dict[str, Any]:
    """The steps, the altered statements and the lemmas, with what became of each."""
    return {
        "steps": [
            {
                "rule": step.rule,
                "before": step.before,
                "after": step.after,
                "holds": number not in found.failed,
                "refutes": step.refutes,
                "lemmas": list(step.uses),
            }
            for number, step in enumerate(subject.steps)
        ],
        "altered": [
            {"what": what, "rejected": number not in found.accepted} for number, what in enumerate(subject.altered)
        ],
        "lemmas": list(lemmas_used(subject)),
    }


def run(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Decide one claim."""
    del options
    claim = CLAIMS[arguments["claim"]]
    decision = decide(claim, _left_to_its_unit)
    return [
        {
            "table": "claims",
            "id": claim.id,
            "title": claim.title,
            "usual": claim.usual,
            "headline": claim.headline,
            "statement": claim.statement,
            "verdict": decision.verdict,
            "reason": decision.reason,
            "assumptions": list(claim.assumptions),
            "kinds": list(claim.assumptions.values()),
            **_proof(claim, Proof(decision.failed, decision.accepted, decision.unproved)),
            "evidence": [],
            "figures": [],
            "scores": list(claim.scores),
            "tables": list(claim.tables),
            "cells": [] if decision.verdict == "not decided" else [dict(cell) for cell in claim.cells],
            "counterexample": claim.counterexample,
            "references": list(claim.references),
        }
    ]


def with_evidence(
    claims: Iterable[Row],
    comparisons: Iterable[Row],
    tables: Mapping[str, list[Row]],
    rechecks: Iterable[Row],
    figures: Iterable[Row] = (),
) -> list[Row]:
    """The claims with the numeric evidence that this run found for each.

    First what was measured for this claim alone (table ``evidence``), then counts of outcomes by score and by table.
    """
    own: dict[str, list[Row]] = {}
    for row in tables.get("evidence", ()):
        own.setdefault(row["claim"], []).append(row)
    drawn: dict[str, list[Row]] = {}
    for row in figures:
        drawn.setdefault(row["claim"], []).append({key: row[key] for key in row if key not in {"table", "claim"}})
    by_score: dict[str, Counter[str]] = {}
    for row in comparisons:
        by_score.setdefault(row["score"], Counter())[row["outcome"]] += 1
    by_table = {name: Counter(row["verdict"] for row in rows) for name, rows in tables.items()}
    roads = {row["name"]: Counter("holds" if r["holds"] else "fails" for r in row["rechecks"]) for row in rechecks}
    found = []
    for claim in claims:
        evidence: list[dict[str, str]] = [_shown(row) for row in own.get(claim["id"], ())]
        for score in claim["scores"]:
            if score in roads:
                evidence.append(
                    {"grade": "exact", "what": f"re-checks of the {score} derivation", "value": _counts(roads[score])}
                )
            if score in by_score:
                what = f"{score}: implementations against the oracle"
                evidence.append({"grade": "certified enclosure", "what": what, "value": _counts(by_score[score])})
        for table in claim["tables"]:
            for name in sorted(n for n in by_table if n == table or n.startswith(f"{table}_")):
                grades = sorted({str(row["grade"]) for row in tables[name] if row.get("grade")})
                evidence.append({"grade": ", ".join(grades), "what": f"table {name}", "value": _counts(by_table[name])})
        found.append({**claim, "evidence": evidence, "figures": drawn.get(claim["id"], [])})
    return found


def _shown(row: Row) -> dict[str, str]:
    """A measurement of a claim's own in words: where it was made, what was found and what was expected."""
    where = ", ".join(str(row[name]) for name in ("implementation", "dtype") if row[name])
    value = f"{_number(row['measured'])}; expected {row['theory']}"
    if row["theory_value"] is not None:
        value += f" = {_number(row['theory_value'])}"
    if row["uncertainty"]:
        value += f" ± {_number(row['uncertainty'])}"
    reason = f": {row['reason']}" if row["reason"] else ""
    return {
        "grade": str(row["grade"]),
        "what": f"{row['what']} ({where})" if where else str(row["what"]),
        "value": f"{value} [{row['verdict']}{reason}]",
    }


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "nothing" if value is None else str(value)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
