"""Drill-down: every claim with its statement, figures, proof, counterexample and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attnproof.reports.page.figures import drawing
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.section import Section, fill, slug
from attnproof.reports.page.sections.proofs import proof_parts
from attnproof.reports.page.sections.rows import anchors


def section(results: Results) -> Section:
    """One subsection for each claim, anchored ``claim-ID``."""
    known = {score["name"] for score in results.scores}
    own = _own_rows(results)
    places = anchors("evidence", results.tables.get("evidence", ()))
    claims = [
        claim
        | {
            "evidence": list(_evidence(claim, own.get(claim["id"], []), results, places)),
            "figures": [drawing.figure(figure) for figure in claim["figures"]],
            "score_links": [(name, name in known) for name in claim["scores"]],
        }
        for claim in (_complete(proof_parts(claim, results)) for claim in results.claims)
    ]
    links = tuple((slug("claim", claim["id"]), f"{claim['id']} {claim['title']}") for claim in claims)
    return Section("claims", "Claims", fill("claims.html.j2", claims=claims), links)


def _complete(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The claim with every field that the template reads."""
    empty = {"usual": "", "statement": "", "reason": None, "counterexample": None, "outside": None}
    lists: dict[str, Any] = {name: [] for name in ("evidence", "figures", "scores", "tables", "cells")}
    return empty | lists | dict(claim)


def _own_rows(results: Results) -> dict[str, list[Row]]:
    """The rows of the table ``evidence`` by claim, in their order: that of the claim's own pieces of evidence."""
    found: dict[str, list[Row]] = {}
    for row in results.tables.get("evidence", ()):
        found.setdefault(row.get("claim", ""), []).append(row)
    return found


def _evidence(
    claim: Mapping[str, Any], own: list[Row], results: Results, places: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The claim's evidence with the anchor of each piece; a row of its own (its anchor: ``places``) has its verdict as
    a word beside it.
    """
    waiting = list(own)
    for item in claim["evidence"]:
        what, value = str(item.get("what", "")), str(item.get("value", ""))
        found = {"what": what, "value": value, "grade": item.get("grade", ""), "verdict": None, "why": ""}
        row = waiting[0] if waiting and what.startswith(waiting[0].get("what") or "\0") else None
        if row is None:
            yield found | {"link": _link(what, results)}
            continue
        waiting.pop(0)
        why = f": {row['reason']}" if row["reason"] else ""
        found["value"] = value.removesuffix(f" [{row['verdict']}{why}]")
        yield found | {
            "link": places.get(row["id"], slug("rows", "evidence")),
            "verdict": row["verdict"],
            "why": row["reason"],
        }


def _link(what: str, results: Results) -> str | None:
    """The anchor that a piece of evidence speaks about: a table's rows, or a score's numbers."""
    table = re.search(r"\btable (\w+)", what)
    if table and table[1] in results.tables:
        return slug("rows", table[1]) if results.tables[table[1]] else None
    score = next((s["name"] for s in results.scores if re.search(rf"\b{re.escape(s['name'])}\b", what)), None)
    if score is None:
        return None
    return slug("score", score, "rechecks") if "re-check" in what else slug("score", score, "numbers")
