"""Everything measured in one go, as data: what the report shows as recorded evidence.

``{"schema": "attnproof.bench/1", started, seconds, commit, device: {...}, versions: {...}, rate: {format: multiply-adds
per second}, ours: [names of this project's sides], timings: [{group, name, n, d, dtype, backward, median, least,
largest, repeats, first}], floors: [{n, d, dtype, backward, seconds}], memory: [{name, n, d, dtype, backward, bytes}],
missing: [{group, name, reason}]}``. Times are seconds on one core.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import torch

from attnproof.verify.bench import additive, floor, memory, multiplicative, pairs, scores
from attnproof.verify.bench.measure import Side, interleaved
from attnproof.verify.bench.peers import PEERS, Call, Problem
from attnproof.verify.run.environment import commit

SCHEMA: Final = "attnproof.bench/1"
PACKAGES: Final = ("torch", "numpy", "numba", "jax", "keras", "pykeops", "triton", "sympy")
MAIN: Final = (2048, 64)
DTYPES: Final = ("fp32", "fp64")
LONG: Final = 16384  # queries and keys at which the memory of what keeps no large array is measured too
SCALING_N: Final = (256, 512, 1024, 4096)
SCALING_D: Final = (16, 32, 128)
SCALED_AT: Final = 1024  # queries and keys where the width varies
SCALED: Final = (
    "fused Numba",
    "generated torch",
    "torch eager",
    "chunks, checkpointed",
)  # the others would take minutes
# torch eager would need n² d elements several times over: 17 GiB at 4096.
LARGEST_EAGER: Final = 2048
FREE: Final = ("fused Numba", "chunks, checkpointed")  # what keeps no array of n² elements, and is done in seconds
BRIEF: Final = ("fused Numba", "torch eager", "chunks, checkpointed")
SLOW: Final = ("generated NumPy", "KeOps")  # half a minute a call with backward: in one format only


@dataclass
class Record:
    """What has been measured so far."""

    timings: list[dict[str, Any]] = field(default_factory=list)
    floors: list[dict[str, Any]] = field(default_factory=list)
    memory: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)

    def time(
        self,
        group: str,
        ways: dict[str, Callable[..., Call]],
        problem: Problem,
        dtype: str,
        *,
        backward: bool,
        progress: Callable[[str], None],
    ) -> None:
        """Measure all ways that can run here, interleaved."""
        where = {"n": problem.n, "d": problem.d, "dtype": dtype, "backward": backward}
        sides = []
        for name, make in ways.items():
            try:
                sides.append(Side(name, make(problem, backward=backward)))
            except (RuntimeError, NotImplementedError, ImportError) as error:
                self.missing.append({"group": group, "name": name, **where, "reason": str(error)})
        for timing in interleaved(sides, lambda what: progress(f"{group}, n = {problem.n}: {what}")):
            self.timings.append({"group": group, **where, **asdict(timing)})


def measured(
    progress: Callable[[str], None],
    *,
    quick: bool = False,
    brief: bool = False,
    keep: Callable[[dict[str, Any]], None] = lambda _: None,
) -> dict[str, Any]:
    """Measure everything on one core.

    quick  one small size of each, to see that it works
    brief  without the sides that take half a minute a call; in fp64 beside the peers that take least memory and time
           only
    keep   is given what there is after each group, so that an interrupted benchmark leaves something
    """
    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):  # JAX and KeOps have no other switch that all of their threads obey
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    started, clock = datetime.now(UTC), time.perf_counter()
    found = Record()
    rates = {dtype: floor.multiply_adds_per_second(dtype) for dtype in DTYPES}
    ways: dict[str, Callable[..., Call]] = {**additive.OURS, **PEERS}
    n, d = MAIN if not quick else (256, 16)
    absent = SLOW if brief else ()
    for dtype in DTYPES:
        second = BRIEF if brief else tuple(name for name in ways if name not in SLOW)
        taken = {name: ways[name] for name in ways if name not in absent and (dtype == DTYPES[0] or name in second)}
        for backward in (False, True):
            found.time("additive", taken, Problem.make(n, d, dtype), dtype, backward=backward, progress=progress)
            keep(_whole(found, rates, started, clock))
    _memory(found, {name: ways[name] for name in ways if name not in absent}, n, d, progress)
    keep(_whole(found, rates, started, clock))
    some = {name: ways[name] for name in SCALED}
    sizes = [(m, d) for m in SCALING_N] + [(SCALED_AT, width) for width in SCALING_D]
    for m, width in sizes if not quick else []:
        for backward in (False, True):
            fitting = some if m <= LARGEST_EAGER else {name: ways[name] for name in ways if name in FREE}
            found.time("additive", fitting, Problem.make(m, width), "fp32", backward=backward, progress=progress)
            keep(_whole(found, rates, started, clock))
    for backward in (False, True):
        given = multiplicative.problem(n, d)
        found.time("scaled dot", dict(multiplicative.WAYS), given, "fp32", backward=backward, progress=progress)
        keep(_whole(found, rates, started, clock))
    for name in scores.EAGER:
        for backward in (False, True):
            given = scores.problem(name, n, d)
            found.time(name, dict(scores.ways(name)), given, "fp32", backward=backward, progress=progress)
        keep(_whole(found, rates, started, clock))
    for make in pairs.PAIRS[: 1 if quick else None]:
        pair = make()
        sides = [Side(pairs.OURS, pair.fast), Side("the other way", pair.slow, pair.share)]
        found.timings += [{"group": pair.name, **asdict(timing)} for timing in interleaved(sides, progress)]
        keep(_whole(found, rates, started, clock))
    return _whole(found, rates, started, clock)


def _whole(found: Record, rates: dict[str, float], started: datetime, clock: float) -> dict[str, Any]:
    sizes = {(r["n"], r["d"], r["dtype"], r["backward"]) for r in found.timings if r["group"] == "additive"}
    found.floors = [
        {"n": n, "d": d, "dtype": dtype, "backward": backward}
        | {"seconds": floor.seconds(n, d, rates[dtype], backward=backward)}
        for n, d, dtype, backward in sorted(sizes)
    ]
    return {
        "schema": SCHEMA,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - clock, 1),
        "commit": commit(),
        "ours": [*additive.OURS, *multiplicative.OURS, pairs.OURS],
        "device": device(),
        "versions": {"python": platform.python_version()} | _versions(),
        "rate": rates,
        **asdict(found),
    }


def _memory(
    found: Record, ways: dict[str, Callable[..., Call]], n: int, d: int, progress: Callable[[str], None]
) -> None:
    absent = {row["name"] for row in found.missing if row["group"] == "additive" and row["dtype"] == "fp32"}
    sides = [(name, n) for name in ways] + ([("fused Numba", LONG)] if n == MAIN[0] else [])
    for name, size in sides:
        for backward in (False, True):
            if name in absent:
                continue
            progress(f"memory of {name}, n = {size}")
            where = {"name": name, "n": size, "d": d, "dtype": "fp32", "backward": backward}
            try:
                found.memory.append({**where, "bytes": memory.peak(name, size, d, "fp32", backward=backward)})
            except (RuntimeError, memory.MemoryUnknownError) as error:
                found.missing.append({"group": "memory", **where, "reason": str(error)})


def device() -> dict[str, str]:
    """The machine: processor, vector width that torch uses, cores."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return {
        "processor": model,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "cores": str(os.cpu_count()),
        "used": "1",
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
