"""Two files of a known format, judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.whole import judge_whole
from attnproof.verify.formats.opening import open_problem


def judge_files(
    candidate: str,
    reference: str,
    *,
    format_: str | None = None,
    sizes: str = "",
    workload: str | None = None,
    trace: str | None = None,
    seed: int = 0,
    shrink: bool = False,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> Judgement:
    """Judge a candidate's file against the file that states the problem.

    format_   of ``opening.FORMATS``; None: found by what the reference's file holds
    sizes     of the problem, in place of its own: ``batch_size=2, length=64``
    workload  FlashInfer-Bench's: a file whose workloads of the definition are all asked
    trace     a file that gets a trace of each
    shrink    whether a small failing input is looked for; not of workloads
    options   what the format's own ``problem`` takes
    Raises ValueError as ``open_problem`` does, for sizes that cannot be read, and for a trace without a workload.
    """
    if sizes:
        options["at"] = sizes_in(sizes)
    if trace is not None and workload is None:
        raise ValueError("a trace is of a workload: give its file too")
    if workload is None:
        problem = open_problem(candidate, reference, format_, **options)
        return judge_whole(problem, seed=seed, shrink=shrink, progress=progress)
    open_problem(candidate, reference, format_, workload=workload, **options)  # refused before anything is asked
    from attnproof.verify.formats.flashinfer_bench.trace import traces, write

    found = list(traces(candidate, reference, workload, seed=seed, progress=progress, **options))
    if trace is not None:
        write([each for _, each in found], Path(trace))
    verdicts = [
        replace(verdict, question=f"workload {each['workload']['uuid']}, {verdict.question}")
        for judgement, each in found
        for verdict in judgement.verdicts
    ]
    return replace(found[0][0], verdicts=tuple(verdicts))


def sizes_in(text: str) -> dict[str, int]:
    """``batch_size=2, length=64`` as numbers. Raises ValueError where it is none of that."""
    return dict(_size(part) for part in text.split(","))


def _size(text: str) -> tuple[str, int]:
    name, equals, number = (part.strip() for part in text.partition("="))
    if not (name and equals and number.isdigit() and int(number)):
        raise ValueError(f"--sizes {text.strip()!r}: expected name=number, length=64 say")
    return name, int(number)
