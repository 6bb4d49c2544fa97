"""The ledger: every claim with its verdict, computed by checking each of its proof steps.

``claims.json`` is ``{"schema": "attnproof.claims/1", "claims": [...]}``; a claim is

    id, title, usual, statement, verdict, reason, assumptions, steps: [{rule, before, after, holds}],
    evidence: [{grade, what, value}], scores, tables, cells, counterexample, references

``cells`` are the cases of a claim that is decided case by case, each with its weights or multipliers; none unless all steps check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from derivations.claim import decide
from derivations.claims import CLAIMS
from verify.options import Options
from verify.unit import Row, Unit

SCHEMA: Final = "attnproof.claims/1"

# Rough seconds of the proofs that take longest, so that they start first; nothing but the order depends on them.
COSTS: Final[Mapping[str, float]] = MappingProxyType({"S6": 6.0, "T3": 4.0, "T10": 3.0, "T5": 2.0})


def plan(options: Options) -> list[Unit]:
    """One unit for each claim asked for."""
    wanted = CLAIMS if options.claims is None else options.claims
    return [
        Unit(f"claim/{name}", "claims", "verify.ledger:run", {"claim": name}, cost=COSTS.get(name, 0.4))
        for name in wanted
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Decide one claim."""
    del options
    claim = CLAIMS[arguments["claim"]]
    decision = decide(claim)
    return [
        {
            "table": "claims",
            "id": claim.id,
            "title": claim.title,
            "usual": claim.usual,
            "statement": claim.statement,
            "verdict": decision.verdict,
            "reason": decision.reason,
            "assumptions": list(claim.assumptions),
            "steps": [
                {"rule": step.rule, "before": step.before, "after": step.after, "holds": number not in decision.failed}
                for number, step in enumerate(claim.steps)
            ],
            "evidence": [],
            "scores": list(claim.scores),
            "tables": list(claim.tables),
            "cells": [] if decision.verdict == "not decided" else [dict(cell) for cell in claim.cells],
            "counterexample": claim.counterexample,
            "references": list(claim.references),
        }
    ]


def with_evidence(
    claims: Iterable[Row], comparisons: Iterable[Row], tables: Mapping[str, list[Row]], rechecks: Iterable[Row]
) -> list[Row]:
    """The claims with the numeric evidence that this run found for each: counts of outcomes by score and by table."""
    by_score: dict[str, Counter[str]] = {}
    for row in comparisons:
        by_score.setdefault(row["score"], Counter())[row["outcome"]] += 1
    by_table = {name: Counter(row["verdict"] for row in rows) for name, rows in tables.items()}
    roads = {row["name"]: Counter("holds" if r["holds"] else "fails" for r in row["rechecks"]) for row in rechecks}
    found = []
    for claim in claims:
        evidence: list[dict[str, str]] = []
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
        found.append({**claim, "evidence": evidence})
    return found


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
