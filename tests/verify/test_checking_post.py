"""What is made of the context, as part of the formula: right ones equal the derivation, wrong ones are told from it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest
import torch

import attnproof
from attnproof.derivations.language.tensors import QUERY_SHARED
from attnproof.derivations.scores.following import followed
from attnproof.derivations.scores.post import PostError, parameters
from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.bounds import bounds
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.replaying import load
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified

LUONG: Final = "tanh(weight_c [context query])"
GATED: Final = "sigmoid(weight_g query + bias_g) * context - weight_o relu(context)"
ASKED: Final[dict[str, Any]] = {"profile": "quick", "dtypes": ("fp64",), "properties": ("algebra",), "shrink": False}


def attended(query, key, value):
    return torch.softmax(query @ key.mT / query.shape[-1] ** 0.5, -1) @ value


def luong(query, key, value, weight_c):
    return torch.tanh(torch.cat([attended(query, key, value), query], -1) @ weight_c.mT)


def other_order(query, key, value, weight_c):
    return torch.tanh(torch.cat([query, attended(query, key, value)], -1) @ weight_c.mT)


def no_tanh(query, key, value, weight_c):
    return torch.cat([attended(query, key, value), query], -1) @ weight_c.mT


def gated(query, key, value, weight_g, bias_g, weight_o):
    context = attended(query, key, value)
    return torch.sigmoid(query @ weight_g.mT + bias_g) * context - torch.relu(context) @ weight_o.mT


def no_bias(query, key, value, weight_g, bias_g, weight_o):
    return gated(query, key, value, weight_g, torch.zeros_like(bias_g), weight_o)


class Luong(torch.nn.Module):
    def __init__(self, d: int, v: int) -> None:
        super().__init__()
        self.out = torch.nn.Linear(d + v, v, bias=False)

    def forward(self, query, key, value):
        return torch.tanh(self.out(torch.cat([attended(query, key, value), query], -1)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("post", "right", "wrong"), [(LUONG, luong, other_order), (LUONG, luong, no_tanh), (GATED, gated, no_bias)]
)
def test_right_ones_and_wrong_ones(post: str, right: Any, wrong: Any) -> None:
    report = attnproof.check(right, "scaled_dot", post=post, **ASKED)
    assert report.ok, report.summary()
    assert f"as scaled_dot | softmax | {post}: NO FAULT FOUND" in report.diagnosis
    assert any(finding.quantity.startswith("grad.weight_") for finding in report.findings)
    report = attnproof.check(wrong, "scaled_dot", post=post, **ASKED)
    assert "FAULT FOUND (algebra)" in report.diagnosis


def test_a_modules_parameter_is_filled_and_its_gradient_judged() -> None:
    declared: dict[str, Any] = {"build": "d=d, v=v", "parameters": ("out.weight=weight_c",), "post": LUONG}
    asked = {**ASKED, "properties": ("gradient subsets",)}
    report = attnproof.check(Luong, "scaled_dot", **declared, **asked)
    assert report.ok, report.summary()
    report = attnproof.check(Luong, "scaled_dot", **(declared | {"post": "tanh(weight_c [query context])"}), **asked)
    assert not report.ok


@pytest.mark.parametrize("dtype", ["fp64", "fp32"])
@pytest.mark.parametrize(("post", "function"), [(LUONG, luong), (GATED, gated)])
def test_values_and_gradients_are_within_their_bounds(post: str, function: Any, dtype: str) -> None:
    case = make_case(followed("scaled_dot", post=post), SETTINGS["base"], "normal", dtype, 2)
    kind = {"fp64": torch.float64, "fp32": torch.float32}[dtype]
    given = {name: torch.tensor(value, dtype=kind, requires_grad=True) for name, value in case.inputs.items()}
    context = function(**given)
    parts = torch.autograd.grad(context, list(given.values()), torch.tensor(case.grad_context, dtype=kind))
    got = {"context": context} | {f"grad.{name}": part for name, part in zip(given, parts, strict=True)}
    limits = bounds(case, backend("torch", dtype, "cpu", documented=True))
    exact = certified(case, {name: limits[name].bound for name in got})
    for name, value in got.items():
        array = value.detach().numpy().astype(np.float64)
        assert limits[name].meaningful
        assert exact[name].within(array, limits[name].bound).all(), name
        assert not exact[name].within(array * (1 + 2.0**-12), limits[name].bound).all(), name


def test_shapes_and_letters() -> None:
    shapes = {tensor.name: str(tensor.shape) for tensor in parameters(GATED, QUERY_SHARED)}
    assert shapes == {"weight_g": "(d_v, d)", "bias_g": "(d_v,)", "weight_o": "(d_v, d_v)"}
    assert Declaration("a:b", "dot", post=f" {LUONG} ").formula == followed("dot", post=LUONG)
    assert "weight_c" in Declaration("a:b", "dot", post=LUONG).symbols


@pytest.mark.parametrize(
    ("post", "says"),
    [
        ("tanh(weight_c [context query]", "a bracket is not closed"),
        ("tanh weight_c context", r"expected tanh\(…\)"),
        ("weight_c query", "nothing is made of the context"),
        ("context query", "'query' is left over"),
        ("query + context", "'query' stands where"),
        ("w context + w [context query]", "'w' stands for two shapes"),
        ("w [context, query]", "cannot read ', query]'"),
        ("w [context b]", "between brackets stand context and query"),
        ("bias + context", "'bias' is a tensor of the layer"),
        ("context | context", "cannot read"),
        ("context +", "the end"),
        ("w " * 200, "at most 200 characters"),
    ],
)
def test_what_is_no_expression_is_refused(post: str, says: str) -> None:
    with pytest.raises(PostError, match=says):
        Declaration("a:b", "dot", post=post)


def test_a_post_needs_a_context() -> None:
    with pytest.raises(ValueError, match="no output is declared as it"):
        Declaration("a:b", "dot", post=LUONG, outputs=("weights=0",))


def test_a_replay_file_has_it(tmp_path: Any) -> None:
    asked = {**ASKED, "properties": ("gradient subsets",), "shrink": True, "save_to": tmp_path}
    report = attnproof.check(no_tanh, "scaled_dot", post=LUONG, **asked)
    (file,) = report.files.values()
    saved = load(tmp_path / file)
    declared = saved.declaration({"target": "a:b"})
    assert declared.formula == followed("scaled_dot", post=LUONG)
    assert "weight_c" in saved.case(declared.formula).inputs
