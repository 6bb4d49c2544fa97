"""Where a rule is easily wrong: results that are left out, no entries, NaN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from recorded_in_torch import check, drawn, recorded

ROWS = torch.linspace(-2.0, 2.0, 20, dtype=torch.float64).reshape(5, 4)


def test_a_result_that_is_left_out_takes_no_other_ones_place() -> None:
    """The layer norm of what has no gradient gives those of weight and bias alone."""
    check(lambda weight, bias: F.layer_norm(ROWS**2, (4,), weight, bias), {"weight": (4,), "bias": (4,)})


def test_what_torch_has_parts_for_in_other_cases_only_is_opaque() -> None:
    given = drawn({"x": (4, 4)}, 0, torch.float64)
    found = recorded(lambda x: F.adaptive_max_pool1d(x, 3), given, backward=False)
    assert found.unread == {"aten.adaptive_max_pool2d.default": 1}
    (last,) = (op for op in found.operations if np.isin(found.calls[0].results["out"], op.output).any())
    assert last.name == "opaque"


@pytest.mark.parametrize("function", [torch.softmax, torch.log_softmax, torch.logsumexp])
def test_no_entries(function: Callable[..., Any]) -> None:
    check(lambda x: function(x, 1).sum(1) if function is not torch.logsumexp else function(x, 1), {"x": (3, 0)})


def test_nansum_leaves_out_what_is_nan() -> None:
    check(lambda x: torch.nansum(x.masked_fill(ROWS > 1, torch.nan), 1), {"x": (5, 4)})
