"""What a user's score is asked for beside its formula, where that allows it: a scale, rotary positions, scores of any
size.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.derivations.attention.rotary import rotates
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.linear import linear_inputs
from attnproof.derivations.scores.own import family
from attnproof.verify.checking.check import check
from attnproof.verify.checking.report import Report

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
WEIGHTED = """
from sympy import Abs, sqrt, tanh
from attnproof.derivations.language.notation import D, I, J, R
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K, QUERY_SHARED as Q, SCORES
from attnproof.derivations.scores.own import parameter, score

W = parameter("weights_of_features", "w", D)
weighted = score("weighted", [Q, K, W], [Equation(SCORES, (I, J), total(W[R] * Q[I, R] * K[J, R], (R, D)) / sqrt(D))])
squared = score("squared", [Q, K], [Equation(SCORES, (I, J), sqrt(total(Q[I, R]**2 * K[J, R]**2, (R, D))))])
"""


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scores") / "own.py"
    path.write_text(WEIGHTED, encoding="utf-8")
    return path


def test_what_a_score_is_linear_in(scores: Path) -> None:
    assert [linear_inputs(each)[:1] for each in FAMILIES.values()] == [
        ("v",) if name in ("additive", "concat") else ("query",) for name in FAMILIES
    ]
    assert linear_inputs(FAMILIES["bilinear"]) == ("query", "key", "weight")
    assert linear_inputs(FAMILIES["additive"]) == ("v",)
    assert linear_inputs(family(f"{scores}:weighted")) == ("query", "key", "weights_of_features")
    assert linear_inputs(family(f"{scores}:squared")) == ()  # of even sign
    assert linear_inputs(family(f"{EXAMPLES}/cosine.py:cosine")) == ()
    assert linear_inputs(family(f"{EXAMPLES}/gatv2.py:gatv2")) == ("v",)


def test_which_scores_have_rotary_positions(scores: Path) -> None:
    assert [name for name, each in FAMILIES.items() if rotates(each)] == ["dot", "scaled_dot"]
    assert rotates(family(f"{scores}:weighted"))
    assert not rotates(family(f"{EXAMPLES}/gatv2.py:gatv2"))


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    one, two = x.chunk(2, -1)
    return torch.cat([one * cos - two * sin, two * cos + one * sin], -1)


def weighted(wrong: str = "") -> Any:
    def attend(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        weights_of_features: Tensor,
        scale: float = 1.0,
        cos_query: Tensor | None = None,
        sin_query: Tensor | None = None,
        cos_key: Tensor | None = None,
        sin_key: Tensor | None = None,
    ) -> Tensor:
        if cos_query is not None and sin_query is not None and cos_key is not None and sin_key is not None:
            query, key = (
                turned(query, cos_query, sin_query),
                turned(key, cos_key, -sin_key if wrong == "turn" else sin_key),
            )
        scores = (query * weights_of_features) @ key.mT * (abs(scale) if wrong == "scale" else scale)
        scores = scores / math.sqrt(query.shape[-1])
        if wrong == "range":
            powers = scores.exp()
            return powers / powers.sum(-1, keepdim=True) @ value
        return scores.softmax(-1) @ value

    return attend


ASKED = ("algebra", "scale", "rotary positions", "pairs of features", "range through query and key")


def checked(function: Any, score: str, **how: Any) -> Report:
    usual: dict[str, Any] = {"profile": "quick", "dtypes": ("fp64",), "properties": ASKED, "shrink": False}
    return check(function, score, takes=("scale", "rotary"), **(usual | how))


def test_right_ones_pass_everything(scores: Path) -> None:
    found = checked(weighted(), f"{scores}:weighted")
    assert found.ok, found.summary()
    assert {each.property: each.outcome for each in found.verdicts} == dict.fromkeys(ASKED, "pass")


@pytest.mark.parametrize(
    ("wrong", "properties"),
    [("scale", "scale"), ("turn", "rotary positions"), ("range", "range through query and key")],
)
def test_wrong_ones_are_caught(scores: Path, wrong: str, properties: str) -> None:
    found = checked(weighted(wrong), f"{scores}:weighted", properties=(properties,))
    assert [each.outcome for each in found.verdicts] == ["fail"], found.summary()


def test_a_scale_of_the_bilinear_score() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, weight: Tensor, scale: float = 1.0) -> Tensor:
        return (scale * (query @ weight @ key.mT)).softmax(-1) @ value

    found = check(
        attend,
        "bilinear",
        takes=("scale",),
        profile="quick",
        dtypes=("fp64",),
        properties=("scale", "overflow of the product"),
        shrink=False,
    )
    assert found.ok, found.summary()
