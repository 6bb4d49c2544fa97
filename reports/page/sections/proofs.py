"""What claims and lemmas share: proof steps, the lemmas that they rest on, and altered statements."""

from __future__ import annotations

from typing import Any, Final

from attnproof.reports.page.load import Results, Row

# Fields that result files of older versions lack, or that do not apply.
_LISTS: Final = ("assumptions", "kinds", "steps", "altered", "lemmas", "references")


def proof_parts(subject: Row, results: Results) -> dict[str, Any]:
    """``subject`` (a claim or lemma) with every field of a proof that the templates read.

    ``failed`` counts the steps that do not check, ``cited`` those that cite a fact of analysis, ``refuting`` are the
    numbers (from 1) of those that refute the usual statement, ``rests_on`` the lemmas as :func:`names` has them.
    """
    found = {name: [] for name in _LISTS} | dict(subject)
    steps = [
        {"before": "", "after": "", "holds": False, "refutes": False, "lemmas": [], "by": ""} | dict(step)
        for step in found["steps"]
    ]
    return found | {
        "steps": [step | {"rests_on": names(step["lemmas"], results)} for step in steps],
        "failed": sum(not step["holds"] for step in steps),
        "cited": sum(step["by"] == "Cited" for step in steps),
        "refuting": [number for number, step in enumerate(steps, start=1) if step["refutes"]],
        "rests_on": names(found["lemmas"], results),
    }


def names(lemmas: Any, results: Results) -> list[dict[str, Any]]:
    """Lemmas by name as ``{name, title, known}``; one that this run does not have is only called by its name."""
    titles = {lemma["name"]: lemma["title"] for lemma in results.lemmas}
    return [
        {"name": name, "title": titles.get(name, str(name).replace("_", " ")), "known": name in titles}
        for name in lemmas
    ]
