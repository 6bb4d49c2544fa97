"""A check's result, as it is returned: its findings, and how they are told."""

from __future__ import annotations

import html
from typing import Any

from attnproof.verify.checking.checked import Checked, Example, Verdict
from attnproof.verify.checking.diagnosis import diagnosis, tries
from attnproof.verify.checking.plain import plain
from attnproof.verify.checking.text import text


class Report(Checked):
    """What ``attnproof.verify.check`` returns."""

    @property
    def diagnosis(self) -> str:
        """One line: what is wrong, that no fault was found, or that nothing was judged; and how much was judged."""
        return diagnosis(self)

    @property
    def tries(self) -> tuple[str, ...]:
        """What to try next."""
        return tries(self)

    def summary(self, *, verbose: bool = False) -> str:
        """As text: the diagnosis, the first failure, the rest folded; ``verbose``: all of every property."""
        return text(self, verbose=verbose)

    def plain(self) -> dict[str, Any]:
        """As ``attnproof check --json`` prints it: the schema is ``verify/schemas/check.schema.json``."""
        return plain(self)

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        rows = "".join(
            f"<tr><td>{html.escape(v.property)}</td><td>{html.escape(v.outcome)}</td>"
            f"<td>{html.escape(v.finding.reason or '')}</td></tr>"
            for v in self.verdicts
        )
        head = html.escape(self.diagnosis)
        return f"<table><caption>{head}</caption><tr><th>property</th><th>verdict</th><th>why</th></tr>{rows}</table>"


__all__ = ["Example", "Report", "Verdict"]
