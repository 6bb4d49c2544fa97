"""Two files of a known format, judged."""

from __future__ import annotations

from collections.abc import Callable

from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.formats.opening import open_problem


def judge_files(
    candidate: str,
    reference: str,
    *,
    dtype: str = "fp32",
    gradients: bool = False,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Judgement:
    """Judge a candidate's file against the file that states the problem. Raises ValueError as ``open_problem`` does."""
    problem = open_problem(candidate, reference, dtype=dtype, gradients=gradients)
    return judge(problem, seed=seed, progress=progress)
