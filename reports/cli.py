"""The command line: ``attnproof verify``, ``report`` and ``claim``. The one file that puts the rooms together.

Exit status: 0 nothing failed, 1 something failed or broke, 2 bad input, 3 nothing could be judged (no CUDA device, say),
130 interrupted, 143 terminated. Bad input is found before anything is computed and costs one line.
"""

from __future__ import annotations

import argparse
import difflib
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.scores.own import is_own
from attnproof.reports import cli_show
from attnproof.reports.cli_check import add_commands, run_check, run_replay
from attnproof.verify.options import DEVICES, DTYPES, PROFILES, SCORES, Options, own_scores
from attnproof.verify.run.execute import ExecutorError, default_executor

DEFAULT_OUT: Final = Path(__file__).resolve().parent / "out"
EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOTHING_JUDGED, EXIT_INTERRUPTED, EXIT_TERMINATED = 0, 1, 2, 3, 130, 143
UNTOUCHED: Final = "the previous report is untouched"
_OUT_HELP: Final = "folder of the report (default: reports/out beside the sources)"
EXIT_MEANINGS: Final = (
    "exit status: 0 nothing failed, 1 something failed, 2 bad input, 3 nothing could be judged, 130 interrupted"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        if given.command == "verify":
            return _verify(given)
        if given.command == "claim":
            return _claim(given)
        if given.command in ("check", "replay", *cli_show.COMMANDS):
            return _check(given)
        return _report(given)
    except UsageError as error:
        _say(f"error: {error}")
        return EXIT_USAGE
    except BrokenProcessPool as error:
        _say(f"a worker process died ({error}); {UNTOUCHED}")
        return EXIT_FAILED
    except ExecutorError as error:
        _say(f"{error}; {UNTOUCHED}")
        return EXIT_FAILED
    except OSError as error:
        _say(f"error: {error}; {UNTOUCHED}")
        return EXIT_FAILED
    except TerminatedError:
        _say(f"terminated; {UNTOUCHED}")
        return EXIT_TERMINATED
    except KeyboardInterrupt:
        _say(f"interrupted; {UNTOUCHED}")
        return EXIT_INTERRUPTED


def _say(message: str) -> None:
    """One line on standard error, whatever the message quotes."""
    print("attnproof:", " ".join(message.split()), file=sys.stderr)  # noqa: T201 - the command line's own output


class UsageError(ValueError):
    """Bad input on the command line: one message that names it and what was expected."""


class TerminatedError(BaseException):
    """The process was asked to end (SIGTERM)."""


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is a --help away."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: error: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="attnproof",
        description="What is really true about attention scores, derived symbolically and checked numerically.",
        epilog=f"Start with: attnproof verify --profile quick. {EXIT_MEANINGS.capitalize()}.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="verify | report | claim | check | replay | list | show | export"
    )
    add_commands(commands)
    cli_show.add_commands(commands)

    verify = commands.add_parser(
        "verify",
        help="derive, generate, check and report",
        description="Derive every formula, check the code generated from it and the hand-written one, measure the tables, "
        "and write a report: one page, index.html, and the result files beside it.",
        epilog=f"{EXIT_MEANINGS.capitalize()}. Without a CUDA device its rows are skipped, which is never a pass.",
    )
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
        help="verify a score of your own and nothing else: the one called NAME in FILE.py (docs/SCORES.md); may be repeated",
    )
    verify.add_argument("--seed", type=_seed, default=0, metavar="N", help="seed of every random number (default: 0)")
    verify.add_argument("--out", type=_folder, default=DEFAULT_OUT, metavar="FOLDER", help=_OUT_HELP)
    verify.add_argument("--device", action="append", choices=DEVICES, help="restrict to a device; may be repeated")
    verify.add_argument("--dtype", action="append", choices=DTYPES, help="restrict to a format; may be repeated")
    verify.add_argument("--workers", type=_workers, metavar="N", help="worker processes (default: one for each core)")
    verify.add_argument(
        "--executor",
        metavar="MODULE:FACTORY",
        help="run the checks through another concurrent.futures.Executor, the one that MODULE.FACTORY() returns or, as a context "
        "manager, yields; attnproof.verify.run.executors:dask is dask's. Results are the same",
    )

    report = commands.add_parser("report", help="render index.html again from the result files of a run")
    report.add_argument("--out", type=_folder, default=DEFAULT_OUT, metavar="FOLDER", help=_OUT_HELP)

    claim = commands.add_parser(
        "claim",
        help="decide one claim now and print it with its proof",
        description="Decide one claim by checking each proof step, and print it as its section of the report has it.",
    )
    claim.add_argument("id", metavar="CLAIM", help=f"one of {', '.join(CLAIMS)}")
    claim.add_argument("--json", action="store_true", help="the object of claims.json, without a run's evidence")
    return parser


