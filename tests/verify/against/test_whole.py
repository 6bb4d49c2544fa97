"""Problems at their own sizes: rows of the results, how sure they are, and what they show."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from format_files import RIGHT, STATED
from torch.nn import functional as F

from attnproof.verify.against import whole
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of
from attnproof.verify.against.whole import judge_whole
from attnproof.verify.formats.judged import judge_files

INPUTS, SIZES = "q=h m d, k=h n d, v=h n d", "h=3, m=40, n=300, d=8"
Tensor = torch.Tensor
MANY = 270  # keys; beyond what is asked because it stands in a program


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v


def library(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(q, k, v)


def without_the_last(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    last = k.shape[-2] - (1 if k.shape[-2] > MANY else 0)
    return library(q, 100.0 * k[:, :last] / 100.0, v[:, :last])


def scaled(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    scale = (1.05 if k.shape[-2] > MANY else 1.0) / math.sqrt(q.shape[-1])
    return F.scaled_dot_product_attention(q, k, v, scale=scale)


def half(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    found = library(q, k, v)
    seen = torch.arange(q.shape[-2])[:, None] < (20 if k.shape[-2] > MANY else q.shape[-2])
    return torch.where(seen, found, torch.zeros_like(found))


def causal(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    return torch.softmax((q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~seen, -math.inf), -1) @ v


def judged(candidate: Callable[..., Any], reference: Callable[..., Any] = attend) -> Judgement:
    made = problem_of(candidate, reference, INPUTS, sizes=SIZES, frameworks=("torch", "torch"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "LARGE", 1000)
        return judge_whole(made)


@pytest.fixture(scope="module")
def right() -> Judgement:
    return judged(library)


def test_a_right_one_passes_small_and_whole(right: Judgement) -> None:
    assert right.ok, right.text(verbose=True)
    large = [verdict for verdict in right.verdicts if "at the sizes given" in verdict.question]
    assert [verdict.outcome for verdict in large] == ["pass", "pass"]
    assert any(verdict.quantity == "grad.k" and verdict.algebra == "equal" for verdict in right.verdicts)


def test_how_sure_it_is_and_what_shows_is_said(right: Judgement) -> None:
    words = "\n".join(right.notes)
    assert "gradients and algebra at h = 3, m = 2, d = 8, n = 5" in words
    assert "22 of 40 rows at random at 2 of 3 places of the other axes, 2 at ends and edges of tiles" in words
    inside = (math.comb(36, 22) / math.comb(40, 22)) ** 2  # four of forty rows are wrong
    assert f"missed with probability at most {inside:.2g}, one at 10% of these places {1 / 3:.2g}" in words
    assert words.count("in half of the numbers an error of") == 2


@pytest.mark.parametrize("candidate", [without_the_last, scaled, half])
def test_faults_of_the_size_alone_are_seen(candidate: Callable[..., Any]) -> None:
    found = judged(candidate)
    assert found.kind == "values", found.text(verbose=True)
    assert found.leading is not None
    assert "at the sizes given" in found.leading.question
    assert len(found.leading.index) == 3


def test_a_fault_at_small_sizes_needs_no_large_ones() -> None:
    found = judged(lambda q, k, v: torch.softmax(q @ k.mT, -1) @ v)
    assert found.kind == "formula"
    assert "the sizes given were not asked" in found.notes


def test_rows_that_depend_on_their_place_are_not_judged_alone() -> None:
    found = judged(causal, causal)
    assert found.ok  # at small sizes
    large = [verdict for verdict in found.verdicts if "at the sizes given" in verdict.question]
    assert {verdict.outcome for verdict in large} == {"abstain"}
    assert "depends on where it stands" in large[0].reason


def test_a_candidate_that_raises_at_the_sizes_given() -> None:
    def refuses(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if k.shape[-2] > MANY:
            raise RuntimeError("too long")
        return attend(q, k, v)

    found = judged(refuses)
    assert found.kind == "error"
    assert "too long" in found.diagnosis


@pytest.mark.slow
def test_a_problem_file_is_asked_at_its_own_sizes_too(tmp_path: Path) -> None:
    (tmp_path / "stated.py").write_text(STATED.replace("length = 3", "length = 600"), encoding="utf-8")
    wrong = RIGHT.replace(
        "return torch.nn", "return (1.0 + 0.05 * (query.shape[1] > 3 * query.shape[2] ** 3)) * torch.nn"
    )
    assert wrong != RIGHT
    for candidate, outcome in ((RIGHT, "pass"), (wrong, "fail")):
        (tmp_path / "new.py").write_text(candidate, encoding="utf-8")
        found = judge_files(str(tmp_path / "new.py"), str(tmp_path / "stated.py"))
        assert found.outcome == outcome, found.text(verbose=True)
        assert any("at the sizes given" in words for words in found.asked)
