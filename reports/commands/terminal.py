"""What a run shows in the terminal: live progress, and a summary with counts of every outcome."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from attnproof.verify.outcome import FAILURES, OUTCOMES

if TYPE_CHECKING:  # a claim is printed without what a run imports
    from attnproof.verify.run.execute import Done
    from attnproof.verify.run.runner import Summary

_SHOWN_FAILURES: Final = 10
_LONGEST_SILENCE: Final = 10.0  # seconds; a log that says nothing looks like a run that hangs
_STEPS: Final = 10  # lines of progress in a log, when they come fast


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which knows the exit status."""
        raise BrokenPipeError


def console() -> Console:
    """The console on standard output."""
    return _Console(highlight=False)


class Display:
    """Progress over the units of a run: a bar in a terminal, plain lines in a log; use as a context manager."""

    def __init__(self, total: int) -> None:
        self._console = console()
        self._log = None if self._console.is_terminal else _Log(self._console, total)
        self._progress = Progress(
            TextColumn("{task.description:<44.44}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._task = self._progress.add_task("starting workers", total=total)

    def __enter__(self) -> Self:
        if self._log is None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._log is None:
            self._progress.stop()

    def advance(self, done: Done) -> None:
        """Show that a unit has finished."""
        if done.error is not None:
            reason = done.error.strip().splitlines()[-1]
            self._console.print(f"[red]error[/] {escape(done.unit.id)}: {escape(reason)}", soft_wrap=True)
        if self._log is None:
            self._progress.update(self._task, advance=1, description=escape(done.unit.id))
        else:
            self._log.advance()

    def summarise(self, summary: Summary) -> None:
        """Print the counts, the first failures, and where the report is."""
        from attnproof.verify.statistics import FALSE_ALARM

        table = Table("outcome", "number", title="Comparisons, table rows, re-checks and proofs", title_justify="left")
        for outcome in OUTCOMES:
            if summary.counts.get(outcome):
                style = "red" if outcome in FAILURES else None
                table.add_row(outcome, str(summary.counts[outcome]), style=style)
        self._console.print(table)
        verdicts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(summary.claims.items()))
        self._console.print(f"Claims: {verdicts or 'none selected'}")
        for case, reason in summary.failures[:_SHOWN_FAILURES]:
            self._console.print(f"[red]failed[/] {escape(case)}: {escape(reason)}", soft_wrap=True)
        if len(summary.failures) > _SHOWN_FAILURES:
            self._console.print(f"... and {len(summary.failures) - _SHOWN_FAILURES} more in results.jsonl and tables/")
        self._console.print(
            f"False alarms: probability at most {FALSE_ALARM:.0e} in all sampled statements of a run together"
        )
        self._console.print(f"Time: {summary.seconds:.0f} s")
        if not summary.judged:
            self._console.print(
                "[red]No implementation was judged[/]: every comparison was skipped, unsupported or without power. "
                "This is not a success; the reasons are in the report.",
                soft_wrap=True,
            )
        if summary.aside is not None:
            self._console.print(
                f"Moved aside, since no run of this version wrote it: {escape(str(summary.aside))}", soft_wrap=True
            )
        self._console.print(f"Report: {escape(str(summary.folder / 'index.html'))}", soft_wrap=True)


class _Log:
    """Plain lines of progress: at each tenth of the units, and when nothing was said for a while."""

    def __init__(self, console: Console, total: int) -> None:
        self._console, self._total, self._done = console, total, 0
        self._started = self._said = time.monotonic()

    def advance(self) -> None:
        """Count a unit; say so when it is time."""
        self._done += 1
        now = time.monotonic()
        stepped = self._done * _STEPS // self._total > (self._done - 1) * _STEPS // self._total
        if stepped or now - self._said >= _LONGEST_SILENCE:
            self._said = now
            share = 100 * self._done // self._total
            self._console.print(f"{share:3} % ({self._done} of {self._total} units), {now - self._started:.0f} s")
