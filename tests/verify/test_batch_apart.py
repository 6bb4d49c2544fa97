"""Rows of a batch beside the same rows alone: which of the two is wrong."""

from __future__ import annotations

import pytest
import torch

from attnproof.verify.checking.check import check
from attnproof.verify.properties.calls import ALONE


@pytest.mark.parametrize("alone", [True, False])
def test_a_row_that_is_wrong_alone_says_so(alone: bool) -> None:
    def attend(query, key, value):
        scores = query @ key.transpose(-1, -2) / key.shape[-1] ** 0.5
        return torch.softmax(scores, -1) @ value + float((query.shape[0] == 1) == alone)

    layout = "query=b q d, key=b k d, value=b k v, context=b q v"
    report = check(attend, "scaled_dot", layout=layout, dtypes=("fp64",), properties=("batch apart",), profile="quick")
    (found,) = (finding for finding in report.findings if finding.outcome == "fail")
    assert found.reason.startswith("row 0 of a batch differs from the same row alone by up to 1")
    assert (ALONE in found.reason) == alone
