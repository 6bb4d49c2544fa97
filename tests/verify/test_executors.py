"""One selection through executors of four kinds gives the same files; what names no executor is said in one line."""

from __future__ import annotations

import json
import multiprocessing
import sys
import types
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from threading import Barrier
from typing import Any

import flint
import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from attnproof.reports.commands import main as cli
from attnproof.verify.options import Options
from attnproof.verify.run.execute import ExecutorError, default_executor, execute
from attnproof.verify.run.executors import ExecutorNameError, executor_named
from attnproof.verify.run.plan import plan
from attnproof.verify.run.runner import run
from attnproof.verify.unit import Unit

# Ball arithmetic at several precisions, sampled rows, proofs by SymPy, comparisons in NumPy and torch.
SELECTION = Options(
    profile="quick", scores=("dot",), dtypes=("fp32",), devices=("cpu",), claims=("T1", "T7", "S1"), seed=3
)
PARTS = ("claims", "checks", "evidence", "bias_invariance")


@contextmanager
def dask_of_two() -> Iterator[Executor]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        yield client.get_executor()


EXECUTORS = {
    "one process": lambda: default_executor(1),
    "three processes": lambda: default_executor(3),
    "threads": lambda: ThreadPoolExecutor(3),
    "dask": dask_of_two,
}


def timeless(path: Path) -> bytes:
    """The contents of a result file without times."""
    if path.name == "manifest.json":
        return json.dumps(json.loads(path.read_text())["files"] | {"run.json": []}).encode()
    if path.name != "run.json":
        return path.read_bytes()
    found = json.loads(path.read_text())
    for name in ("started", "seconds"):
        del found[name]
    for part in found["parts"].values():
        del part["seconds"]
    found["figures"] = {name: value for name, value in found["figures"].items() if not name.endswith("_seconds")}
    return json.dumps(found).encode()


def files_of_run(out: Path, executor: Executor) -> dict[str, bytes]:
    units = plan(SELECTION, PARTS)
    summary = run(SELECTION, out, executor, progress=lambda done: None, units=units, finish=lambda folder: None)
    assert summary.ok, summary.failures
    assert summary.judged
    return {str(path.relative_to(out)): timeless(path) for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_every_executor_gives_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "attnproof.verify.run.environment.commit", lambda: "the same"
    )  # the sources may be edited meanwhile
    found = {}
    for name, make in EXECUTORS.items():
        with make() as executor:
            found[name] = files_of_run(tmp_path / name.replace(" ", "-"), executor)
    expected = found.pop("one process")
    assert {"run.json", "claims.json", "results.jsonl", "junit.xml", "tables/evidence.csv"} <= set(expected)
    for name, files in found.items():
        assert list(files) == list(expected), name
        for path, content in files.items():
            assert content == expected[path], (name, path)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    made = types.ModuleType("executors_for_a_test")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def test_units_in_threads_do_not_share_a_precision(module: types.ModuleType) -> None:
    together = Barrier(2)

    def at_300_bits(arguments: Any, options: Any) -> list[dict[str, Any]]:
        with flint.ctx.workprec(300):
            meet(together)
            return [{"bits": flint.ctx.prec}]

    def as_it_is(arguments: Any, options: Any) -> list[dict[str, Any]]:
        meet(together)
        return [{"bits": flint.ctx.prec}]

    module.at_300_bits, module.as_it_is = at_300_bits, as_it_is
    before = flint.ctx.prec
    units = [Unit(name, "p", f"{module.__name__}:{name}") for name in ("at_300_bits", "as_it_is")]
    with ThreadPoolExecutor(2) as executor:
        found = execute(units, Options(), executor, lambda done: None)
    assert [done.rows for done in found] == [[{"bits": 300}], [{"bits": before}]]
    assert flint.ctx.prec == before


def meet(barrier: Barrier) -> None:
    """Wait until both units run, or until it is clear that only one does."""
    from threading import BrokenBarrierError

    try:
        barrier.wait(0.3)
    except BrokenBarrierError:
        return


