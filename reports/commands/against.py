"""``attnproof check TARGET --against REFERENCE``: any program judged by another one that says what is meant."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attnproof.reports.commands.declaring import words
from attnproof.reports.commands.status import EXIT_FAILED, EXIT_NOTHING_JUDGED, EXIT_OK
from attnproof.verify.outcome import ABSTAIN

if TYPE_CHECKING:
    from attnproof.verify.against.judgement import Judgement


def arguments(check: argparse.ArgumentParser) -> None:
    """What ``--against`` takes."""
    check.add_argument(
        "--against",
        metavar="REFERENCE",
        help="a program that says what is meant, module:attribute, in place of --score (docs/AGAINST.md); or a problem "
        "file of a known format, TARGET is a candidate's file then",
    )
    check.add_argument(
        "--format", metavar="NAME", help="of the problem file: kernelbench, flashinfer_bench, onnx (docs/FORMATS.md)"
    )
    check.add_argument("--by", metavar="NAME", help="what runs an ONNX model: onnxruntime, evaluator")
    check.add_argument("--workload", metavar="FILE", help="FlashInfer-Bench's workloads, all of which are asked")
    check.add_argument("--trace", metavar="FILE", help="a file that gets a trace of each workload")
    check.add_argument("--inputs", default="", metavar="TEXT", help="'x=b n d, mask=n n:bool, labels=b:int<10'")
    check.add_argument("--sizes", default="", metavar="SIZES", help="of the letters in --inputs, or of a file: b=2,n=5")


def run(given: argparse.Namespace) -> int:
    """Judge, print, return the exit status. Raises ValueError for bad input."""
    from attnproof.verify.against.replaying import file_name, with_file
    from attnproof.verify.checking.check import usable_folder

    usable_folder(given.save)
    make, options = _asked(given)
    found = _apart(given, make, {**options, "shrink": not (given.no_shrink or given.workload)})
    names = (given.target, given.against)
    return _told(with_file(found, given.save / file_name(given.target), names, options), given)


def run_again(given: argparse.Namespace) -> int:
    """The same at a saved input."""
    from attnproof.verify.against.replaying import load
    from attnproof.verify.formats.again import judge_again

    if given.target is None or given.against is None or given.trust:
        candidate, reference = load(given.file).names
        raise ValueError(
            f"{given.file} names the candidate {candidate!r} and the reference {reference!r}, and nothing is run "
            "because a file says so; give TARGET --against REFERENCE"
        )
    return _told(_apart(given, judge_again, {"file": given.file}), given)


def _told(found: Judgement, given: argparse.Namespace) -> int:
    """Print it; the exit status."""
    if getattr(given, "json", False):
        print(json.dumps(found.plain(), indent=1, ensure_ascii=False, allow_nan=False))  # noqa: T201 - the result
    else:
        print(found.text(verbose=getattr(given, "verbose", False)))  # noqa: T201 - the command's result
    if found.outcome == ABSTAIN:
        return EXIT_NOTHING_JUDGED
    return EXIT_OK if found.ok else EXIT_FAILED


def _apart(given: argparse.Namespace, make: Callable[..., Judgement], options: dict[str, Any]) -> Judgement:
    from attnproof.verify.against.apart import apart
    from attnproof.verify.checking.running import seconds

    common = {"candidate": given.target, "reference": given.against, "seed": getattr(given, "seed", 0)}
    return apart(make, {**common, **options}, seconds(given.limit))


def _asked(given: argparse.Namespace) -> tuple[Callable[..., Judgement], dict[str, Any]]:
    """Who judges, and what is said of the problem."""
    formats = words(given.dtype)
    if len(formats) > 1 and given.dtype != given.default_dtype:
        raise ValueError(f"--dtype {given.dtype}: one format with --against")
    own = None if given.dtype == given.default_dtype else formats[0]
    framework = "" if given.framework == given.default_framework else given.framework
    asked = {name: getattr(given, name) for name in ("format", "by", "workload", "trace")}
    if Path(given.against).is_file():
        from attnproof.verify.formats.judged import judge_files

        asked |= {"sizes": given.sizes, "dtype": own, "framework": framework or None, "format_": asked.pop("format")}
        return judge_files, {name: value for name, value in asked.items() if value}
    if unused := next((name for name, value in asked.items() if value), None):
        raise ValueError(f"--{unused} is for problem files, and {given.against!r} is no file")
    if ":" not in given.against:
        raise ValueError(f"--against {given.against!r}: no such file, and not module:attribute or file.py:attribute")
    if not given.inputs:
        raise ValueError("--against needs --inputs, 'x=b n d, mask=n n:bool' say")
    from attnproof.verify.against.api import judge

    more = {"inputs": given.inputs, "sizes": given.sizes, "framework": framework, "results": words(given.output)}
    return judge, {**more, "dtype": own or "fp32", "gradients": not given.no_gradients}
