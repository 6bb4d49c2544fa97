"""What a run shows in the terminal: live progress, and a summary with counts of every outcome."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from verify.execute import Done
from verify.outcome import FAILURES, OUTCOMES
from verify.runner import Summary

_SHOWN_FAILURES = 10


def console() -> Console:
    """The console on standard output."""
    return Console(highlight=False)


class Display:
    """A progress bar over the units of a run, on standard error-free standard output; use as a context manager."""

    def __init__(self, total: int) -> None:
        self._console = console()
        self._progress = Progress(
            TextColumn("{task.description:<44.44}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._task = self._progress.add_task("starting workers", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self, done: Done) -> None:
        """Show that a unit has finished."""
        if done.error is not None:
            self._progress.console.print(f"[red]error[/] {done.unit.id}: {done.error.strip().splitlines()[-1]}")
        self._progress.update(self._task, advance=1, description=done.unit.id)

    def summarise(self, summary: Summary) -> None:
        """Print the counts, the first failures, and where the report is."""
        table = Table("outcome", "number", title="Comparisons, table rows, re-checks and proofs", title_justify="left")
        for outcome in OUTCOMES:
            if summary.counts.get(outcome):
                style = "red" if outcome in FAILURES else None
                table.add_row(outcome, str(summary.counts[outcome]), style=style)
        self._console.print(table)
        verdicts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(summary.claims.items()))
        self._console.print(f"Claims: {verdicts or 'none selected'}")
        for case, reason in summary.failures[:_SHOWN_FAILURES]:
            self._console.print(f"[red]failed[/] {case}: {reason}", soft_wrap=True)
        if len(summary.failures) > _SHOWN_FAILURES:
            self._console.print(f"... and {len(summary.failures) - _SHOWN_FAILURES} more in results.jsonl and tables/")
        self._console.print(f"Time: {summary.seconds:.0f} s")
        self._console.print(f"Report: {summary.folder / 'index.html'}", soft_wrap=True)
