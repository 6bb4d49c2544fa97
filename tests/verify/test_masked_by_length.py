"""What the queries of a sequence of length 0 get: nothing of its keys."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.outcome import DIFFERS, FAIL, PASS


def attention(by_length: str, by_mask: str = "zero") -> Callable[..., Tensor]:
    """What a query without keys gets; ``all``: it sees all of them."""

    def masked(scores: Tensor, shown: Tensor, what: str) -> tuple[Tensor, Tensor]:
        none = ~shown.any(-1, keepdim=True)
        factor = torch.where(none, {"zero": 0.0, "nan": math.nan, "all": 1.0}[what], 1.0).to(scores.dtype)
        return scores.masked_fill(~shown & ~none, -math.inf), factor

    def attend(
        query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, lengths: Tensor | None = None
    ) -> Tensor:
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        shape = (-1, *(1,) * (query.ndim - 2), key.shape[-2])
        factors = [torch.ones((), dtype=query.dtype)]
        if lengths is not None:
            shown = (torch.arange(key.shape[-2]) < lengths[:, None]).reshape(shape)
            scores, factor = masked(scores, shown, by_length)
            factors.append(factor)
        if mask is not None:
            scores, factor = masked(scores, mask & ~torch.isneginf(scores), by_mask)
            factors.append(factor)
        return scores.softmax(-1) @ value * math.prod(factors[1:], start=factors[0])

    return attend


@pytest.mark.parametrize(
    ("function", "takes", "contract", "outcome", "word"),
    [
        (attention("zero"), ("lengths",), {}, PASS, ""),
        (attention("nan"), ("lengths",), {}, DIFFERS, "gets nan; not declared"),
        (attention("nan"), ("lengths",), {"masked_row": "nan"}, PASS, ""),
        (attention("all"), ("lengths",), {}, FAIL, "by a length of 0 gets neither 0, NaN nor the mean"),
        (attention("all"), ("lengths", "mask"), {}, FAIL, "by a length of 0 gets neither 0, NaN nor the mean"),
        (attention("zero", "nan"), ("lengths", "mask"), {}, DIFFERS, "gets nan, and zero by a length of 0"),
        (attention("zero", "nan"), ("lengths", "mask"), {"masked_row": "nan"}, FAIL, "but zero (length of 0 in fp64)"),
    ],
)
def test_a_length_of_0(
    function: Callable[..., Tensor], takes: tuple[str, ...], contract: dict[str, str], outcome: str, word: str
) -> None:
    report = attnproof.check(
        function,
        "scaled_dot",
        takes=takes,
        contract=contract,
        dtypes=("fp64",),
        properties=("masked row",),
        layout="query=b q d, key=b k d, value=b k v, context=b q v",
        shrink=False,
    )
    (verdict,) = report.verdicts
    assert verdict.outcome == outcome, report.summary(verbose=True)
    assert word in str(verdict.finding.reason)
