"""A target that makes something at its first call and keeps it is read: its later calls are of the same path."""

from __future__ import annotations

from typing import Any

import torch

from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets.function import torch_target


class Kept(torch.nn.Module):
    """The table is made at the first call; the formula has no scale."""

    table: torch.Tensor | None = None

    def forward(self, query: Any, key: Any, value: Any) -> Any:
        if self.table is None:
            self.table = torch.linspace(0, 1, 3, dtype=torch.float64).exp().sum().reciprocal()
        scores = query @ key.mT + self.table.to(query.dtype)
        return torch.softmax(scores, -1) @ value


def test_what_is_made_at_the_first_call_hides_no_formula() -> None:
    found = examine(torch_target("target", "scaled_dot", Kept()), "quick", properties=("algebra",)).findings
    wrong = [each for each in found if each.outcome == FAIL]
    assert wrong
    assert {each.kind for each in wrong} == {"algebra"}
    assert not any("does other things" in (each.reason or "") for each in found)
