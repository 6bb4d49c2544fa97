"""Executing units in any ``concurrent.futures.Executor``; results do not depend on it or on the number of workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from verify.options import Options
from verify.unit import Row, Unit, run_unit

# One thread for each numeric library in each worker: the units already fill the cores, and the order of a
# multi-threaded sum would make results depend on the machine.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Done:
    """A finished unit: its rows, or the traceback of what it raised."""

    unit: Unit
    rows: list[Row]
    seconds: float
    error: str | None = None


def _attempt(unit: Unit, options: Options) -> Done:
    start = time.perf_counter()
    try:
        rows = run_unit(unit, options)
    except Exception:  # noqa: BLE001 - the boundary of a run: whatever a unit raises is reported as an `error` outcome
        return Done(unit, [], time.perf_counter() - start, traceback.format_exc())
    return Done(unit, rows, time.perf_counter() - start)


def _start_worker() -> None:
    import torch

    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a worker quietly; the parent process tells the user


def default_executor(workers: int | None = None) -> Executor:
    """Processes started by spawn, one thread each; as many as this process may use cores."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = "1"  # read by the workers when they import the libraries
    count = workers if workers is not None else max(1, len(os.sched_getaffinity(0)))
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)


def execute(
    units: Sequence[Unit], options: Options, executor: Executor, progress: Callable[[Done], None]
) -> list[Done]:
    """Run every unit, the costly ones first, calling ``progress`` as they finish; the result is in the order of ``units``."""
    by_cost = sorted(range(len(units)), key=lambda number: -units[number].cost)
    futures = {executor.submit(_attempt, units[number], options): number for number in by_cost}
    found: dict[int, Done] = {}
    try:
        for future in as_completed(futures):
            done = future.result()
            found[futures[future]] = done
            progress(done)
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return [found[number] for number in range(len(units))]
