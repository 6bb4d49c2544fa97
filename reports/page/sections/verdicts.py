"""What is usually said, and what is true: one screen."""

from __future__ import annotations

from attnproof.reports.page.load import Results
from attnproof.reports.page.section import Section, fill

UNDECIDED = "not decided"


def section(results: Results) -> Section:
    """A table of the claims that are not true as usually said, and lists of those that are and of those undecided."""
    # Result files of older versions have no headline.
    decided = [{"headline": ""} | dict(claim) for claim in results.claims if claim["verdict"] != UNDECIDED]
    as_said = [claim for claim in decided if claim["verdict"].startswith("proved")]
    html = fill(
        "verdicts.html.j2",
        decided=decided,
        as_said=as_said,
        otherwise=[claim for claim in decided if claim not in as_said],
        undecided=[claim for claim in results.claims if claim["verdict"] == UNDECIDED],
    )
    return Section("verdicts", "Usually said, actually true", html)
