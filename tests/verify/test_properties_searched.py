"""Low scores beside a mask, and scores beyond exp, of scores that are known as a formula only."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch
from torch import Tensor

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.composing.searched import searched
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.outcome import FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.targets import Target, torch_target

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "docs" / "examples"
SETTING: Final = Setting("some", 3, 6, 4, 4, 4, 2, (2,))
LOW: Final = PROPERTIES["low visible scores"]
RANGE: Final = PROPERTIES["range through query and key"]
OWN: Final = """
from sympy import tanh
from attnproof.derivations.language.notation import D, I, J, R
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K, QUERY_SHARED as Q, SCORES
from attnproof.derivations.scores.own import score

near = score("near", [Q, K], [Equation(SCORES, (I, J), -total((Q[I, R] - K[J, R])**2, (R, D)))])
square = score("square", [Q, K], [Equation(SCORES, (I, J), total(Q[I, R] * K[J, R], (R, D))**2)])
bounded = score("bounded", [Q, K], [Equation(SCORES, (I, J), tanh(total(Q[I, R] * K[J, R], (R, D))))])
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("scores") / "own.py"
    path.write_text(OWN, encoding="utf-8")
    return str(path)


def near(query: Tensor, key: Tensor) -> Tensor:
    return -(query[..., :, None, :] - key[..., None, :, :]).square().sum(-1)


def cosine(query: Tensor, key: Tensor, temperature: Tensor) -> Tensor:
    lengths = query.norm(dim=-1)[..., :, None] * key.norm(dim=-1)[..., None, :]
    return query @ key.mT / lengths / temperature


def attention(
    score: Callable[..., Tensor], fill: float | str = -math.inf, *, exponentials: bool = False
) -> Callable[..., Tensor]:
    def attend(
        query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None, causal: bool = False, **more: Tensor
    ) -> Tensor:
        scores = score(query, key, **more)
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool)
        if causal:
            seen = seen.tril(scores.shape[-1] - scores.shape[-2])
        if mask is not None:
            seen = seen & mask
        if fill == "added":
            scores = scores + seen.logical_not() * -1e9
        else:
            scores = scores.masked_fill(~seen, torch.finfo(scores.dtype).min if fill == "least" else float(fill))
        if exponentials:
            return scores.exp() / scores.exp().sum(-1, keepdim=True) @ value
        return scores.softmax(-1) @ value

    return attend


def outcomes(property_: Any, target: Target, dtype: str) -> set[str]:
    draws = property_.draws(target, "standard", dtype, "cpu", 0)
    return {finding.outcome for draw in draws for finding in property_.finds(target, draw)}


@pytest.mark.parametrize("score", ["near", "cosine", "additive", "square"])
@pytest.mark.parametrize("dtype", ["fp32", "fp64"])
def test_scores_are_as_low_and_as_high_as_they_are_said_to_be(score: str, dtype: str, own: str) -> None:
    name = f"{EXAMPLES}/cosine.py:cosine" if score == "cosine" else score if score == "additive" else f"{own}:{score}"
    found = searched(name, SETTING, dtype, backend("torch", dtype, "cpu"), 0)
    assert bool(found.low) == (score != "square")
    assert bool(found.high) == (score != "near")
    base = make_case(name, SETTING, "normal", dtype, 0)
    high = np.array([[True, False] * 3, [False, True] * 3])
    for each in found.low:
        scores = certain(base.having(**each.of(base, high)), ("scores",))["scores"].midpoint()
        least = scores[np.broadcast_to(~high[:, None], scores.shape)]
        assert -(2.0 ** (each.exponent + 1)) < least.max() <= -(2.0**each.exponent)
        assert scores[np.broadcast_to(high[:, None], scores.shape)].min() - least.max() > 2.0 ** (each.exponent - 1)
    for each in found.high:
        scores = certain(base.having(**each.of(base, ~high | high)), ("scores",))["scores"].midpoint()
        assert 2.0**each.exponent <= scores.min() < 2.0 ** (each.exponent + 1)


@pytest.mark.parametrize(
    ("fill", "outcome"),
    [(-1e4, FAIL), (-1e9, FAIL), ("added", FAIL), ("least", PASS), (-math.inf, PASS)],
)
@pytest.mark.parametrize("score", ["near", "cosine"])
@pytest.mark.parametrize("takes", ["mask", "causal"])
def test_a_finite_number_that_masks_is_above_scores_of_any_formula(
    fill: float | str, outcome: str, score: str, takes: str, own: str
) -> None:
    name = f"{own}:near" if score == "near" else f"{EXAMPLES}/cosine.py:cosine"
    function = attention(near if score == "near" else cosine, fill)
    target = torch_target("masks", name, function, takes=(takes,))
    assert LOW.applies(target) is None
    assert outcomes(LOW, target, "fp32") == {outcome}


def test_where_no_score_is_low_that_is_said(own: str) -> None:
    def bounded(query: Tensor, key: Tensor) -> Tensor:
        return (query @ key.mT).tanh()

    target = torch_target("masks", f"{own}:bounded", attention(bounded, -1e4), takes=("mask",))
    found = [f for d in LOW.draws(target, "standard", "fp32", "cpu", 0) for f in LOW.finds(target, d)]
    assert [finding.outcome for finding in found] == [PASS, UNSUPPORTED]
    assert "no numbers were found at which this score is −2^15 in fp32; the least is −2^0" in str(found[1].reason)
    assert outcomes(RANGE, target, "fp32") == {UNSUPPORTED}


def test_exponentials_of_scores_of_any_formula_leave_the_range(own: str) -> None:
    def square(query: Tensor, key: Tensor) -> Tensor:
        return (query @ key.mT).square()

    for score, function in (("near", near), ("square", square)):
        wrong = torch_target("wrong", f"{own}:{score}", attention(function, exponentials=True))
        right = torch_target("right", f"{own}:{score}", attention(function))
        assert (FAIL in outcomes(RANGE, wrong, "fp32"), FAIL in outcomes(RANGE, right, "fp32")) == (True, False), score


def test_widths_that_are_one_number_are_no_reason_not_to_ask() -> None:
    def additive(query: Tensor, key: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
        return torch.tanh((query @ weight_query.mT)[..., :, None, :] + (key @ weight_key.mT)[..., None, :, :]) @ v

    for fill, outcome in ((-1e4, FAIL), (-math.inf, PASS)):
        function = attention(additive, fill)
        target = torch_target("one width", "additive", function, takes=("mask",), equal=(("d_q", "d_k", "d_a"),))
        assert outcomes(LOW, target, "fp32") == {outcome}
