"""Drill-down: every score with its equations, re-checks, generated code, measured numbers and worst input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attnproof.reports import words
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import number
from attnproof.reports.page.section import Section, fill, slug
from attnproof.reports.page.sections import matrix
from attnproof.reports.page.worst import worst


def section(results: Results) -> Section:
    """One subsection for each score, anchored ``score-NAME``."""
    scores = [_score(score, results) for score in results.scores]
    links = tuple((slug("score", score["name"]), score["title"]) for score in scores)
    return Section("scores", "Scores: derivation, code, numbers", fill("scores.html.j2", scores=scores), links)


def _score(score: Row, results: Results) -> dict[str, Any]:
    rows = [row for row in results.comparisons if row["score"] == score["name"]]
    shown = matrix.columns(rows)
    base, *others = sorted(score["variants"], key=lambda variant: len(variant["options"])) or [
        {"forward": [], "adjoint": []}
    ]
    return {
        "name": score["name"],
        "spec": score["own"]["file"] if score.get("own") else score["name"],
        "title": _capital(score.get("title") or score["name"]),
        "source": score.get("source"),
        "domain": score.get("domain"),
        "base": base,
        "variants": [_changed(variant, base) for variant in others],
        "rechecks": score.get("rechecks", ()),
        "holding": sum(bool(check["holds"]) for check in score.get("rechecks", ())),
        "undecided": [check for check in score.get("rechecks", ()) if check["holds"] is None],
        "planted": score.get("planted", ()),
        "rejected": sum(bool(check["rejected"]) for check in score.get("planted", ())),
        "code": score.get("code", ()),
        "own": score.get("own"),
        "columns": shown,
        "overview": matrix.matrix(rows, (lambda row: row["implementation"],), shown),
        "matrix": matrix.matrix(rows, (lambda row: row["quantity"], lambda row: row["implementation"]), shown),
        "worst": _worst(rows),
        "claims": [
            (claim["id"], claim["title"]) for claim in results.claims if score["name"] in claim.get("scores", ())
        ],
        "total": len(rows),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _changed(variant: Row, base: Row) -> dict[str, Any]:
    """A variant with those equations only that the base variant does not have."""
    return {
        "options": variant["options"],
        **{
            side: [item for item in variant[side] if item["latex"] not in {other["latex"] for other in base[side]}]
            for side in ("forward", "adjoint")
        },
    }


def _worst(rows: Sequence[Row]) -> list[tuple[Row, Any]]:
    """For each device and format the comparison with the largest error in units of its bound."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        ratio = number(row.get("ratio"))
        if ratio is None or not row.get("worst"):
            continue
        key = (row["device"], row["dtype"])
        if key not in found or matrix.badness(ratio) > matrix.badness(float(found[key]["ratio"])):
            found[key] = row
    devices, formats = (words.in_order((key[part] for key in found), order) for part, order in enumerate(_ORDERS))
    return [(found[d, f], worst(found[d, f])) for d in devices for f in formats if (d, f) in found]


_ORDERS = (words.DEVICES, words.FORMATS)
