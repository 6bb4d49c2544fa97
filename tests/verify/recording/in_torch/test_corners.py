"""Where a rule is easily wrong: results that are left out, no entries, NaN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from recorded_in_torch import check, drawn, recorded

from attnproof.verify.recording.in_torch.writer import RULES

ROWS = torch.linspace(-2.0, 2.0, 20, dtype=torch.float64).reshape(5, 4)


def test_a_result_that_is_left_out_takes_no_other_ones_place() -> None:
    """The layer norm of what has no gradient gives those of weight and bias alone."""
    check(lambda weight, bias: F.layer_norm(ROWS**2, (4,), weight, bias), {"weight": (4,), "bias": (4,)})


def test_what_torch_has_parts_for_in_other_cases_only_is_opaque() -> None:
    given = drawn({"x": (4, 4)}, 0, torch.float64)
    found = recorded(lambda x: F.adaptive_max_pool1d(x, 3), given, backward=False)
    assert found.unread == {"aten.adaptive_max_pool2d.default": 1}
    (last,) = (op for op in found.operations if np.isin(found.calls[0].results["out"], op.output).any())
    assert last.name == "opaque"


@pytest.mark.parametrize("function", [torch.softmax, torch.log_softmax, torch.logsumexp])
def test_no_entries(function: Callable[..., Any]) -> None:
    check(lambda x: function(x, 1).sum(1) if function is not torch.logsumexp else function(x, 1), {"x": (3, 0)})


def test_nansum_leaves_out_what_is_nan() -> None:
    check(lambda x: torch.nansum(x.masked_fill(ROWS > 1, torch.nan), 1), {"x": (5, 4)})


WHOLE = torch.arange(20).reshape(5, 4)
MOVED: dict[str, Callable[..., Any]] = {
    "cat": lambda x: torch.cat([x, WHOLE]) * torch.cat([WHOLE, x]),
    "stack": lambda x: torch.stack([x, WHOLE]),
    "block": lambda x: torch.block_diag(x, WHOLE),
    "slice": lambda x: torch.slice_scatter(x, WHOLE[:2], 0, 1, 3),
    "select": lambda x: torch.select_scatter(x, WHOLE[0], 0, 1),
    "diagonal": lambda x: torch.diagonal_scatter(x, WHOLE[0]),
    "put": lambda x: x.index_put((torch.tensor([1, 3]),), torch.tensor(7.0, dtype=x.dtype)),
    "where": lambda x: torch.where(WHOLE > 5, x, WHOLE),
}


@pytest.mark.parametrize("name", MOVED)
def test_integers_among_numbers_are_moved_as_numbers(name: str) -> None:
    check(MOVED[name], {"x": (5, 4)})


def test_a_rule_that_moves_other_elements_than_the_library_is_opaque(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "flip", lambda w, x, _: w.of(x))
    found = recorded(lambda x: x.flip(0), drawn({"x": (5, 4)}, 0, torch.float64), backward=False)
    assert found.unread == {"aten.flip.default": 1}


def test_negative_numbers_have_powers_of_several_exponents() -> None:
    exponents = torch.tensor([1.0, 2.0, 3.0, 0.0], dtype=torch.float64)
    check(lambda x: x**exponents, {"x": (5, 4)})


@pytest.mark.parametrize("how", ["add", "multiply"])
def test_one_number_is_added_at_places(how: str) -> None:
    index = torch.tensor([[0, 1, 1, 0]])
    given = drawn({"x": (4, 4)}, 0, torch.float64)  # torch has no gradient of it
    found = recorded(lambda x: x.scatter(0, index, 2.0, reduce=how), given, backward=False)
    assert not found.unread


def test_what_draws_numbers_is_not_run_twice() -> None:
    """Its parts would draw others, and change what the program draws next."""
    given = drawn({"x": (5, 4)}, 0, torch.float64)

    def program(x: Any) -> Any:
        torch.manual_seed(0)
        return torch.normal(x, 2.0) + torch.randn(5, 4, dtype=torch.float64)

    found = recorded(program, given, backward=False)
    assert found.unread == {"aten.normal.Tensor_float": 1}
    np.testing.assert_array_equal(found.values[found.calls[0].results["out"]], program(**given))


@pytest.mark.filterwarnings("ignore")  # torch's own, of scripting
def test_derivatives_forward_and_what_no_kernel_moves() -> None:
    def slopes(x: Any) -> Any:
        return torch.func.jvp(lambda y: torch.softmax(y @ y.mT, -1), (x,), (torch.ones_like(x),))[1]

    check(slopes, {"x": (5, 4)}, backward=False)
    check(lambda x: F.unfold(x[None], (2, 3))[0], {"x": (2, 5, 4)})
    check(lambda x: torch.sgn(x) * x, {"x": (5, 4)})


def paged(query: Any, key: Any) -> Any:
    """Pages written one after another into memory that is only allocated, and read in another order."""
    pages, order = torch.empty(3, 2, 4, dtype=key.dtype), torch.tensor([2, 0, 1])
    pages[order] = key.reshape(3, 2, 4)
    return query @ pages[order].reshape(6, 4).mT


def test_memory_that_is_written_whole_has_no_gap() -> None:
    shapes = {"query": (5, 4), "key": (6, 4)}
    check(paged, shapes)
    check(lambda query, key: torch.addmm(torch.empty(5, 6, dtype=key.dtype), query, key.mT, beta=0, alpha=2), shapes)
    part = recorded(lambda query: torch.empty(6, 4, dtype=query.dtype).index_copy_(0, torch.arange(5), query),
                    drawn({"query": (5, 4)}, 0, torch.float64), backward=False)  # fmt: skip
    assert part.unread == {"memory that was never written": 1}
