from __future__ import annotations

import sys
import types
from concurrent.futures import ThreadPoolExecutor

import pytest

from attnproof.verify.options import Options
from attnproof.verify.run.execute import Done, default_executor, execute
from attnproof.verify.unit import Unit, generator

LEDGER = [
    Unit(f"claim/{name}", "claims", "attnproof.verify.proofs.ledger:run", {"claim": name})
    for name in ("S1", "X2", "S5")
]


@pytest.fixture
def units_module(monkeypatch: pytest.MonkeyPatch) -> str:
    module = types.ModuleType("units_for_a_test")

    def draw(arguments, options):
        return [{"value": float(generator(options.seed, arguments["name"]).standard_normal())}]

    def fall(arguments, options):
        raise ZeroDivisionError("on purpose")

    module.draw, module.fall = draw, fall
    monkeypatch.setitem(sys.modules, "units_for_a_test", module)
    return "units_for_a_test"


def test_results_come_in_the_order_of_the_units_whatever_their_cost(units_module: str) -> None:
    units = [Unit(f"u{k}", "p", f"{units_module}:draw", {"name": str(k)}, cost=float(k)) for k in range(8)]
    seen: list[str] = []
    with ThreadPoolExecutor(3) as executor:
        found = execute(units, Options(), executor, lambda done: seen.append(done.unit.id))
    assert [done.unit.id for done in found] == [unit.id for unit in units]
    assert sorted(seen) == [unit.id for unit in units]


def test_results_do_not_depend_on_order_or_number_of_workers(units_module: str) -> None:
    units = [Unit(f"u{k}", "p", f"{units_module}:draw", {"name": str(k)}) for k in range(5)]
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(4) as four:
        first = [done.rows for done in execute(units, Options(seed=7), one, lambda done: None)]
        second = [done.rows for done in execute(units[::-1], Options(seed=7), four, lambda done: None)]
        other = [done.rows for done in execute(units, Options(seed=8), one, lambda done: None)]
    assert first == second[::-1]
    assert first != other


def test_an_exception_is_an_error_with_its_traceback_and_the_rest_goes_on(units_module: str) -> None:
    units = [Unit("bad", "p", f"{units_module}:fall"), Unit("good", "p", f"{units_module}:draw", {"name": "x"})]
    with ThreadPoolExecutor(1) as executor:
        bad, good = execute(units, Options(), executor, lambda done: None)
    assert bad.error is not None
    assert "ZeroDivisionError: on purpose" in bad.error
    assert good.error is None
    assert len(good.rows) == 1


@pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, BaseException, RecursionError, MemoryError])
def test_whatever_a_unit_raises_is_its_error(kind: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("units_that_end_programs")

    def end(arguments, options):
        raise kind(0)

    module.end = end
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with ThreadPoolExecutor(1) as executor:
        (done,) = execute([Unit("bad", "p", f"{module.__name__}:end")], Options(), executor, lambda done: None)
    assert done.error is not None
    assert done.error.splitlines()[-1] == f"{kind.__name__}: 0"


def test_an_interrupt_is_not_swallowed(units_module: str) -> None:
    def interrupt(done: Done) -> None:
        raise KeyboardInterrupt

    units = [Unit(f"u{k}", "p", f"{units_module}:draw", {"name": str(k)}) for k in range(3)]
    with ThreadPoolExecutor(1) as executor, pytest.raises(KeyboardInterrupt):
        execute(units, Options(), executor, interrupt)


@pytest.mark.slow
def test_processes_give_what_threads_give() -> None:
    with ThreadPoolExecutor(1) as threads, default_executor(2) as processes:
        here = [done.rows for done in execute(LEDGER, Options(), threads, lambda done: None)]
        there = [done.rows for done in execute(LEDGER, Options(), processes, lambda done: None)]
    assert here == there
    assert [rows[0].id for rows in here] == ["S1", "X2", "S5"]
