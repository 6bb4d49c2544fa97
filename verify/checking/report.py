"""A check's result, as it is returned: its findings, and how they are told."""

from __future__ import annotations

import html
from textwrap import shorten
from typing import Any

from attnproof.verify.checking.checked import Checked, Example, Verdict
from attnproof.verify.checking.diagnosis import diagnosis, tries
from attnproof.verify.checking.plain import plain
from attnproof.verify.checking.text import LONGEST, text


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

    def __repr__(self) -> str:
        """Short: a notebook keeps it beside the table."""
        return f"<Report: {shorten(self.diagnosis, 2 * LONGEST, placeholder=' …')}>"

    def _repr_html_(self) -> str:
        """A table for notebooks, long reasons cut: ``summary`` has all of them."""
        rows = "".join(
            f"<tr><td>{html.escape(v.property)}</td><td>{html.escape(v.outcome)}</td>"
            f"<td>{html.escape(shorten(v.finding.reason or '', LONGEST, placeholder=' …'))}</td></tr>"
            for v in self.verdicts
        )
        head = html.escape(shorten(self.diagnosis, 2 * LONGEST, placeholder=" …"))
        return f"<table><caption>{head}</caption><tr><th>property</th><th>verdict</th><th>why</th></tr>{rows}</table>"


__all__ = ["Example", "Report", "Verdict"]
