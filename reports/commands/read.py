"""The command ``attnproof read TARGET``: its arguments, and what it prints."""

from __future__ import annotations

import argparse
import json
import sys

from attnproof.reports.commands.declaring import called, calling, limiting, naming, storing, words
from attnproof.reports.commands.status import EXIT_FAILED, EXIT_NOTHING_JUDGED, EXIT_OK, FailedError, usage
from attnproof.verify.options import SCORES
from attnproof.verify.outcome import VerifierError


def arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """What ``read`` takes."""
    del command
    parser.description = (
        "Read what an attention computes, and print it as formulas beside the nearest derivation, with the difference. "
        "The target runs twice, at two sets of prime sizes; what is said holds for the branch of the code it took. "
        "Exit status: 0 read, and equal to --score where that is given; 1 it differs from --score; 2 bad input; "
        "3 it, or a part that --score is about, could not be read."
    )
    parser.add_argument(
        "target", metavar="TARGET", help="module:attribute or file.py:attribute: function, class, instance"
    )
    parser.add_argument(
        "--score",
        metavar="SCORE",
        help=f"what it claims to compute: {', '.join(SCORES)}, or file.py:name; +bias_hidden (default: the nearest)",
    )
    calling(parser)
    storing(parser)
    naming(parser)
    limiting(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--latex", action="store_true", help="the equations alone, as LaTeX")
    form.add_argument("--json", action="store_true", help="everything as JSON (attnproof.read/1)")


@usage
def run(given: argparse.Namespace) -> int:
    """Read, print, return the exit status. Raises UsageError for bad input."""
    from attnproof.verify.checking import process

    if "attnproof.verify.checking.reading" not in sys.modules:
        process.prepare()  # while this process imports, too
    try:
        return _read(given)
    except VerifierError as error:
        raise FailedError(str(error)) from error
    finally:
        process.discard()


def _read(given: argparse.Namespace) -> int:
    from attnproof.verify.checking.reading import CannotRecordError, read

    try:
        found = read(given.target, given.score, limit=given.limit, stored=words(given.stored), **called(given))
    except CannotRecordError as error:
        said = " ".join(f"{given.target} cannot be read: {error}".split())
        print(f"attnproof: {said}", file=sys.stderr)  # noqa: T201 - in one line
        return EXIT_NOTHING_JUDGED
    if given.json:
        print(json.dumps(found.plain(), indent=1, ensure_ascii=False, allow_nan=False))  # noqa: T201 - the result
    else:
        print(found.latex() if given.latex else found.text())  # noqa: T201 - the command's result
    if given.score is not None and found.differs:
        return EXIT_FAILED
    read_whole = found.equal if given.score is not None else found.verdict in ("equal", "different")
    return EXIT_OK if read_whole else EXIT_NOTHING_JUDGED
