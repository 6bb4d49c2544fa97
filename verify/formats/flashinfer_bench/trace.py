"""A judgement as a Trace: a line of FlashInfer-Bench's file whose status is ours.

Their statuses have no word for *nothing was judged*: no trace is made of that.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch

from attnproof import __version__
from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.problem import Problem
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.formats.flashinfer_bench.files import FLOATS, Definition, definition, solution, workloads
from attnproof.verify.formats.flashinfer_bench.problem import expected, problem
from attnproof.verify.outcome import ABSTAIN, FAIL

STATUS: Final[Mapping[str, str]] = {"error": "RUNTIME_ERROR", "shape": "INCORRECT_SHAPE"}  # of kinds of failures
NUMERICAL: Final = "INCORRECT_NUMERICAL"
RUNS: Final = 5  # of which the median is the latency


def traces(
    candidate: str,
    reference: str,
    workload: str,
    *,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> Iterator[tuple[Judgement, dict[str, Any]]]:
    """Judge a solution on every workload of its definition: what is said of each, and the trace.

    Raises ValueError for bad files, and where nothing could be judged.
    """
    stated = definition(Path(reference))
    for number, given in enumerate(workloads(Path(workload), stated.name)):
        asked = problem(candidate, reference, workload=workload, number=number, **options)
        judgement = judge(asked, seed=seed, sizes=False, progress=progress)
        yield (
            judgement,
            {
                "definition": stated.name,
                "workload": dict(given.plain),
                "solution": solution(Path(candidate)).name,
                "evaluation": evaluation(stated, asked, judgement, seed),
            },
        )


def write(found: list[dict[str, Any]], file: Path) -> None:
    """Add them to a file, a line each."""
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in found)


def evaluation(stated: Definition, asked: Problem, judgement: Judgement, seed: int = 0) -> dict[str, Any]:
    """What a trace says of a judgement. Raises ValueError where nothing was judged."""
    if judgement.outcome == ABSTAIN:
        raise ValueError(f"no status of a trace says that nothing was judged: {judgement.diagnosis}")
    status = "PASSED" if judgement.outcome != FAIL else STATUS.get(judgement.kind, NUMERICAL)
    given = tensors(stated, asked, seed)
    if status in ("PASSED", NUMERICAL) and not _dtypes_fit(stated, asked, given):
        status = "INCORRECT_DTYPE"
    found: dict[str, Any] = {
        "status": status,
        "environment": {
            "hardware": platform.processor() or platform.machine(),
            "libs": {"torch": version("torch"), "attnproof": __version__},
        },
        "timestamp": datetime.now(UTC).isoformat(),
        "log": judgement.text(),
    }
    if status in ("PASSED", NUMERICAL):
        found["correctness"] = correctness(judgement)
    if status == "PASSED":
        ours, theirs = (_latency(side.call, given) for side in (asked.candidate, asked.reference))
        found["performance"] = {
            "latency_ms": ours,
            "reference_latency_ms": theirs,
            "speedup_factor": theirs / ours,
        }
    return found


def correctness(judgement: Judgement) -> dict[str, Any]:
    """The largest errors at the worst elements; what is not finite as text, as their files have it."""
    pairs = [(each.error, abs(each.exact)) for each in judgement.verdicts if each.index]
    absolute = max((error for error, _ in pairs), default=0.0)
    relative = max((error / size if size else (float("inf") if error else 0.0) for error, size in pairs), default=0.0)
    return {
        "max_relative_error": _number(relative),
        "max_absolute_error": _number(absolute),
        "extra": {"attnproof": judgement.diagnosis},
    }


def tensors(stated: Definition, asked: Problem, seed: int) -> list[Any]:
    """The problem's own inputs as tensors of the definition's formats."""
    found = []
    for name, value in asked.drawn(seed).items():
        own = stated.inputs[name]
        if own.axes is not None:
            dtype = TORCH_DTYPES[FLOATS[own.dtype]] if own.dtype in FLOATS else None
            value = torch.tensor(value, dtype=dtype)  # noqa: PLW2901 - the same number, handed over
        found.append(value)
    return found


def _dtypes_fit(stated: Definition, asked: Problem, given: list[Any]) -> bool:
    with torch.no_grad():
        made = asked.candidate.call(*given)
    results = made.values() if isinstance(made, Mapping) else made if isinstance(made, tuple | list) else (made,)
    return [x.dtype for x in results] == [dtype for _, dtype in expected(stated, tuple(given))]


def _latency(call: Callable[..., Any], given: list[Any]) -> float:
    """Milliseconds on this machine, the median of a few calls."""
    times = []
    with torch.no_grad():
        for _ in range(RUNS):
            begun = time.perf_counter()
            call(*given)
            times.append(time.perf_counter() - begun)
    return sorted(times)[RUNS // 2] * 1e3


def _number(x: float) -> Any:
    return x if abs(x) < float("inf") else "Infinity" if x > 0 else "-Infinity" if x < 0 else "NaN"
