"""The first thing read: what is usually said, and what is true."""

from __future__ import annotations

from reports.page.load import Results
from reports.page.section import Section, fill

UNDECIDED = "not decided"


def section(results: Results) -> Section:
    """A table of the decided claims, and a list of those that are not."""
    decided = [claim for claim in results.claims if claim["verdict"] != UNDECIDED]
    undecided = [claim for claim in results.claims if claim["verdict"] == UNDECIDED]
    return Section("verdicts", "Verdicts", fill("verdicts.html.j2", decided=decided, undecided=undecided))
