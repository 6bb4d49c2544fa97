"""What a recorder raises is not what the target raises."""

from __future__ import annotations

from typing import Any

import pytest
import torch

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
