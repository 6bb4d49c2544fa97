"""One width for query, key and hidden units; one tensor for key and value, or for all three: right ones pass, wrong
ones are caught, and gradients of one tensor are the sum over all that it stands for.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import attnproof
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.replaying import load
from attnproof.verify.composing.sizes import CLASSES, fitted
from attnproof.verify.inputs.case import Case
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.targets.target import Request, Unsupported

FEW = ("algebra", "values", "masks", "gradient subsets", "repeatable")


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    return (scores if mask is None else scores.masked_fill(~mask, -math.inf)).softmax(-1) @ value


def of_memory(query: Tensor, memory: Tensor, mask: Tensor | None = None) -> Tensor:
    return attend(query, memory, memory, mask)


def of_memory_detached(query: Tensor, memory: Tensor, mask: Tensor | None = None) -> Tensor:
    """The memory has the gradient of the values alone."""
    return attend(query, memory.detach(), memory, mask)


def of_one(x: Tensor, mask: Tensor | None = None) -> Tensor:
    return attend(x, x, x, mask)


def of_one_halved(x: Tensor, mask: Tensor | None = None) -> Tensor:
    return attend(x, x, 0.5 * x + 0.5 * x.detach(), mask)


def of_pair(x: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    return attend(x, x, value, mask)


def judged(function: Any, score: str = "scaled_dot", *names: str, **declared: Any) -> Any:
    options: dict[str, Any] = {"profile": "quick", "dtypes": ("fp64",), "shrink": False, "takes": ("mask",)}
    return attnproof.check(function, score, properties=names or FEW, **(options | declared))


@pytest.mark.parametrize(
    ("function", "same", "arguments", "wrong"),
    [
        (of_memory, "key=value", ("key=memory",), ""),
        (of_memory_detached, "value=key", ("key=memory",), "grad.key"),
        (of_one, "query=key=value", ("query=x",), ""),
        (of_one_halved, "query=key=value", ("query=x",), "grad.query"),
        (of_pair, "query=key", ("query=x",), ""),
    ],
)
def test_one_tensor(function: Any, same: str, arguments: tuple[str, ...], wrong: str) -> None:
    names = ("values",) if wrong else FEW
    report = judged(function, "scaled_dot", *names, same=(same,), arguments=arguments, shrink=bool(wrong))
    failing = {f.quantity for f in report.findings if f.outcome == "fail"}
    assert failing == ({wrong} if wrong else set()), report.summary()
    assert not report.of("error"), report.summary()
    assert [each["kind"] for each in report.plain()["properties"]] == ["algebra"] or not wrong
    root = "query" if "query" in same else "key"
    for name in () if wrong else ("values", "algebra"):
        assert f"grad.{root}" in {f.quantity for f in report.findings if f.outcome == "pass" and f.property == name}


def test_every_property_can_be_asked_of_one_tensor() -> None:
    takes = ("mask", "bias", "causal", "scale", "softcap", "sink", "lengths", "window", "dropout", "slopes")
    target = make_target(
        Declaration("x", "scaled_dot", same=("query=key=value",), arguments=("query=x",), takes=takes), of_one
    )
    for each in PROPERTIES.values():
        if each.applies(target) is None and each.name not in ("algebra", "pairs of features"):
            for draw in list(each.instances(target, "quick", "fp64", "cpu", 0))[:2]:
                assert draw.setting.n_q == draw.setting.n_k
                each.check(target, draw)  # of a target that takes none of these: raises nothing


class OneWidth(nn.Module):
    """Additive scores with one width for query, key and hidden units."""

    def __init__(self, width: int, sign: float = 1.0) -> None:
        super().__init__()
        self.of_query, self.of_key = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.v, self.sign = nn.Linear(width, 1, bias=False), sign

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        hidden = torch.tanh(self.of_query(query)[..., :, None, :] + self.sign * self.of_key(key)[..., None, :, :])
        return self.v(hidden)[..., 0].softmax(-1) @ value


@pytest.mark.parametrize(("sign", "right"), [("1.0", True), ("-1.0", False)])
def test_one_width(sign: str, right: bool, tmp_path: Path) -> None:
    report = judged(
        OneWidth,
        "additive",
        "values",
        *(("algebra", "combinations", "low visible scores") if right else ()),
        equal=("d_q=d_k=d_a",),
        build=f"width=d, sign={sign}",
        parameters=("of_query.weight=weight_query", "of_key.weight=weight_key", "v.weight=v"),
        takes=(),
        shrink=not right,
        save_to=None if right else tmp_path,
    )
    assert report.ok is right, report.summary()
    assert not report.of("error"), report.summary()
    for path in report.files.values():
        replay = load(Path(path))  # shapes and sizes go together, the equality with them
        assert replay.described["equal"] == ["d_q=d_k=d_a"]
        assert replay.draw.setting.d_q == replay.draw.setting.d_k == replay.draw.setting.d_a


def test_sizes_are_one_number_everywhere() -> None:
    target = make_target(Declaration("x", "additive", equal=("d_q=d_k", "d_a=d", "q=k")), attend)
    assert target.equal == (("d_a", "d_k", "d_q"), ("n_k", "n_q"))
    for each in CLASSES:
        found = fitted(target, each)
        assert found.d_q == found.d_k == found.d_a == each.d_q
        assert found.n_q == found.n_k == each.n_k
        assert found.d_v == each.d_v


def test_what_is_one_tensor_is_not_asked_with_two() -> None:
    target = make_target(Declaration("x", "dot", same=("key=value",), arguments=("key=memory",)), of_memory)
    inputs = {"query": np.ones((3, 4)), "key": np.ones((5, 4)), "value": np.zeros((5, 4))}
    with pytest.raises(Unsupported, match="value and key are one tensor"):
        target.ask(Request(Case("dot", inputs, np.ones((3, 4))), inputs))


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"equal": ("d_q",)}, "two or more"),
        ({"equal": ("d_q=w",)}, "unknown size"),
        ({"same": ("query=value",)}, "expected key=value"),
        ({"same": ("key=mask",)}, "unknown tensor"),
        ({"same": ("key=value",), "framework": "numpy", "backward": "a:b"}, "of autograd only"),
    ],
)
def test_bad_input_names_what_is_wrong(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Declaration("x", "dot", **declared)


def test_lengths_of_as_many_queries_as_keys_are_asked_of_few_pairs() -> None:
    declared = Declaration("x", "additive", same=("query=key=value",), arguments=("query=x",))
    target = make_target(declared, lambda x, weight_query, weight_key, v: x)
    asked = [draw.setting for draw in PROPERTIES["layout"].instances(target, "standard", "fp64", "cpu", 0)]
    assert max(each.n_k for each in asked) == 129
    assert all(each.n_q == each.n_k for each in asked)
    assert sum(each.n_q * each.n_k * math.prod(each.batch) for each in asked) < 30_000


def test_one_tensor_for_query_and_key_has_the_gradients_of_both() -> None:
    """Positions are added to both, and values are without them: a path of its own in many programs."""

    def lost(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return attend(query, key.detach() if key is query and value is not query else key, value)

    report = attnproof.check(lost, "scaled_dot", properties=("algebra",), dtypes=("fp64",), shrink=False)
    failed = [each for each in report.findings if each.outcome == "fail"]
    assert {each.quantity for each in failed} == {"grad.query"}
    assert all("query is key" in str(each.reason) for each in failed)


def test_self_attention_is_asked_for_scores_that_it_can_have() -> None:
    def attend(x: Tensor) -> Tensor:
        return torch.softmax(x @ x.mT / math.sqrt(x.shape[-1]), -1) @ x

    name = "range through query and key"
    same, arguments = ("query=key=value",), ("query=x",)
    found = attnproof.check(attend, "scaled_dot", same=same, arguments=arguments, properties=(name,), profile="quick")
    assert found.ok, found.summary()
