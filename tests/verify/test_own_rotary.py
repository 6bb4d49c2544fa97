"""Rotary positions that a target makes itself: found, judged with its own tables, and their angles looked at."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from parameters import ordinary

from attnproof.verify.checking.check import check
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.reading import read
from attnproof.verify.checking.turning import turning
from attnproof.verify.composing.angles import base_of, wrong

ASKED = ("algebra", "values", "gradient subsets", "rotary angles", "pairs of features", "range through query and key")
Turn = Callable[[torch.Tensor, int], torch.Tensor]


def _angles(x: torch.Tensor, first: int, base: float = 10000.0) -> torch.Tensor:
    speeds = base ** (-torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1])
    return torch.outer(torch.arange(first, first + x.shape[-2], dtype=torch.float64), speeds).to(x.dtype)


def half_split(x: torch.Tensor, first: int) -> torch.Tensor:
    angles = torch.cat((_angles(x, first),) * 2, -1)
    one, other = x.chunk(2, -1)
    return x * angles.cos() + torch.cat((-other, one), -1) * angles.sin()


def in_complex_numbers(x: torch.Tensor, first: int) -> torch.Tensor:
    angles = _angles(x, first)
    turn = torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2)) * turn).flatten(-2)


def half_of_it(x: torch.Tensor, first: int) -> torch.Tensor:
    wide = x.shape[-1] // 2
    return torch.cat((half_split(x[..., :wide], first), x[..., wide:]), -1)


def frequencies_of_the_other_kind(x: torch.Tensor, first: int) -> torch.Tensor:
    angles = _angles(x, first).repeat_interleave(2, -1)
    one, other = x.chunk(2, -1)
    return x * angles.cos() + torch.cat((-other, one), -1) * angles.sin()


def standing_still(x: torch.Tensor, first: int) -> torch.Tensor:
    del first
    return x


def longer(x: torch.Tensor, first: int) -> torch.Tensor:
    return 1.25 * half_split(x, first)


def uneven(x: torch.Tensor, first: int) -> torch.Tensor:
    angles = torch.cat((_angles(x, first) ** 2,) * 2, -1)
    one, other = x.chunk(2, -1)
    return x * angles.cos() + torch.cat((-other, one), -1) * angles.sin()


def attending(turn_query: Turn, turn_key: Turn, first: Callable[[int, int], int] = lambda n_q, n_k: n_k - n_q) -> Any:
    def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        q, k = turn_query(query, first(query.shape[-2], key.shape[-2])), turn_key(key, 0)
        return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ value

    return attend


def _checked(function: Any, **how: Any) -> Any:
    return check(function, "scaled_dot", profile="quick", properties=ASKED, shrink=False, **how)


@pytest.mark.parametrize("turn", ordinary((half_split, in_complex_numbers, half_of_it), half_split))
def test_right_rotations_pass(turn: Turn) -> None:
    found = _checked(attending(turn, turn), dtypes=("fp64",))
    assert found.ok, found.summary()
    assert {each.outcome for each in found.findings if each.property == "rotary angles"} == {"pass"}
    assert found.observed["rotary base"] == "10000"
    algebra = [each for each in found.findings if each.property == "algebra" and each.outcome == "pass"]
    assert algebra


@pytest.mark.parametrize("dtype", ordinary(("bf16", "fp32"), "fp32"))
def test_tables_in_single_precision_are_what_they_are(dtype: str) -> None:
    def turn(x: torch.Tensor, first: int) -> torch.Tensor:
        return half_split(x.float(), first).to(x.dtype)

    found = _checked(attending(turn, turn), dtypes=(dtype,))
    assert found.ok, found.summary()


@pytest.mark.parametrize(
    ("query", "key", "words"),
    [
        (standing_still, half_split, "keys are turned, and queries are not"),
        pytest.param(half_split, standing_still, "queries are turned, and keys are not", marks=pytest.mark.slow),
        pytest.param(uneven, uneven, "angles of keys do not grow evenly with the position", marks=pytest.mark.slow),
    ],
)
def test_angles_of_no_position_are_named(query: Turn, key: Turn, words: str) -> None:
    found = _checked(attending(query, key), dtypes=("fp64",))
    assert not found.ok
    assert words in found.diagnosis


@pytest.mark.parametrize("turn", ordinary((frequencies_of_the_other_kind, longer), frequencies_of_the_other_kind))
def test_what_is_no_rotation_is_a_wrong_formula(turn: Turn) -> None:
    found = _checked(attending(turn, turn), dtypes=("fp64",))
    assert "FAULT FOUND (algebra)" in found.diagnosis


def test_where_queries_stand_is_a_matter_of_the_contract() -> None:
    top = attending(half_split, half_split, lambda n_q, n_k: 0)
    assert _checked(top, dtypes=("fp64",)).ok
    found = _checked(top, dtypes=("fp64",), contract={"causal": "bottom-right"})
    assert "the first query stands where key 0 does" in found.summary()
    off = attending(half_split, half_split, lambda n_q, n_k: n_k)
    assert "the first query stands where key 5 does" in _checked(off, dtypes=("fp64",)).summary()


def _with_more_queries(function: Any) -> set[str]:
    asked = ("pairs of features", "combinations")
    found = check(function, "scaled_dot", profile="quick", properties=asked, shrink=False, dtypes=("fp64",))
    told = [each for each in found.findings if "more queries" in str(each.reason)]
    assert told, found.summary()
    return {each.outcome for each in told}


def _by_a_table(x: torch.Tensor, first: int) -> torch.Tensor:
    angles = _angles(x.new_zeros(99, x.shape[-1]), 0)[first : first + x.shape[-2]]
    whole = torch.cat((angles,) * 2, -1)
    one, other = x.chunk(2, -1)
    return x * whole.cos() + torch.cat((-other, one), -1) * whole.sin()


def test_the_end_of_a_table_is_no_error_where_queries_stand_before_every_key() -> None:
    attend = attending(_by_a_table, _by_a_table)

    def broken(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        if query.shape[-2] > key.shape[-2]:
            query.mT @ query.mT @ query.mT  # shapes that do not fit, elsewhere than at a table
        return attend(query, key, value)

    assert _with_more_queries(attend) == {"unsupported"}
    assert "error" in _with_more_queries(broken)


def test_a_path_that_does_not_turn_is_found() -> None:
    turned, plain = attending(half_split, half_split), attending(standing_still, standing_still)

    def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        return (plain if query.shape[-2] == 1 else turned)(query, key, value)

    assert not _checked(attend, dtypes=("fp64",)).ok


def test_who_turns_nothing_has_no_tables() -> None:
    plain = attending(standing_still, standing_still)
    assert turning(make_target(Declaration("plain", "scaled_dot"), plain)).tables is None


def test_numpy() -> None:
    def turn(x: Any, first: int) -> Any:
        angles = np.arange(first, first + x.shape[-2])[:, None] * 100.0 ** (-np.arange(0, x.shape[-1], 2) / x.shape[-1])
        out = np.empty_like(x)
        out[..., 0::2] = x[..., 0::2] * np.cos(angles) - x[..., 1::2] * np.sin(angles)
        out[..., 1::2] = x[..., 0::2] * np.sin(angles) + x[..., 1::2] * np.cos(angles)
        return out

    def attend(query: Any, key: Any, value: Any) -> Any:
        q, k = turn(query, key.shape[-2] - query.shape[-2]), turn(key, 0)
        scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True) @ value

    found = _checked(attend, dtypes=("fp64",), framework="numpy")
    assert found.ok, found.summary()
    assert found.observed["rotary base"] == "100"
    assert read(attend, framework="numpy").equal


def _turned_in_complex_numbers(x: Any, cis: Any, how: str) -> Any:
    if how == "views":
        return (np.ascontiguousarray(x).view(np.complex128) * cis).view(np.float64)
    whole = (x[..., 0::2] + 1j * x[..., 1::2]) * (cis if how == "products" else np.conj(np.conj(cis)))
    pairs = np.stack([whole.real, np.imag(whole)], -1)
    return pairs.reshape(x.shape)


@pytest.mark.parametrize("how", ordinary(("products", "views", "conjugates"), "views"))
def test_numpys_complex_numbers(how: str) -> None:
    def attend(query: Any, key: Any, value: Any) -> Any:
        n_q, n_k, width = query.shape[-2], key.shape[-2], query.shape[-1]
        cis = np.exp(1j * np.outer(np.arange(n_k - n_q, n_k), 100.0 ** (-np.arange(0, width, 2) / width)))
        whole = np.exp(1j * np.outer(np.arange(n_k), 100.0 ** (-np.arange(0, width, 2) / width)))
        q, k = _turned_in_complex_numbers(query, cis, how), _turned_in_complex_numbers(key, whole, how)
        scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(width)
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True) @ value

    found = _checked(attend, dtypes=("fp64",), framework="numpy")
    assert found.ok, found.summary()
    assert found.observed["rotary base"] == "100"
    assert not [each for each in found.findings if each.property == "algebra" and each.outcome != "pass"]
    assert read(attend, framework="numpy").equal


@pytest.mark.parametrize("turn", [half_split, in_complex_numbers])
def test_read_proves_them_with_gradients(turn: Turn) -> None:
    found = read(attending(turn, turn))
    assert found.equal
    assert set(found.gradients.values()) == {"equal"}
    assert "rotary positions of its own" in found.text()
    assert "base 10000" in found.text()


def test_read_says_what_is_no_rotation() -> None:
    found = read(attending(uneven, uneven), "scaled_dot")
    assert found.verdict == "different"
    assert found.differences == ("rotary positions: angles of keys do not grow evenly with the position",)
    assert read(attending(longer, longer), "scaled_dot").verdict == "different"


def test_the_law_of_angles() -> None:
    speeds = 10000.0 ** (-np.arange(4) / 4)
    keys, queries = (np.arange(*ends)[:, None] * speeds for ends in ((0, 6), (3, 6)))

    def tables(q: Any, k: Any) -> dict[str, Any]:
        return {"cos_query": np.cos(q), "sin_query": np.sin(q), "cos_key": np.cos(k), "sin_key": np.sin(k)}

    assert not list(wrong(tables(queries, keys), "bottom-right"))
    assert base_of(tables(queries, keys)) == "10000"
    assert list(wrong(tables(queries, keys), "top-left"))
    assert list(wrong(tables(queries + 1e-9, keys), ""))
    assert list(wrong(tables(queries * 2, keys), ""))


def test_what_fails_in_range_is_no_crash_of_what_is_offered_to_try() -> None:
    """Another share of the features that turns needs other widths, at which nothing steers scores."""

    def without_maximum(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        weights = (half_split(query, 0) @ half_split(key, 0).mT / math.sqrt(query.shape[-1])).exp()
        return weights / weights.sum(-1, keepdim=True) @ value

    asked = ("range through query and key",)
    report = check(without_maximum, "scaled_dot", profile="quick", properties=asked, dtypes=("fp64",))
    assert "FAULT FOUND" in report.summary()
