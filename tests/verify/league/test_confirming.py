"""What makes a cell red: the textbook's attention, computed here, against what the check holds for true."""

from __future__ import annotations

from importlib import import_module

import pytest
import torch

from attnproof.verify.checking.check import check
from attnproof.verify.league.confirming import NotConfirmedError, confirmed
from attnproof.verify.league.textbook import Attention, Given, NotCoveredError

LAYOUT = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"


def unscaled(query, key, value, mask=None, causal=False, bias=None):
    return _attend(query, key, value, mask, causal, bias, 1.0)


def finite(query, key, value, mask=None):
    scores = query @ key.transpose(-1, -2) / key.shape[-1] ** 0.5
    return torch.softmax(scores if mask is None else scores - 1e9 * (~mask).to(scores.dtype), -1) @ value


def backwards(query, key, value):
    return _attend(_Twice.apply(query), key, value, None, False, None, key.shape[-1] ** 0.5)


class _Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return 2 * g


def _attend(query, key, value, mask, causal, bias, divisor):
    scores = query @ key.transpose(-1, -2) / divisor
    scores = scores if bias is None else scores + bias
    scores = scores if mask is None else scores.masked_fill(~mask, -torch.inf)
    if causal:
        ahead = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1 + scores.shape[-1] - scores.shape[-2])
        scores = scores.masked_fill(ahead, -torch.inf)
    return torch.softmax(scores, -1) @ value


def example_of(function, name, takes=(), score="scaled_dot"):
    report = check(
        function, score, layout=LAYOUT, takes=takes, dtypes=("fp64",), properties=(name,), profile="quick",
        contract={"polarity": "true attends"} if "mask" in takes else {},
    ).plain()  # fmt: skip
    (found,) = (each["example"] for each in report["properties"] if each["property"] == name)
    return found


def test_a_wrong_value_is_confirmed() -> None:
    example = example_of(unscaled, "values")
    found = confirmed(example, "scaled_dot", {})
    assert float(found["error"]) > float(found["bound"])


@pytest.mark.parametrize("score", ["dot", "bilinear", "additive", "concat"])
def test_every_score_is_computed_independently(score: str) -> None:
    """One per cent off: what is confirmed had to agree with the check about what is right."""
    ours = import_module(f"attnproof.impl.generated.torch.{score}").attention

    def attend(**given):
        return 1.01 * ours(**given).context

    confirmed(example_of(attend, "values", score=score), score, {})


def test_a_wrong_gradient_is_confirmed_by_differences() -> None:
    example = example_of(backwards, "values")
    assert example["finding"]["quantity"] == "grad.query"
    confirmed(example, "scaled_dot", {})


def test_a_finite_mask_is_confirmed_by_a_weight_of_nothing() -> None:
    example = example_of(finite, "masked keys unseen", ("mask",))
    found = confirmed(example, "scaled_dot", {})
    assert found["bound"] == "0"
    assert found["got"].endswith(", as the check measured")  # no second computation has this part


def test_a_visible_key_confirms_nothing() -> None:
    example = example_of(finite, "masked keys unseen", ("mask",))
    with pytest.raises(NotConfirmedError, match="visible"):
        confirmed(example, "scaled_dot", {"polarity": "true masks"})


def test_a_check_that_is_wrong_itself_is_not_believed() -> None:
    """The check takes the score for another one than the textbook computes: neither is said to be right."""
    example = example_of(unscaled, "values")
    with pytest.raises(NotConfirmedError, match="independently computed"):
        confirmed(example, "dot", {})


def test_what_is_within_the_bound_is_not_confirmed() -> None:
    example = example_of(unscaled, "values")
    example["finding"]["worst"]["got"] = float(example["finding"]["worst"]["exact"]).hex()
    with pytest.raises(NotConfirmedError, match="within the bound"):
        confirmed(example, "scaled_dot", {})


def test_what_the_textbook_lacks_is_not_confirmed() -> None:
    example = example_of(unscaled, "values")
    example["call"]["given"]["slopes"] = 3
    with pytest.raises(NotConfirmedError, match="slopes"):
        confirmed(example, "scaled_dot", {})


def call_of(n_q: int, n_k: int, **more):
    rows = {"query": n_q, "key": n_k, "value": n_k}
    return {"given": {x: {"shape": [n, 1], "numbers": [0.0] * n} for x, n in rows.items()} | more, "cotangents": {}}


def test_a_window_and_a_diagonal_are_computed_independently() -> None:
    windowed = Attention(Given(call_of(3, 3, window=1)), "dot", {"window": "both inclusive"})
    assert [windowed.seen_keys((), i) for i in range(3)] == [[0, 1], [0, 1, 2], [1, 2]]
    for alignment, first in (("top-left", [0]), ("bottom-right", [0, 1])):
        assert Attention(Given(call_of(2, 3, causal=True)), "dot", {"causal": alignment}).seen_keys((), 0) == first


@pytest.mark.parametrize(("more", "words"), [({"causal": True}, "diagonal"), ({"window": 1}, "windows")])
def test_a_convention_that_is_not_settled_confirms_nothing(more, words: str) -> None:
    with pytest.raises(NotCoveredError, match=words):
        Attention(Given(call_of(2, 3, **more)), "dot", {}).seen_keys((), 0)
