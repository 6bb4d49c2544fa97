"""Executing units in any ``concurrent.futures.Executor``; results do not depend on it or on the number of workers.

A unit computes with one thread of each numeric library, and alone in its process: the precision of python-flint and
mpmath, warning filters and SymPy's caches belong to the process, so that two units in two threads would change each
other's results. An executor of threads is therefore right, but no faster than one of a single thread; processes are
what makes a run fast.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import inspect
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from threadpoolctl import ThreadpoolController

from attnproof.verify.options import Options
from attnproof.verify.unit import GARBAGE, Result, Unit, run_unit

# What a worker's libraries read when they are imported. One thread for each numeric library: the units already fill the
# cores, and the order of a multi-threaded sum would make results depend on the machine. SymPy remembers all that it
# computed, not the last thousand results alone: proofs ask for the same things again, a sixth of their time.
VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
        "SYMPY_CACHE_SIZE": "None",
    }
)


_ALONE = threading.Lock()  # held while a unit runs in this process


class ExecutorError(RuntimeError):
    """The executor lost a unit: it was cancelled, its worker died, or it could not be sent there."""


@dataclass(frozen=True)
class Done:
    """A finished unit: its rows, or the traceback of what it raised."""

    unit: Unit
    rows: list[Result]
    seconds: float
    error: str | None = None


def cores() -> int:
    """How many cores this process may use; all of the machine's where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _attempt(unit: Unit, options: Options) -> Done:
    with _ALONE, _single_threaded():
        return _attempt_alone(unit, options)


@cache
def _libraries() -> ThreadpoolController:
    """The thread pools of the libraries that are loaded now, NumPy's among them."""
    return ThreadpoolController()


@contextmanager
def _single_threaded() -> Iterator[None]:
    """One thread for NumPy and torch, wherever the unit runs; afterwards as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with _libraries().limit(limits=1):
            yield
    finally:
        torch.set_num_threads(before)


def _attempt_alone(unit: Unit, options: Options) -> Done:
    start = time.perf_counter()
    try:
        rows = run_unit(unit, options)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever a unit raises is reported as an outcome `error`
        return Done(unit, [], time.perf_counter() - start, traceback.format_exc())
    return Done(unit, rows, time.perf_counter() - start)


# What most units need. Workers import it while the parent process plans.
WARM: Final = ("attnproof.verify.comparisons.checks", "attnproof.verify.proofs.ledger")


def _start_worker() -> None:
    # At its end a worker gives its memory back in one go: to free every object of SymPy's caches takes a second.
    atexit.register(os._exit, 0)
    # Ctrl-C ends a worker quietly, the parent process tells the user. The signal was blocked while the worker started.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import torch

    torch.set_num_threads(1)
    for name in WARM:
        importlib.import_module(name)
    gc.freeze()  # what was imported is not looked at again whenever garbage is collected,
    gc.set_threshold(*GARBAGE)  # and that is seldom: little of what a unit makes refers to itself


def _end_with_parent() -> None:
    """End this worker when the parent process is gone, however that ended: a worker would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def default_executor(workers: int | None = None) -> Iterator[Executor]:
    """Processes started by spawn, one thread each; as many as this process may use cores.

    Left by an exception (an interrupt above all), it ends the processes at once instead of waiting for their units.
    """
    os.environ.update(VARIABLES)
    count = workers if workers is not None else cores()
    others = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)
    try:
        with _interrupt_blocked():
            for _ in range(count):  # the workers import what they need while this process plans
                executor.submit(int)
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    finally:
        executor.shutdown(wait=True)


@contextmanager
def _interrupt_blocked() -> Iterator[None]:
    """Hold Ctrl-C back, here and in processes started meanwhile: one that still imports would print a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def execute(
    units: Sequence[Unit], options: Options, executor: Executor, progress: Callable[[Done], None]
) -> list[Done]:
    """Run every unit, the costly ones first, calling ``progress`` as they finish; results are in the order of units.

    Raises BrokenProcessPool when a worker of a process pool died, ExecutorError for whatever else keeps the executor
    from running a unit.
    """
    by_cost = sorted(range(len(units)), key=lambda number: -units[number].cost)
    futures: dict[Future[Done], int] = {}
    found: dict[int, Done] = {}
    try:
        with _interrupt_blocked():
            futures |= {executor.submit(_attempt, units[number], options): number for number in by_cost}
        for future in as_completed(futures):
            done = _result(future, units[futures[future]])
            found[futures[future]] = done
            progress(done)
    except BaseException:
        abandon(executor)
        raise
    return [found[number] for number in range(len(units))]


def _result(future: Future[Done], unit: Unit) -> Done:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:  # what a unit raises is in its ``Done``: this comes from the executor
        raise ExecutorError(f"the executor did not run {unit.id}: {type(error).__name__}: {error}") from error


def abandon(executor: Executor) -> None:
    """Give up what has not started, without waiting for what has."""
    # Not future.cancel(): a process pool whose workers end too would stumble over the cancelled ones.
    if "cancel_futures" in inspect.signature(executor.shutdown).parameters:
        executor.shutdown(wait=False, cancel_futures=True)
    else:  # dask's has no such parameter: without waiting it cancels by itself
        executor.shutdown(wait=False)
