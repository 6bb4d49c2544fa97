"""The command line: ``attnproof verify``, ``attnproof report``. The one file that puts the rooms together."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from derivations.claims import CLAIMS
from verify.options import DEVICES, DTYPES, PROFILES, SCORES, Options

DEFAULT_OUT: Final = Path(__file__).resolve().parent / "out"
EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 nothing failed, 1 something failed, 2 bad input, 130 interrupted."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        if given.command == "verify":
            return _verify(given)
        return _report(given)
    except UsageError as error:
        print(f"attnproof: error: {error}", file=sys.stderr)  # noqa: T201 - the command line's own output
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("attnproof: interrupted; the previous report is untouched", file=sys.stderr)  # noqa: T201 - as above
        return EXIT_INTERRUPTED


class UsageError(ValueError):
    """Bad input on the command line: one message that names it and what was expected."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="attnproof",
        description="What is really true about attention scores, derived symbolically and checked numerically.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    verify = commands.add_parser("verify", help="derive, generate, check and report")
    verify.add_argument("--profile", choices=PROFILES, default="standard", help="how much to check (default: standard)")
    verify.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="SCORE|CLAIM",
        help=f"restrict the run; may be repeated. Scores: {', '.join(SCORES)}. Claims: {', '.join(CLAIMS)}",
    )
    verify.add_argument("--seed", type=_seed, default=0, help="seed of every random number (default: 0)")
    verify.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the report (default: reports/out)")
    verify.add_argument("--device", action="append", choices=DEVICES, help="restrict to a device; may be repeated")
    verify.add_argument("--dtype", action="append", choices=DTYPES, help="restrict to a format; may be repeated")
    verify.add_argument("--workers", type=_workers, default=None, help="worker processes (default: one for each core)")

    report = commands.add_parser("report", help="render index.html again from the result files of a run")
    report.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the report (default: reports/out)")
    return parser


def _seed(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative; a seed is an integer from 0 on")
    return value


def _workers(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is too few; at least one worker is needed")
    return value


def _options(given: argparse.Namespace) -> Options:
    """The options of a run; raises UsageError for an unknown score or claim."""
    scores = [name for name in given.only if name in SCORES]
    claims = [name for name in given.only if name in CLAIMS]
    for name in given.only:
        if name not in SCORES and name not in CLAIMS:
            known = [*SCORES, *CLAIMS]
            near = difflib.get_close_matches(name, known, 1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(
                f"unknown score or claim {name!r}{hint} Scores: {', '.join(SCORES)}. Claims: {', '.join(CLAIMS)}."
            )
    for claim in claims:
        scores += CLAIMS[claim].scores
    chosen = tuple(name for name in SCORES if name in scores) or (SCORES if not given.only else ())
    if scores and not claims:
        claims = [name for name, claim in CLAIMS.items() if set(claim.scores) & set(chosen)]
    return Options(
        profile=given.profile,
        seed=given.seed,
        scores=chosen,
        dtypes=tuple(name for name in DTYPES if not given.dtype or name in given.dtype),
        devices=tuple(name for name in DEVICES if not given.device or name in given.device),
        claims=tuple(claims) if given.only else None,
    )


def _parts(options: Options) -> tuple[str, ...]:
    """The parts of the run that the options ask for: all, or those that bear on the claims named."""
    from verify.runner import PARTS

    if options.claims is None:
        return tuple(PARTS)
    tables = {table for name in options.claims for table in CLAIMS[name].tables}
    always = {"claims"} | ({"derive", "checks"} if options.scores else set())
    return tuple(part for part in PARTS if part in always | tables)


def _checked_out(folder: Path) -> Path:
    """``folder`` if a report may be put there: it is new, empty, or holds an earlier report."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--out {folder}: is a file; expected a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "run.json").is_file():
        raise UsageError(
            f"--out {folder}: holds other files than a report; expected a new, empty or earlier report folder"
        )
    return folder


def _verify(given: argparse.Namespace) -> int:
    options = _options(given)
    out = _checked_out(given.out)

    from reports.page.render import render
    from reports.terminal import Display
    from verify.execute import default_executor
    from verify.runner import EmptySelectionError, plan, run

    try:
        units = plan(options, _parts(options))
    except EmptySelectionError as error:
        raise UsageError(str(error)) from error
    try:
        with Display(len(units)) as display, default_executor(given.workers) as executor:
            summary = run(options, out, executor, progress=display.advance, units=units, finish=render)
    except BrokenProcessPool as error:
        print(f"attnproof: a worker process died ({error}); the previous report is untouched", file=sys.stderr)  # noqa: T201 - as above
        return EXIT_FAILED
    display.summarise(summary)
    return EXIT_OK if summary.ok else EXIT_FAILED


def _report(given: argparse.Namespace) -> int:
    from reports.page.render import render
    from reports.terminal import console

    if not (given.out / "run.json").is_file():
        raise UsageError(
            f"--out {given.out}: no run.json there; expected the folder of a run (attnproof verify makes one)"
        )
    try:
        page = render(given.out)
    except ValueError as error:
        raise UsageError(str(error)) from error
    console().print(f"Report: {page}", soft_wrap=True, highlight=False)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
