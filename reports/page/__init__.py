"""The report as one self-contained HTML page: a pure function of a run's result files."""

from attnproof.reports.page.render import render

__all__ = ["render"]
