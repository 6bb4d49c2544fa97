"""``attnproof check TARGET --against REFERENCE``: any program judged by another one that says what is meant."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

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
    found = _judged(given)
    if given.json:
        print(json.dumps(found.plain(), indent=1, ensure_ascii=False, allow_nan=False))  # noqa: T201 - the result
    else:
        print(found.text(verbose=given.verbose))  # noqa: T201 - the command's result
    if found.outcome == ABSTAIN:
        return EXIT_NOTHING_JUDGED
    return EXIT_OK if found.ok else EXIT_FAILED


def _judged(given: argparse.Namespace) -> Judgement:
    from attnproof.verify.against.apart import apart
    from attnproof.verify.checking.running import seconds

    formats = words(given.dtype)
    if len(formats) > 1 and given.dtype != given.default_dtype:
        raise ValueError(f"--dtype {given.dtype}: one format with --against")
    own = None if given.dtype == given.default_dtype else formats[0]
    common = {"candidate": given.target, "reference": given.against, "seed": given.seed}
    framework = "" if given.framework == given.default_framework else given.framework
    limit = seconds(given.limit)
    asked = {name: getattr(given, name) for name in ("format", "by", "workload", "trace")}
    if Path(given.against).is_file():
        from attnproof.verify.formats.judged import judge_files

        asked |= {"sizes": given.sizes, "dtype": own, "framework": framework or None, "format_": asked.pop("format")}
        return apart(judge_files, {**common, **{name: value for name, value in asked.items() if value}}, limit)
    if unused := next((name for name, value in asked.items() if value), None):
        raise ValueError(f"--{unused} is for problem files, and {given.against!r} is no file")
    if not given.inputs:
        raise ValueError("--against needs --inputs, 'x=b n d, mask=n n:bool' say")
    from attnproof.verify.against.api import judge

    more = {"inputs": given.inputs, "sizes": given.sizes, "framework": framework, "results": words(given.output)}
    common |= {"dtype": own or "fp32", "gradients": not given.no_gradients}
    return apart(judge, {**common, **more}, limit)
