"""The command ``attnproof verify``: its arguments, what they select, and the run."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.scores.own import is_own
from attnproof.reports.commands.folder import DEFAULT_OUT, OUT_HELP, folder, report_kept
from attnproof.reports.commands.status import (
    EXIT_FAILED,
    EXIT_MEANINGS,
    EXIT_NOTHING_JUDGED,
    EXIT_OK,
    FailedError,
    UsageError,
)
from attnproof.verify.options import DEVICES, DTYPES, PROFILES, SCORES, Options, own_scores
from attnproof.verify.run.execute import Done, ExecutorError, cores, default_executor

MOST_SEED: Final = 2**63 - 1  # every library and every reader of run.json takes it
MOST_WORKERS: Final = 8  # for each core; no more than one of them computes at a time, and each takes half a gigabyte


def arguments(_command: str, verify: argparse.ArgumentParser) -> None:
    """What the command takes."""
    verify.description = (
        "Derive every formula, check the code generated from it and the hand-written one, measure the tables, "
        "and write a report: one page, index.html, and the result files beside it."
    )
    verify.epilog = f"{EXIT_MEANINGS.capitalize()}. Without a CUDA device its rows are skipped, which is never a pass."
    verify.add_argument(
        "--profile",
        choices=PROFILES,
        default="standard",
        help="how much to check: seconds, a few minutes, or as long as it takes (default: standard)",
    )
    verify.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="SCORE|CLAIM",
        help=f"restrict the run; may be repeated. Scores: {', '.join(SCORES)}. Claims: {', '.join(CLAIMS)}",
    )
    verify.add_argument(
        "--score",
        action="append",
        default=[],
        metavar="FILE.py:NAME",
        help="verify a user score and nothing else: NAME in FILE.py (docs/SCORES.md); may be repeated",
    )
    verify.add_argument("--seed", type=_seed, default=0, metavar="N", help="seed of every random number (default: 0)")
    verify.add_argument("--out", type=folder, default=DEFAULT_OUT, metavar="FOLDER", help=OUT_HELP)
    verify.add_argument(
        "--force", action="store_true", help="move what else is in that folder aside, into a folder beside it"
    )
    verify.add_argument("--device", action="append", choices=DEVICES, help="restrict to a device; may be repeated")
    verify.add_argument("--dtype", action="append", choices=DTYPES, help="restrict to a format; may be repeated")
    verify.add_argument("--workers", type=_workers, metavar="N", help="worker processes (default: one for each core)")
    verify.add_argument(
        "--executor",
        metavar="MODULE:FACTORY",
        help="run the checks through another concurrent.futures.Executor, the one that MODULE.FACTORY() returns or, as "
        "a context manager, yields; attnproof.verify.run.executors:dask is dask's. Results are the same",
    )


def _seed(text: str) -> int:
    return _integer(text, 0, MOST_SEED)


def _workers(text: str) -> int:
    return _integer(text, 1, MOST_WORKERS * cores())


def _integer(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEED)) and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not an integer from {least} to {most}")
    return int(text)


def options(given: argparse.Namespace) -> Options:
    """The options of a run; raises UsageError for an unknown score or claim, and for a mistake in a user's file."""
    if given.score:
        return _own_options(given)
    scores = [name for name in given.only if name in SCORES]
    claims = [name for name in given.only if name in CLAIMS]
    for name in given.only:
        if name not in SCORES and name not in CLAIMS:
            known = [*SCORES, *CLAIMS]
            near = difflib.get_close_matches(name, known, 1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise UsageError(
                f"--only: unknown score or claim {name!r}{hint} Scores: {', '.join(SCORES)}. "
                f"Claims: {', '.join(CLAIMS)}."
            )
    for claim in claims:
        scores += CLAIMS[claim].scores
    chosen = tuple(name for name in SCORES if name in scores) or (SCORES if not given.only else ())
    if scores and not claims:
        claims = [name for name, claim in CLAIMS.items() if set(claim.scores) & set(chosen)]
    dtypes, devices = _where(given)
    return Options(
        profile=given.profile,
        seed=given.seed,
        scores=chosen,
        dtypes=dtypes,
        devices=devices,
        claims=tuple(claims) if given.only else None,
    )


def _own_options(given: argparse.Namespace) -> Options:
    """The options of a run for user scores alone."""
    if given.only:
        raise UsageError("--only selects built-in scores and claims, --score a user score: give one of them")
    try:
        scores = own_scores(given.score)
    except ValueError as error:
        raise UsageError(f"--score {error}") from error
    return Options(given.profile, given.seed, scores, *_where(given), claims=())


def _where(given: argparse.Namespace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Formats and devices."""
    return (
        tuple(name for name in DTYPES if not given.dtype or name in given.dtype),
        tuple(name for name in DEVICES if not given.device or name in given.device),
    )


def parts(options: Options) -> tuple[str, ...]:
    """The parts of the run that the options ask for: all, or those that bear on the claims named."""
    from attnproof.verify.run.plan import PARTS

    if any(is_own(name) for name in options.scores):
        return ("derive", "checks")
    if options.claims is None:
        return tuple(PARTS)
    tables = {table for name in options.claims for table in CLAIMS[name].tables}
    always = {"claims", "evidence"} | ({"derive", "checks"} if options.scores else set())
    return tuple(part for part in PARTS if part in always | tables)


def run(given: argparse.Namespace) -> int:
    """Run the checks asked for, write the report, print a summary."""
    chosen = options(given)
    out = _checked_out(given.out, force=given.force)
    with report_kept(out), _executor(given) as executor:
        from attnproof.reports.commands.ahead import typeset
        from attnproof.reports.commands.records import finish
        from attnproof.reports.commands.terminal import Display
        from attnproof.verify.run.plan import EmptySelectionError, plan
        from attnproof.verify.run.runner import run as run_units

        try:
            # A worker imports what is planned, anyhow; and another one, asked the same, meanwhile.
            planned = [executor.submit(plan, chosen, parts(chosen)) for _ in range(2)]
            units = planned[0].result()
            with Display(len(units)) as display:

                def advance(done: Done) -> None:
                    display.advance(done)
                    typeset(done.rows)

                summary = run_units(chosen, out, executor, progress=advance, units=units, finish=finish)
        except EmptySelectionError as error:
            raise UsageError(str(error)) from error
        except BrokenProcessPool as error:
            raise FailedError(f"a worker process died ({error})") from error
        except ExecutorError as error:
            raise FailedError(str(error)) from error
        display.summarise(summary)
    if not summary.ok:
        return EXIT_FAILED
    return EXIT_OK if summary.judged else EXIT_NOTHING_JUDGED


@contextmanager
def _executor(given: argparse.Namespace) -> Iterator[Executor]:
    """The executor asked for; raises UsageError where ``--executor`` names none."""
    if given.executor is None:
        with default_executor(given.workers) as executor:
            yield executor
        return
    if given.workers is not None:
        raise UsageError(
            "--workers is for the default executor; the factory of --executor decides how many workers it has"
        )

    from attnproof.verify.run.executors import ExecutorNameError, executor_named

    try:
        with executor_named(given.executor) as executor:
            yield executor
    except ExecutorNameError as error:
        raise UsageError(f"--executor {error}") from error


def _checked_out(folder: Path, *, force: bool) -> Path:
    """``folder``, links followed, if a report may be put there and can be; raises UsageError."""
    from attnproof.verify.run.place import place_for_report

    try:
        return place_for_report(folder, force=force)
    except (ValueError, OSError) as error:
        raise UsageError(f"--out {folder}: {error}") from error
