"""The property of pairs of features: kinds of faults that show in a pair only, and who must not be accused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
import torch
from torch import Tensor

from attnproof.verify.composing.coincident import coincident
from attnproof.verify.detection.correct import other_choices
from attnproof.verify.faults import parts
from attnproof.verify.outcome import ERROR, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.targets import Target, torch_target
from attnproof.verify.targets.contract import Contract

PAIRS: Final = PROPERTIES["pairs of features"]


def examined(target: Target, dtype: str = "fp64", profile: Any = "standard") -> list[Finding]:
    return [found for draw in PAIRS.draws(target, profile, dtype, "cpu", 0) for found in PAIRS.check(target, draw)]


def failing(target: Target, dtype: str = "fp64") -> str | None:
    """What the first failure says."""
    draws = PAIRS.draws(target, "standard", dtype, "cpu", 0)
    found = (finding for draw in draws for finding in PAIRS.finds(target, draw))
    return next((f"{f.quantity}: {f.reason}" for f in found if f.outcome == FAIL), None)


def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.mT * query.shape[-1] ** -0.5).softmax(-1) @ value


class _AsContiguous(torch.autograd.Function):
    """33: reads the cotangent's memory from its beginning, as if it were contiguous."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        flat = grad.as_strided((grad.untyped_storage().nbytes() // grad.element_size(),), (1,), 0)
        return torch.cat([flat, flat.new_zeros(grad.numel())])[: grad.numel()].reshape(grad.shape)


class _CutBackward(torch.autograd.Function):
    """35: the backward pass has room for as many value channels as queries have."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, width: int) -> Tensor:
        ctx.width = width
        return value.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        kept = torch.arange(grad.shape[-1]) < ctx.width
        return grad * kept, None


class _OwnBackward(torch.autograd.Function):
    """39: the forward pass masks, the backward pass has forgotten."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, hidden: Tensor) -> Tensor:
        ctx.save_for_backward(scores)
        return scores.masked_fill(hidden, -torch.inf).softmax(-1)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        weights = ctx.saved_tensors[0].softmax(-1)
        return weights * (grad - (weights * grad).sum(-1, keepdim=True)), None


def causal_forward_only(query: Tensor, key: Tensor, value: Tensor, causal: bool = False) -> Tensor:
    scores = query @ key.mT * query.shape[-1] ** -0.5
    if not causal:
        return scores.softmax(-1) @ value
    n_q, n_k = scores.shape[-2:]
    hidden = ~torch.ones(n_q, n_k, dtype=torch.bool).tril(max(n_k - n_q, 0))
    return _OwnBackward.apply(scores, hidden) @ value


def without(name: str, when: Callable[[dict[str, Any]], bool], level: bool = False) -> Callable[..., Any]:
    """Everything right, but for a feature that is lost in some company."""
    function = parts.assemble(**({"level": parts.level} if level else {}))

    def wrong(**given: Any) -> Any:
        return function(**{n: v for n, v in given.items() if n != name or not when(given)})

    return wrong


