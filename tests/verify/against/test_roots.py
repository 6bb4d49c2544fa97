"""Random numbers at which roots exist: without them nothing is known of what is normalised."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from attnproof.verify.against import roots
from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of


def twice(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(torch.tanh(F.layer_norm(x, x.shape[-1:])) @ w, w.shape[-1:])


def by_hand(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    def normed(y: torch.Tensor) -> torch.Tensor:
        away = y - y.mean(-1, keepdim=True)
        return away * torch.rsqrt(away.square().mean(-1, keepdim=True) + 1e-5)

    return normed(torch.tanh(normed(x)) @ w)


def judged() -> Judgement:
    return judge(problem_of(by_hand, twice, "x=2 3, w=3 3", frameworks=("torch", "torch")))


def test_roots_behind_one_another_are_found() -> None:
    found = judged()
    assert found.ok
    assert {verdict.algebra for verdict in found.verdicts} == {"equal"}


def test_without_drawing_again_the_numbers_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "WORK", 0)
    found = judged()
    assert found.ok
    assert "undecided" in {verdict.algebra for verdict in found.verdicts}
