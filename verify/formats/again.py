"""Asking again at a saved failing input of two programs, or of two files of a known format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attnproof.verify.against.api import named
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.replaying import load
from attnproof.verify.formats.judged import sizes_in
from attnproof.verify.formats.opening import open_problem


def judge_again(
    candidate: str, reference: str, file: Path, *, seed: int = 0, progress: Callable[[str], None] | None = None
) -> Judgement:
    """Judge a candidate at the questions that a file holds.

    candidate, reference  what is imported and called: the file's own names are text
    Raises ValueError for a file that is none, and for programs that do not take its inputs.
    """
    saved = load(file)
    options = dict(saved.options)
    if "inputs" in options:
        problem = named(candidate, reference, options.pop("inputs"), **options)
    else:
        if "sizes" in options:
            options["at"] = sizes_in(options.pop("sizes"))
        problem = open_problem(candidate, reference, options.pop("format_", None), **options)
    return saved.judged(problem, seed=seed, progress=progress)