def flat_mask(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """44: reads the mask's memory row by row, whatever its strides."""
    scores = query @ key.mT * query.shape[-1] ** -0.5
    if mask is not None:
        memory = mask.as_strided((mask.untyped_storage().nbytes(),), (1,), 0)
        scores = scores.masked_fill(~memory[: mask.numel()].reshape(mask.shape), -1e30)
    return scores.softmax(-1) @ value


class _Cached:
    """41: tables of rotary positions are kept by shape."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, ...], Any] = {}

    def __call__(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        return parts.rotate(x, *self.kept.setdefault(tuple(cos.shape), (cos.detach().clone(), sin.detach().clone())))


def visible_from_one(scores: Tensor, mask: Any, causal: bool, window: Any, lengths: Tensor | None) -> Any:
    return parts.visible(scores, mask, causal, window, None if lengths is None else lengths.clamp(min=1))


def whole(**changed: Any) -> Target:
    return parts.target("whole", parts.assemble(**changed))


WRONG: Final[dict[str, Target]] = {
    "33 cotangent as if contiguous": torch_target("x", "scaled_dot", lambda **g: _AsContiguous.apply(attention(**g))),
    "35 value channels beyond d": torch_target(
        "x",
        "scaled_dot",
        lambda query, key, value: attention(query, key, _CutBackward.apply(value, query.shape[-1])),
    ),
    "36 mask ignored beside causal": parts.target("x", without("mask", lambda g: g.get("causal", False))),
    "37 causal dropped beside dropout": parts.target("x", without("causal", lambda g: "dropout" in g)),
    "39 backward forgets causal": torch_target("x", "scaled_dot", causal_forward_only, takes=("causal",)),
    "41 tables cached by shape": whole(rotate=_Cached()),
    "42 no ALiBi at one query": whole(alibi=lambda s, m: parts.alibi(s, m) * (s.shape[-2] > 1)),
    "43 a length of 0 reads one key": whole(visible=visible_from_one),
    "44 strides of a mask ignored": torch_target("x", "scaled_dot", flat_mask, takes=("mask",)),
    "47 the root of d in half precision": torch_target(
        "x",
        "scaled_dot",
        lambda query, key, value: attention(
            query * query.shape[-1] ** 0.5 / torch.tensor(query.shape[-1] ** 0.5).half(), key, value
        ),
    ),
    "56 gradient of grouped keys of one head only": whole(
        spread=lambda heads, x: (
            parts.spread(heads, x.detach()) + 0 * parts.spread(heads, x)
            if x.ndim > 2 and 1 < x.shape[-3] < heads
            else parts.spread(heads, x)
        )
    ),
    "scale dropped beside a soft-cap": parts.target("x", without("scale", lambda g: "softcap" in g)),
    "sink dropped beside groups": parts.target(
        "x", without("sink", lambda g: g["key"].shape[:-2] != g["query"].shape[:-2])
    ),
    "lengths dropped beside a mask": parts.target("x", without("lengths", lambda g: "mask" in g)),
}


# Of the features that are lost beside another, those that the faults of the table are too.
AGAIN: Final = ("36 mask ignored beside causal", "37 causal dropped beside dropout")


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in AGAIN)) for n in WRONG])
def test_what_shows_in_a_pair_only_is_found(name: str) -> None:
    assert failing(WRONG[name]) is not None


def masked(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
    scores = query @ key.mT * query.shape[-1] ** -0.5
    n_q, n_k = scores.shape[-2:]
    seen = torch.ones(n_q, n_k, dtype=torch.bool).tril(n_k - n_q) if causal else torch.ones(n_q, n_k, dtype=torch.bool)
    return scores.masked_fill(~(seen if mask is None else seen & mask), -torch.inf).softmax(-1) @ value


@pytest.mark.parametrize(
    "target",
    [
        torch_target("plain", "scaled_dot", attention),
        torch_target("NaN without a key", "scaled_dot", masked, takes=("mask", "causal")),
        pytest.param(
            parts.target("whole", parts.assemble(level=parts.level), outputs=("context", "lse")), marks=pytest.mark.slow
        ),
        pytest.param(other_choices(), marks=pytest.mark.slow),
    ],
    ids=["plain", "NaN without a key", "whole", "every other choice"],
)
def test_who_is_right_is_not_accused(target: Target) -> None:
    outcomes = {finding.outcome for finding in examined(target)}
    assert outcomes == {PASS}, [f for f in examined(target) if f.outcome != PASS][:2]


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])  # in bf16 the bounds alone do not tell the sink's places apart
def test_open_choices_are_found_out(dtype: str) -> None:
    found = settled_choice(other_choices(), dtype, "cpu", 0)
    wanted = {"groups": "strided", "rotary": "interleaved", "alibi": "signed", "dropout": "included"}
    wanted |= {"sink": "before the soft-cap", "lse_base": "2", "lse_sink": "left out", "causal": "bottom-right"}
    assert {name: found[name] for name in wanted} == wanted


def test_to_refuse_features_together_is_no_fault() -> None:
    def refusing(mask: Any = None, causal: bool = False, **given: Any) -> Tensor:
        if mask is not None and causal:
            raise RuntimeError("either a mask or causal")
        return parts.assemble()(mask=mask, causal=causal, **given)

    found = examined(torch_target("x", "scaled_dot", refusing, takes=("mask", "causal"), contract=parts.CONTRACT))
    assert {finding.outcome for finding in found} == {PASS, UNSUPPORTED}
    assert all("either a mask or causal" in str(f.reason) for f in found if f.outcome == UNSUPPORTED)


def test_to_refuse_as_torch_does_is_no_fault() -> None:
    def fused(query: Tensor, key: Tensor, value: Tensor, mask: Any = None, causal: bool = False) -> Tensor:
        return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)

    contract = Contract(causal="top-left")
    found = examined(torch_target("x", "scaled_dot", fused, takes=("mask", "causal"), contract=contract))
    assert {finding.outcome for finding in found} == {PASS, UNSUPPORTED}
    assert all("is_causal" in str(f.reason) for f in found if f.outcome == UNSUPPORTED)


def test_to_break_on_features_together_is_an_error() -> None:
    def breaking(mask: Any = None, causal: bool = False, **given: Any) -> Tensor:
        if mask is not None and causal:
            mask = {}["mask of both"]
        return parts.assemble()(mask=mask, causal=causal, **given)

    found = examined(torch_target("x", "scaled_dot", breaking, takes=("mask", "causal"), contract=parts.CONTRACT))
    wrong = [str(f.reason) for f in found if f.outcome != PASS]
    assert {f.outcome for f in found} == {PASS, ERROR}
    assert all("mask" in each and "causal" in each and "KeyError: 'mask of both'" in each for each in wrong)


def test_to_break_on_a_layout_alone_is_to_refuse_it() -> None:
    def viewing(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if not query.is_contiguous():
            query = None + query
        return attention(query, key, value)

    found = examined(torch_target("x", "scaled_dot", viewing))
    assert {f.outcome for f in found} == {PASS, UNSUPPORTED}
    assert all("refuses" in str(f.reason) for f in found if f.outcome == UNSUPPORTED)


def test_other_formats_are_asked_less() -> None:
    target = torch_target("plain", "scaled_dot", attention)
    counts = {
        (profile, dtype): len(list(PAIRS.draws(target, profile, dtype, "cpu", 0)))
        for profile in ("quick", "standard", "thorough")
        for dtype in target.dtypes[:2]
    }
    first, second = target.dtypes[:2]
    assert (
        counts["quick", first] == counts["standard", first] > counts["standard", second] > counts["quick", second] == 0
    )
    at_one_number = len(coincident(target, settled_choice(target, first, "cpu", 0)).rows)
    assert counts["thorough", first] > counts["thorough", second] == counts["standard", first] - at_one_number


def fewer_axes(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    """A library's own words for a bias that it does not take."""
    if bias is not None and bias.ndim > 2:
        raise RuntimeError("No available kernel")
    return ((query @ key.mT) * query.shape[-1] ** -0.5 + (0.0 if bias is None else bias)).softmax(-1) @ value


def no_bias(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    if bias is not None:
        raise RuntimeError("No available kernel")
    return fewer_axes(query, key, value)


def index_missed(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    if bias is not None and bias.ndim > 2:
        raise IndexError("out of range")
    return fewer_axes(query, key, value, bias)


def test_a_level_that_a_library_refuses_is_listed_where_the_feature_is_answered_otherwise() -> None:
    def outcomes(function: Callable[..., Tensor]) -> set[str]:
        return {found.outcome for found in examined(torch_target("refuses", "scaled_dot", function, takes=("bias",)))}

    assert outcomes(fewer_axes) == {PASS, UNSUPPORTED}
    assert ERROR in outcomes(no_bias)  # taken, and never answered
    assert ERROR in outcomes(index_missed)  # no library's words