def _seed(text: str) -> int:
    return _integer(text, least=0)


def _workers(text: str) -> int:
    return _integer(text, least=1)


def _integer(text: str, *, least: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise argparse.ArgumentTypeError(f"{text!r} is not an integer from {least} on")
    return int(text)


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _options(given: argparse.Namespace) -> Options:
    """The options of a run; raises UsageError for an unknown score or claim, and for a mistake in a file of one's own."""
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
                f"--only: unknown score or claim {name!r}{hint} Scores: {', '.join(SCORES)}. Claims: {', '.join(CLAIMS)}."
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
    """The options of a run for scores of one's own alone."""
    if given.only:
        raise UsageError("--only selects built-in scores and claims, --score a score of your own: give one of them")
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


def _parts(options: Options) -> tuple[str, ...]:
    """The parts of the run that the options ask for: all, or those that bear on the claims named."""
    from attnproof.verify.run.runner import PARTS

    if any(is_own(name) for name in options.scores):
        return ("derive", "checks")
    if options.claims is None:
        return tuple(PARTS)
    tables = {table for name in options.claims for table in CLAIMS[name].tables}
    always = {"claims", "evidence"} | ({"derive", "checks"} if options.scores else set())
    return tuple(part for part in PARTS if part in always | tables)


def _verify(given: argparse.Namespace) -> int:
    options = _options(given)
    out = _checked_out(given.out)
    signal.signal(signal.SIGTERM, _terminate)

    with _executor(given) as executor:
        from attnproof.reports.records import finish
        from attnproof.reports.terminal import Display
        from attnproof.verify.run.runner import EmptySelectionError, plan, run

        try:
            units = plan(options, _parts(options))
        except EmptySelectionError as error:
            raise UsageError(str(error)) from error
        with Display(len(units)) as display:
            summary = run(options, out, executor, progress=display.advance, units=units, finish=finish)
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


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TerminatedError


def _checked_out(folder: Path) -> Path:
    """``folder`` if a report may be put there and can be; raises UsageError."""
    from attnproof.verify.run.place import place_for_report

    try:
        place_for_report(folder)
    except (ValueError, OSError) as error:
        raise UsageError(f"--out {folder}: {error}") from error
    return folder


def _report(given: argparse.Namespace) -> int:
    from attnproof.reports.page.render import render
    from attnproof.reports.terminal import console

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


def _check(given: argparse.Namespace) -> int:
    run = {"check": run_check, "replay": run_replay}.get(given.command, cli_show.run)
    try:
        return run(given)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _claim(given: argparse.Namespace) -> int:
    """Print a claim decided now; a proof that does not hold (a step, a lemma, an altered statement) is a failure."""
    name = given.id.strip().upper()
    if name not in CLAIMS:
        near = difflib.get_close_matches(name, CLAIMS, 1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise UsageError(f"unknown claim {given.id!r}{hint} Claims: {', '.join(CLAIMS)}.")

    from attnproof.reports.claim_text import claim_text
    from attnproof.reports.terminal import console
    from attnproof.verify.evidence import EVIDENCE
    from attnproof.verify.proofs.ledger import decided
    from attnproof.verify.run.files import plain

    row, below = decided(name)
    claim = {key: value for key, value in row.items() if key != "table"}
    if given.json:
        text = json.dumps(plain(claim), indent=1, ensure_ascii=False)
    else:
        text = claim_text(claim, [row for row in below if row["name"] in claim["lemmas"]], measured=name in EVIDENCE)
    console().print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return EXIT_FAILED if claim["steps"] and claim["verdict"] == "not decided" else EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
