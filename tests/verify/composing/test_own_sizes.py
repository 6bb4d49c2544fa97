"""The numbers that a program brings itself are found wherever they stand, and asked around."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pytest
import torch

from attnproof.impl.reference.numpy_attention import attention
from attnproof.verify.composing.compose import compose
from attnproof.verify.composing.constants import constants_of
from attnproof.verify.composing.own_sizes import SMALL, numbers_in, own_rows
from attnproof.verify.composing.plan import first_words
from attnproof.verify.composing.row import Row
from attnproof.verify.faults import parts
from attnproof.verify.reading.recorded import ask_recorded
from attnproof.verify.targets import numpy_target, torch_target

BLOCK: Final = 128
SETTINGS: Final = SimpleNamespace(tile=96)
TABLE: Final = {"warps": [11, 13]}


class _Kernel(torch.autograd.Function):
    WIDTH = 72

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 7.5

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad if grad.shape[-1] < 65536 else 2 * grad


def _helper(x: torch.Tensor, cap: float = 50.0, *, window: int = 17) -> torch.Tensor:
    return x.clamp(-30.5, 30.5)[..., : BLOCK + SETTINGS.tile]


def _made(group: int) -> Any:
    def function(query: Any, key: Any, value: Any) -> Any:
        wide = [x for x in (query,) if x.shape[-1] > 33 and TABLE]
        return _Kernel.apply(_helper(wide[group]))

    return function


class _Module(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.limit = 77
        self.inside = _made(19)

    def forward(self, query: Any, key: Any, value: Any) -> Any:
        return self.inside(query, key, value) + self.limit


EVERYTHING: Final = {11, 13, 17, 33, 50, 72, 96, 128, 65536}


@pytest.mark.parametrize(
    ("thing", "own"),
    [
        (_made(19), 19),
        (partial(_made(19), None), 19),
        (_Module(), 77),
        (_Module, 77),
        (torch.vmap(_made(19)), 19),
        (torch_target("x", "dot", _made(19)).ask, 19),
        (numpy_target("x", "dot", _made(19), _made(23)).ask, 23),
    ],
    ids=["function", "partial", "object", "class", "vmap", "torch target", "NumPy target with backward"],
)
def test_constants_are_found_wherever_they_stand(thing: Any, own: int) -> None:
    found = constants_of(thing)
    if thing is _Module:  # what its constructor would set is not there yet
        assert {77, 19} <= set(found.integers)
    assert EVERYTHING | {own} <= set(found.integers)
    assert {7.5, 30.5, -30.5, 50.0} <= set(found.floats)
    assert found.complete
    assert found.integers[BLOCK].endswith("BLOCK")


def test_a_jitted_function_is_looked_into() -> None:
    jax = pytest.importorskip("jax")
    assert set(constants_of(jax.jit(_made(19))).integers) >= EVERYTHING


def _scripted(x: torch.Tensor) -> torch.Tensor:
    if x.size(0) > 37:
        for _ in range(x.size(1)):
            x = x * 0.375 if x.size(1) > 50 else x
    return x


class _Limited(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.limit = 79

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.limit if x.size(0) > 41 else x


@pytest.mark.parametrize(
    ("made", "own"),
    [
        (lambda: torch.jit.script(_scripted), {37, 50, 0.375}),
        (lambda: torch.jit.script(_Limited()), {41, 79}),
        (lambda: torch.jit.script(torch.nn.Sequential(_Limited())), {41, 79}),
        (lambda: torch.jit.trace(lambda x: x * 3.25 + 13, torch.ones(3)), {13, 3.25}),
    ],
    ids=["function", "module", "module in a module", "trace"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_torch_has_compiled_is_looked_into(made: Any, own: set[float]) -> None:
    found = constants_of(partial(made(), None))
    assert {*found.integers, *found.floats} == own


def test_a_class_that_keeps_its_module_elsewhere_is_looked_into() -> None:
    """Some packages make types whose ``__module__`` is a descriptor and no text."""
    odd = type("Odd", (), {"__module__": property(lambda _: "odd")})()
    odd.limit = 61
    assert 61 in constants_of(partial(lambda x, held: x, held=odd)).integers


def test_a_library_is_not_looked_into() -> None:
    assert not constants_of(torch.nn.functional.softmax).integers
    assert max(constants_of(parts.assemble()).integers, default=0) <= 4
    assert "torch" in sys.modules


TARGET: Final = parts.target("blocks", _made(19), takes=("mask", "causal"))
CHOICE: Final = first_words({"causal": "bottom-right"})


def test_sizes_around_every_constant_are_asked() -> None:
    own = own_rows(TARGET, CHOICE, constants_of(TARGET.ask))
    for c in (17, 33, 128):
        wanted = {c - 1, c, c + 1, 2 * c + 1}
        assert wanted <= {row.setting.n_k for row in own.rows if row.setting.n_q == 2}
        assert wanted <= {row.setting.n_k for row in own.rows if row.setting.n_q == row.setting.n_k}
        assert wanted <= {row.setting.d_q for row in own.rows} & {row.setting.d_v for row in own.rows}
        assert wanted <= {row.setting.batch[0] for row in own.rows}
    assert {65535, 65537} <= {row.setting.n_k for row in own.rows}
    assert not {row.setting.n_k for row in own.rows if row.setting.n_q == row.setting.n_k} & {65536}
    assert any("n_q = n_k = 65536" in words for words in own.not_tried)
    assert all(numbers_in(TARGET, row.setting) <= 2**20 for row in own.rows)
    assert len({row.number for row in own.rows}) == len(own.rows)


def test_a_module_that_is_built_for_a_width_has_projections_of_that_width() -> None:
    wide = replace(SMALL, d_q=9999, d_k=9999, d_v=9999)
    plain = replace(TARGET, headed=True)
    built = replace(plain, built=True)
    assert numbers_in(built, wide) - numbers_in(plain, wide) == (4 * 9999) ** 2
    assert numbers_in(replace(built, headed=False), wide) - numbers_in(plain, wide) == 9999**2
    sizes = {row.setting.d_q for row in own_rows(built, CHOICE, constants_of(TARGET.ask)).rows}
    assert {127, 128, 129} <= sizes
    assert max(sizes) < 300 < max(row.setting.d_q for row in own_rows(plain, CHOICE, constants_of(TARGET.ask)).rows)


def test_every_size_is_asked_with_features_too() -> None:
    own = own_rows(TARGET, CHOICE, constants_of(TARGET.ask))
    assert {tuple(row.features) for row in own.rows if row.setting.n_k == 129} == {("mask", "causal"), ()}


@pytest.mark.parametrize("score", ["scaled_dot", "bilinear", "additive"])
def test_scores_reach_what_is_asked(score: str) -> None:
    target = torch_target("x", score, _made(19))
    rows = [row for row in own_rows(target, CHOICE, constants_of(target.ask)).rows if row.reach]
    assert {row.reach for row in rows} >= {1.25 * 30.5, 8 * 30.5, 1.25 * 50}
    for row in rows:
        question = compose(target, CHOICE, row)
        scores = attention(score, dict(question.case.inputs)).scores
        assert row.reach <= np.max(np.abs(scores)) < 2 * row.reach


def test_what_a_target_keeps_of_a_recorder_is_no_number_of_its_own() -> None:
    kept: list[object] = []

    def attend(query: Any, key: Any, value: Any, block: int = 37) -> Any:
        kept.append(query)
        weights = np.exp(query @ key.T)
        return weights / weights.sum(-1, keepdims=True) @ value

    target = numpy_target("keeping", "dot", attend)
    ask_recorded(target, [compose(target, CHOICE, Row(replace(SMALL, batch=()), gradients="none"))])
    assert type(kept[-1]) is not np.ndarray
    assert set(constants_of(target.ask).integers) == {37}