def test_a_unit_has_one_thread_wherever_it_runs(module: types.ModuleType) -> None:
    def threads(arguments: Any, options: Any) -> list[dict[str, Any]]:
        np.ones((2, 2)) @ np.ones((2, 2))
        blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
        return [{"blas": blas, "torch": torch.get_num_threads()}]

    module.threads = threads
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with ThreadPoolExecutor(1) as executor:
            more = executor.submit(threadpool_limits, 2).result()  # there: one thread at a time may say how many
            assert 2 in {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
            (done,) = execute([Unit("u", "p", f"{module.__name__}:threads")], Options(), executor, lambda done: None)
            executor.submit(more.restore_original_limits).result()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    (row,) = done.rows
    assert row["torch"] == 1
    assert row["blas"]
    assert set(row["blas"]) == {1}


def test_a_unit_that_the_executor_loses_is_an_error(module: types.ModuleType) -> None:
    module.unit = lambda arguments, options: []
    with ThreadPoolExecutor(1) as executor:
        executor.submit = lambda *_: cancelled()  # type: ignore[method-assign, assignment]
        with pytest.raises(ExecutorError, match="the executor did not run lost: CancelledError"):
            execute([Unit("lost", "p", f"{module.__name__}:unit")], Options(), executor, lambda done: None)


def cancelled() -> Any:
    from concurrent.futures import Future

    future: Future[None] = Future()
    future.cancel()
    future.set_running_or_notify_cancel()
    return future


@contextmanager
def _yields_a_number() -> Iterator[int]:
    yield 3


def _falls() -> Executor:
    raise OSError("no cluster today")


@contextmanager
def _falls_later() -> Iterator[Executor]:
    raise OSError("no cluster today")
    yield


BAD = [
    ("executors_for_a_test", "'executors_for_a_test' is not of the form module:factory"),
    (":threads", "is not of the form module:factory"),
    ("no_such_module_here:f", "cannot import 'no_such_module_here' (ModuleNotFoundError"),
    ("executors_for_a_test:nothing", "executors_for_a_test has no attribute 'nothing'"),
    ("executors_for_a_test:number", "expected a function without arguments, got int"),
    ("executors_for_a_test:gives_number", "expected a concurrent.futures.Executor from the factory, got int"),
    ("executors_for_a_test:yields_number", "expected the factory to yield a concurrent.futures.Executor, got int"),
    ("executors_for_a_test:falls", "the factory raised OSError: no cluster today"),
    ("executors_for_a_test:falls_later", "the factory raised OSError: no cluster today"),
    ("executors_for_a_test:wants", "the factory raised TypeError"),
]


@pytest.mark.parametrize(("name", "message"), BAD)
def test_a_bad_name_is_one_line_and_exit_status_2(
    name: str, message: str, module: types.ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module.number, module.gives_number, module.yields_number = 3, lambda: 3, _yields_a_number
    module.falls, module.falls_later, module.wants = _falls, _falls_later, lambda cluster: cluster
    assert cli.main(["verify", "--executor", name, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_number_of_workers_is_the_factorys_affair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--executor", "attnproof.verify.run.executors:dask", "--workers", "2", "--out", str(tmp_path / "out")]
    assert cli.main(["verify", *words]) == 2
    assert "--workers is for the default executor" in capsys.readouterr().err


def test_an_error_of_the_run_is_not_blamed_on_the_factory(module: types.ModuleType) -> None:
    module.threads = lambda: ThreadPoolExecutor(1)
    with pytest.raises(ValueError, match="of the run") as caught, executor_named(f"{module.__name__}:threads"):
        raise ValueError("of the run")
    assert not isinstance(caught.value, ExecutorNameError)


def test_processes_of_a_factory_end_with_an_interrupt(module: types.ModuleType) -> None:
    from concurrent.futures import ProcessPoolExecutor

    module.processes = lambda: ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    before = set(multiprocessing.active_children())
    executor = executor_named(f"{module.__name__}:processes")
    executor.__enter__().submit(_sleep, 600)
    started = set(multiprocessing.active_children()) - before
    assert started
    assert not executor.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)  # not swallowed
    # the sentinel, not is_alive(): where the executor's own thread has waited for it in between, that asks in vain
    assert set(wait([process.sentinel for process in started], 120)) == {process.sentinel for process in started}


def _sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)


def test_an_executor_that_cannot_cancel_is_left_without_waiting(module: types.ModuleType) -> None:
    left = []

    class Simple(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True) -> None:  # type: ignore[override]
            left.append(wait)
            super().shutdown(wait)

    def interrupt(done: Any) -> None:
        raise KeyboardInterrupt

    module.unit = lambda arguments, options: []
    with Simple(1) as executor, pytest.raises(KeyboardInterrupt):
        execute([Unit("u", "p", f"{module.__name__}:unit")], Options(), executor, interrupt)
    assert left == [False, True]


@pytest.mark.slow
def test_the_command_runs_through_dask_and_prints_the_false_alarm_rate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from distributed import Client, LocalCluster

    words = ["verify", "--profile", "quick", "--only", "T1", "--out", str(tmp_path / "out")]
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with dask_config({"scheduler-address": cluster.scheduler_address}):
            assert cli.main([*words, "--executor", "attnproof.verify.run.executors:dask"]) == 0
        with Client(cluster) as client:  # the units ran there
            assert sum(client.run(lambda: "attnproof.verify.evidence.t1" in sys.modules).values()) == 1
    claims = json.loads((tmp_path / "out" / "claims.json").read_text())["claims"]
    assert [claim["id"] for claim in claims] == ["T1"]
    assert "False alarms: probability at most 7e-07" in capsys.readouterr().out
    alarm = json.loads((tmp_path / "out" / "run.json").read_text())["false_alarm"]
    assert sum(alarm["shares"].values()) <= alarm["total"] * (1 + 1e-12) <= alarm["limit"] == 1e-6


def dask_config(settings: dict[str, str]) -> Any:
    from dask import config

    return config.set(settings)
