"""Drill-down: every claim with its statement, proof, counterexample and evidence."""

from __future__ import annotations

import re
from typing import Any

from reports.page.load import Results
from reports.page.section import Section, fill, slug


def section(results: Results) -> Section:
    """One subsection for each claim, anchored ``claim-ID``."""
    known = {score["name"] for score in results.scores}
    claims = [
        claim
        | {
            "evidence": [
                item | {"link": _link(str(item.get("what", "")), results)} for item in claim.get("evidence", ())
            ],
            "score_links": [(name, name in known) for name in claim.get("scores", ())],
            "failed": [step for step in claim.get("steps", ()) if not step.get("holds")],
        }
        for claim in map(_complete, results.claims)
    ]
    links = tuple((slug("claim", claim["id"]), f"{claim['id']} {claim['title']}") for claim in claims)
    return Section("claims", "Claims", fill("claims.html.j2", claims=claims), links)


def _complete(claim: Any) -> dict[str, Any]:
    """The claim with every field that the template reads."""
    empty = {"usual": "", "statement": "", "reason": None, "counterexample": None}
    lists: dict[str, Any] = {
        name: [] for name in ("assumptions", "steps", "evidence", "scores", "tables", "cells", "references")
    }
    return empty | lists | dict(claim)


def _link(what: str, results: Results) -> str | None:
    """The anchor that a piece of evidence speaks about: a table's rows, or a score's numbers."""
    table = re.search(r"\btable (\w+)", what)
    if table and table[1] in results.tables:
        return slug("rows", table[1]) if results.tables[table[1]] else None
    score = next((s["name"] for s in results.scores if re.search(rf"\b{re.escape(s['name'])}\b", what)), None)
    if score is None:
        return None
    return slug("score", score, "rechecks") if "re-check" in what else slug("score", score, "numbers")
