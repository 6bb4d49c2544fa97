"""The commands ``attnproof check TARGET`` and ``attnproof replay FILE TARGET``: their arguments, and what they
print.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Final

from attnproof.reports.commands import against
from attnproof.reports.commands.declaring import called, calling, limiting, naming, storing, words
from attnproof.reports.commands.status import EXIT_FAILED, EXIT_NOTHING_JUDGED, EXIT_OK, FailedError, usage
from attnproof.verify.options import DEVICES, DTYPES, PROFILES, SCORES
from attnproof.verify.outcome import VerifierError

if TYPE_CHECKING:
    from attnproof.verify.checking.report import Report

NAMING: Final = ("target", "build", "setup", "method", "backward", "score")
FORMATS: Final = "fp64,fp32"
QUIET_SECONDS: Final = 2.0  # what takes longer says what it is doing, and not more often


def arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """What ``check`` and ``replay`` take."""
    {"check": _check_arguments, "replay": _replay_arguments}[command](parser)


def _check_arguments(check: argparse.ArgumentParser) -> None:
    check.formatter_class = _Listing
    check.description = (
        "Examine an attention: values and gradients within derived bounds, masks, state, batches, layouts. "
        "Exit status: 0 no fault found, 1 a fault or an error, 2 bad input, 3 nothing could be judged."
    )
    check.add_argument(
        "target", metavar="TARGET", help="module:attribute or file.py:attribute: function, class, instance"
    )
    check.add_argument(
        "--score",
        metavar="SCORE",
        help=f"what it claims to compute: {', '.join(SCORES)}, or file.py:name (docs/SCORES.md); with options of the "
        "formula, additive+bias_hidden",
    )
    against.arguments(check)
    calling(check)
    check.set_defaults(default_dtype=FORMATS, default_framework=check.get_default("framework"))
    check.add_argument(
        "--contract", action="append", default=[], metavar="CHOICE=VALUE", help="masked_row=nan; may be repeated"
    )
    check.add_argument(
        "--dtype", default=FORMATS, metavar="FORMATS", help=f"of {','.join(DTYPES)} (default: %(default)s)"
    )
    storing(check)
    check.add_argument(
        "--device", default="cpu", metavar="DEVICES", help=f"of {','.join(DEVICES)} (default: %(default)s)"
    )
    check.add_argument("--fused", action="store_true", help="a one-pass kernel")
    naming(check)
    check.add_argument(
        "--profile", default="standard", metavar="PROFILE", help=f"{', '.join(PROFILES)} (default: %(default)s)"
    )
    check.add_argument("--seed", type=int, default=0, metavar="N", help="of the numbers (default: %(default)s)")
    check.add_argument(
        "--property", action="append", default=[], metavar="NAME", help="ask for this one only; may be repeated"
    )
    limiting(check)
    check.add_argument("--verbose", action="store_true", help="every property with all that was found")
    check.add_argument(
        "--json", action="store_true", help="the report as JSON (attnproof/verify/schemas/check.schema.json)"
    )
    check.add_argument("--no-shrink", action="store_true", help="do not look for the smallest failing input")
    check.add_argument(
        "--save",
        type=Path,
        default=Path("attnproof-failures"),
        metavar="FOLDER",
        help="for failing inputs (default: %(default)s)",
    )


def _replay_arguments(again: argparse.ArgumentParser) -> None:
    again.description = "Exit status: 0 it passes now, 1 it still fails, 2 no usable file, 3 nothing was judged."
    again.add_argument("file", type=Path, metavar="FILE")
    again.add_argument("target", nargs="?", metavar="TARGET", help="what to ask, the saved target or another")
    again.add_argument(
        "--trust", action="store_true", help="import, build and call what the file names, where it is not given here"
    )
    naming(again)
    again.add_argument("--score", metavar="FILE.py:NAME", help="a score of one's own that it is of")
    again.add_argument("--against", metavar="REFERENCE", help="of a file of check --against: what says what is meant")
    again.add_argument("--seed", type=int, default=0, metavar="N", help="of the algebra (default: %(default)s)")
    limiting(again)


class _Listing(argparse.RawDescriptionHelpFormatter):
    """Help that ends with what may be named; where the names are defined is imported when help is asked for."""

    def format_help(self) -> str:
        from attnproof.verify.properties import PROPERTIES
        from attnproof.verify.targets.contract import CHOICES
        from attnproof.verify.targets.target import FEATURES

        wide = max(map(len, (*CHOICES, *PROPERTIES)))
        lines = [
            "features (--takes):",
            fill(", ".join(FEATURES), 100, initial_indent="  ", subsequent_indent="  "),
            "",
            "contract (--contract CHOICE=VALUE; what is not declared is found out where it can be):",
            *(f"  {name:<{wide}}  {' | '.join(words)}" for name, words in CHOICES.items()),
            "",
            "properties (--property NAME; default: all that apply):",
            *(f"  {name:<{wide}}  {each.says}" for name, each in PROPERTIES.items()),
            "",
            f"files of failing inputs: attnproof replay FILE TARGET asks again. Scores: {', '.join(SCORES)}.",
        ]
        return super().format_help() + "\n" + "\n".join(lines) + "\n"


@usage
def run(given: argparse.Namespace) -> int:
    """Do what one of the commands asks for; returns the exit status. Raises UsageError for bad input."""
    try:
        return {"check": run_check, "replay": run_replay}[given.command](given)
    except VerifierError as error:
        raise FailedError(str(error)) from error


def run_check(given: argparse.Namespace) -> int:
    """Check, print the report, return the exit status. Raises ValueError for bad input."""
    if given.against is not None:
        if given.score is not None:
            raise ValueError("--score and --against: one of them says what is meant")
        return against.run(given)
    if given.score is None:
        raise ValueError("--score says what TARGET claims to compute; --against REFERENCE is a program that does")
    from attnproof.verify.checking import process

    if "attnproof.verify.checking.check" not in sys.modules:
        process.prepare()  # while this process imports, too
    try:
        report = _report(given)
    finally:
        process.discard()
    if given.json:
        text = json.dumps(report.plain(), indent=1, ensure_ascii=False, allow_nan=False)
    else:
        text = report.summary(verbose=given.verbose)
    print(text)  # noqa: T201 - the command's result
    if not report.judged and not any(finding.outcome == "error" for finding in report.findings):
        return EXIT_NOTHING_JUDGED
    return EXIT_OK if report.ok else EXIT_FAILED


def _report(given: argparse.Namespace) -> Report:
    from attnproof.verify.checking.check import check

    return check(
        given.target,
        given.score,
        profile=given.profile,
        seed=given.seed,
        properties=given.property,
        limit=given.limit,
        shrink=not given.no_shrink,
        save_to=given.save,
        progress=_progress(),
        **called(given),
        contract=dict(_choice(text) for text in given.contract),
        dtypes=words(given.dtype),
        devices=words(given.device),
        stored=words(given.stored),
        fused=given.fused,
    )


def run_replay(given: argparse.Namespace) -> int:
    """Ask again at the saved numbers, print it, return the exit status. Raises ValueError for an unusable file."""
    from attnproof.verify.against import replaying

    if replaying.is_one(given.file):
        return against.run_again(given)
    from attnproof.verify.checking.replaying import load
    from attnproof.verify.checking.report import Report
    from attnproof.verify.checking.running import replayed, seconds

    limit, replay = seconds(given.limit), load(given.file)
    declared = replay.declaration(_named(given, replay.names))
    findings = replayed(declared, replay.property, replay.draw, replay.case(declared.formula), limit)
    report = Report(declared.target, declared.formula, tuple(findings))
    print(report.summary())  # noqa: T201 - the command's result
    if report.ok:
        return EXIT_OK
    bad = any(finding.outcome in ("fail", "error") for finding in findings)
    return EXIT_FAILED if bad else EXIT_NOTHING_JUDGED


def _named(given: argparse.Namespace, recorded: Mapping[str, str]) -> dict[str, str]:
    """What is imported, built and called: what is given here, and with ``--trust`` what the file names.

    Raises ValueError for what neither says.
    """
    here = {name: getattr(given, name) for name in NAMING if getattr(given, name) is not None}
    open_ = {name: value for name, value in recorded.items() if name not in here}
    if not given.trust and (open_ or "target" not in here):
        said = ", ".join(f"{name} {value!r}" for name, value in open_.items()) or "no target"
        raise ValueError(
            f"{given.file} names {said}, and nothing is run because a file says so; give TARGET, "
            + "".join(f"--{name}, " for name in open_ if name != "target")
            + "or --trust to run what the file names"
        )
    found = (open_ if given.trust else {}) | here
    if "target" not in found:
        raise ValueError(f"{given.file} names no target; give TARGET")
    return found


def _progress() -> Callable[[str], None]:
    said = time.monotonic()

    def say(name: str) -> None:
        nonlocal said
        if time.monotonic() - said > QUIET_SECONDS:
            said = time.monotonic()
            print(f"checking: {name}", file=sys.stderr)  # noqa: T201 - progress

    return say


def _choice(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--contract {text!r}: expected CHOICE=VALUE, masked_row=nan say")
    return name.strip(), value.strip()
