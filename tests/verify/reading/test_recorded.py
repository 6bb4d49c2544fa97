"""What a recorder raises is not what the target raises; what of a recording has to be evaluated."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from attnproof.derivations.ring.ring import Ring
from attnproof.verify.outcome import ERROR, PASS, UNSUPPORTED
from attnproof.verify.properties.examine import examine
from attnproof.verify.recording.in_torch.writer import RULES
from attnproof.verify.targets.function import torch_target


def plain(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(query @ key.mT / query.shape[-1] ** 0.5, -1) @ value


def broken(*_: Any, **__: Any) -> Any:
    raise IndexError("a mistake of the recorder's own")


def found(function: Any) -> Any:
    return examine(torch_target("target", "scaled_dot", function), "quick", properties=("algebra",))


def test_a_recorder_that_raises_accuses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(found(plain).counts) == {PASS}
    monkeypatch.setitem(RULES, "_softmax", broken)
    answer = found(plain)
    assert set(answer.counts) == {UNSUPPORTED}
    assert "IndexError: a mistake of the recorder's own, when it is recorded and only then" in str(answer)


def test_a_target_that_raises_is_told_with_its_own_words() -> None:
    answer = found(broken)
    assert ERROR in answer.counts
    assert "only then" not in str(answer)


class Tabled(torch.nn.Module):
    """Its table of 1600 numbers is written over; their sum is added and taken away before, or not."""

    def __init__(self, used: bool) -> None:
        super().__init__()
        self.used = used

    def forward(self, query: Any, key: Any, value: Any) -> Any:
        table = torch.rand(40, 40, dtype=query.dtype)
        first = table.sum() if self.used else 0
        table.copy_(torch.ones(40, 40, dtype=query.dtype))
        return plain(query, key, value) + (first - first)


def test_parameters_that_nothing_is_made_of_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    original = Ring.recognised

    def recognised(self: Ring, values: Any, dtype: str = "fp64") -> Any:
        asked.append(values.size)
        return original(self, values, dtype)

    monkeypatch.setattr(Ring, "recognised", recognised)
    assert set(found(Tabled(used=True)).counts) == {PASS}
    assert max(asked) == 1600
    asked.clear()
    assert set(found(Tabled(used=False)).counts) == {PASS}
    assert max(asked) < 1600
