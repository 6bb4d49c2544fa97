"""Problems with more numbers than there is memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from format_files import MEAN, RIGHT, STATED

from attnproof.verify.against.judge import judge
from attnproof.verify.formats.kernelbench.fitting import MOST, fitted, numbers
from attnproof.verify.formats.opening import open_problem

HUGE = (
    STATED.replace("batch = 2", "batch = 4096")
    .replace("length = 3", "length = 65536")
    .replace("width = 4", "width = 256")
)
SIZES = {"batch": 4096, "length": 65536, "width": 256, "heads_of": 2}


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    path = tmp_path / "stated.py"
    path.write_text(HUGE, encoding="utf-8")
    return path


def opened(stated: Path, candidate: str, **options: object) -> object:
    new = stated.with_name("new.py")
    new.write_text(candidate, encoding="utf-8")
    return open_problem(str(new), str(stated), **options)


def test_numbers_are_counted_without_memory(stated: Path) -> None:
    assert numbers(stated, SIZES) == 3 * 4096 * 65536 * 256 + 256 * 257
    assert numbers(stated, {**SIZES, "width": 4, "batch": 1, "length": 2}) == 3 * 2 * 4 + 4 * 5


def test_the_largest_are_halved_until_they_fit(stated: Path) -> None:
    found = fitted(stated, SIZES)
    count = numbers(stated, found)
    assert count is not None
    assert MOST / 4 < count <= MOST
    assert found["heads_of"] == 2


def test_sizes_that_do_not_fit_each_other_are_left_out(stated: Path) -> None:
    stated.write_text(HUGE.replace("nn.Linear(width, width)", "nn.MultiheadAttention(width, 16)").replace(
        "self.project(query)", "self.project(query, query, query)[0]"), encoding="utf-8")  # fmt: skip
    assert fitted(stated, SIZES)["width"] % 16 == 0


def test_right_and_wrong_are_judged_at_smaller_sizes(stated: Path) -> None:
    right = judge(opened(stated, RIGHT), sizes=False)  # type: ignore[arg-type] # a problem
    assert right.ok
    assert "stated.py at batch=" in right.diagnosis
    assert judge(opened(stated, MEAN), sizes=False).kind == "formula"  # type: ignore[arg-type] # a problem


def test_what_may_be_made_for_its_sizes_is_not_asked_at_others(stated: Path) -> None:
    fixed = RIGHT.replace(
        "        projected", "        query = query.reshape(-1, 65536, query.shape[-1])\n        projected", 1
    )
    with pytest.raises(ValueError, match=r"may be made for its sizes \(65536 at .*give sizes"):
        opened(stated, fixed)


def test_no_memory_is_taken_for_numbers_that_are_not_asked(stated: Path) -> None:
    stated.write_text(HUGE.replace("torch.rand(", "refused("), encoding="utf-8")
    stated.write_text(
        stated.read_text(encoding="utf-8") + "\ndef refused(*shape):\n    assert isinstance(torch.rand(1), "
        "torch._subclasses.FakeTensor) or shape[0] * shape[1] < 10**6\n    return torch.rand(*shape)\n",
        encoding="utf-8",
    )
    assert isinstance(torch.rand(1), torch.Tensor)
    assert judge(opened(stated, RIGHT), sizes=False).ok  # type: ignore[arg-type] # a problem
