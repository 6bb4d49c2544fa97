"""How to read the page: outcomes, how a verdict comes about, statistics, citing, files."""

from __future__ import annotations

from attnproof.reports import words
from attnproof.reports.page.load import Results
from attnproof.reports.page.section import Section, fill
from attnproof.reports.page.sections.verdicts import UNDECIDED


def section(results: Results) -> Section:
    """Notes on the method."""
    alarm = results.run.get("false_alarm") or {}
    html = fill(
        "method.html.j2",
        outcomes=words.OUTCOMES.values(),
        alarm=alarm.get("total"),
        shares=sorted((alarm.get("shares") or {}).items()),
        parts=[(name, part) for name, part in results.run["parts"].items()],
        tables=[name for name, rows in results.tables.items() if rows],
        model=bool(results.model),
        version=results.run["versions"].get("attnproof"),
        commit=results.run["commit"],
        example=next((claim for claim in results.claims if claim["verdict"] != UNDECIDED), None),
    )
    links = (
        ("outcomes", "Outcomes"),
        ("citing", "Citing"),
        ("files", "Files"),
    )
    return Section("method", "How to read this", html, links)
