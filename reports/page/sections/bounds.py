"""Error bounds: the formulas behind every verdict on a number, what all scores share first, then each score's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.section import Section, fill

# Gradients of the same form as one that is shown, with other letters: left out to keep the page small.
SAME_FORM: Final = ("error_grad_key", "error_grad_value", "error_grad_weight_key", "error_grad_v")
ALSO: Final = {"bilinear": ("error_grad_query",), "concat": ("error_grad_query",)}
# The closed forms of these are parameters alone, as in the equations.
HELPERS: Final = ("lost", "growth_weights")


def section(results: Results) -> Section:
    """Absent where no score of the run has bounds: the profile quick derives none."""
    scores = [score for score in results.scores if (score.get("bounds") or {}).get("equations")]
    shared, shared_closed = _shared(scores, "equations"), _shared(scores, "closed")
    seen: dict[str, str] = {row["latex"]: "" for row in (*shared, *shared_closed)}
    html = fill(
        "bounds.html.j2",
        parameters=_each(scores, "parameters"),
        abbreviations=_each(scores, "abbreviations"),
        assumptions=list(dict.fromkeys(text for score in scores for text in score["bounds"].get("assumptions", ()))),
        lemmas=sorted({name for score in scores for name in score["bounds"]["lemmas"]}),
        shared=shared,
        shared_closed=shared_closed,
        scores=[_score(score, seen) for score in scores],
        without=[(score["name"], score["bounds"]["reason"]) for score in results.scores if _reason(score)],
    )
    return Section("bounds", "Error bounds", html)


def _reason(score: Row) -> str | None:
    found: str | None = (score.get("bounds") or {}).get("reason")
    return found


def _each(scores: Sequence[Row], part: str) -> list[Row]:
    """The rows of all scores, each once."""
    return list({row["latex"]: row for score in scores for row in score["bounds"][part]}.values())


def _shown(score: Row, part: str) -> list[Row]:
    hidden = HELPERS if part == "closed" else (*SAME_FORM, *ALSO.get(score["name"], ()))
    rows: list[Row] = []
    for row in score["bounds"][part]:
        if row["target"] not in hidden and not any(row["target"] == other["target"] for other in rows):
            rows.append(row)  # of a tensor in blocks the first one: the others differ in an offset
    return rows


def _shared(scores: Sequence[Row], part: str) -> list[Row]:
    """What every score has: the layer behind the scores."""
    if len(scores) < 2:
        return []
    common = set.intersection(*({row["latex"] for row in score["bounds"][part]} for score in scores))
    return [row for row in _shown(scores[0], part) if row["latex"] in common]


def _score(score: Row, seen: dict[str, str]) -> dict[str, Any]:
    """A score's own formulas; one that stands at an earlier score is named, not repeated."""
    own: dict[str, Any] = {"name": score["name"], "title": score.get("title") or score["name"], "as": []}
    for part in ("equations", "closed"):
        own[part] = []
        for row in _shown(score, part):
            earlier = seen.setdefault(row["latex"], score["name"])
            if earlier == score["name"]:
                own[part].append(row)
            elif earlier and earlier not in own["as"]:
                own["as"].append(earlier)
    return own
