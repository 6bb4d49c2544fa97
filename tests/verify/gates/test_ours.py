"""Our own judge on kernels of the table: one of each kind that others accept."""

from __future__ import annotations

import pytest

from attnproof.verify.gates import ours
from attnproof.verify.gates.kernels import right, wrong

WRONG = (
    "attention: mean of the values",
    "attention: scale 1/d",
    "softmax: zeros",
    "softmax: sums up its calls",
    "softmax: result of the previous call",
    "softmax: result of the first call",
    "softmax: right once, then zeros",
    "softmax: input overwritten",
    "softmax: NaN where the largest element occurs twice",
    "softmax: 0.1 % too large",
    "softmax: dropped term, x.amax(dim=-1, keepdim=True)",
    "rotary positions: rounded to three decimals",
)
RIGHT = (
    "softmax: fp64 inside",
    "softmax: in base 2",
    "softmax: compensated sums",
    "softmax: NumPy",
    "attention: split in 2 and merged",
    "RMS normalisation: NumPy",
    "rotary positions: matrices of two by two",
)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_rejected(name: str) -> None:
    assert ours.judged(wrong()[name][0]).word == "rejects"


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_not_accused(name: str) -> None:
    assert ours.judged(right()[name]).word == "accepts"


def test_sizes_that_a_task_has_not_are_refused() -> None:
    kernel = right()["rotary positions: the plain program"]
    with pytest.raises(ValueError, match="d = 3 is odd"):
        ours.problem(kernel, {"heads": 1, "n": 2, "d": 3})
