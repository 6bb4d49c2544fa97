"""The command ``attnproof claim``: decide one claim now and print it."""

from __future__ import annotations

import argparse
import gc
import json
import sys

from attnproof.derivations.claims import CLAIMS
from attnproof.reports.commands.decided import UnknownClaimError, claim
from attnproof.reports.commands.status import EXIT_FAILED, EXIT_OK, UsageError
from attnproof.verify.run.execute import cores


def arguments(_name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.description = (
        "Decide one claim by checking each proof step, and print it as its section of the report has it."
    )
    parser.add_argument("id", metavar="CLAIM", help=f"one of {', '.join(CLAIMS)}")
    parser.add_argument("--latex", action="store_true", help="formulas as their LaTeX source instead of plain text")
    parser.add_argument(
        "--as",
        dest="form",
        choices=("text", "coq"),
        default="text",
        help="coq: only what it says formally, as the proof kernel reads it; a lemma's too (default: text, the whole)",
    )
    parser.add_argument("--json", action="store_true", help="the object of claims.json, without a run's evidence")


def run(given: argparse.Namespace) -> int:
    """Print a claim decided now; a proof that does not hold (a step, a lemma, an altered statement) is a failure."""
    if given.form == "coq":
        return _coq(given.id)
    gc.disable()  # what a proof makes refers to itself seldom, and to look for that takes a twelfth of the time
    try:
        found = claim(given.id, processes=cores())
    except UnknownClaimError as error:
        raise UsageError(str(error)) from error
    finally:
        gc.enable()

    text = json.dumps(found.row, indent=1, ensure_ascii=False) if given.json else found.text(latex=given.latex)
    sys.stdout.write(f"{text}\n")
    return EXIT_FAILED if found.row["steps"] and found.verdict == "not decided" else EXIT_OK


def _coq(name: str) -> int:
    from attnproof.derivations.statements import FILES
    from attnproof.impl.codegen.statements import text

    called = {each.upper(): each for each in FILES}.get(name.strip().upper())
    if called is None:
        raise UsageError(f"{name!r} is not stated formally; expected one of {', '.join(FILES)}")
    sys.stdout.write(text(called))
    return EXIT_OK
