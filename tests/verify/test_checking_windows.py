"""What a window leaves is a matter of contract: each convention passes under its own word, and
fails under another; what fits no word is wrong, and what raises is no convention.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from parameters import ordinary
from torch import Tensor

import attnproof
from attnproof.verify.composing.visible import within
from attnproof.verify.targets.contract import CHOICES

WORDS = tuple(word for word in CHOICES["window"] if word != "pair")
SEEN = {  # what a window of 1 leaves of the gaps −2 … 2
    "both inclusive": [0, 1, 1, 1, 0],
    "both exclusive": [0, 0, 1, 0, 0],
    "left inclusive": [1, 1, 1, 1, 0],
    "left exclusive": [1, 1, 1, 0, 0],
    "right inclusive": [0, 1, 1, 1, 1],
    "right exclusive": [0, 0, 1, 1, 1],
}


def windowed(word: str, *, off: int = 0, first: str = "bottom-right") -> Any:
    def attend(query: Tensor, key: Tensor, value: Tensor, window: int | None = None, causal: bool = False) -> Tensor:
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        n_q, n_k = scores.shape[-2:]
        offset = n_k - n_q if first == "bottom-right" else 0
        gap = torch.arange(n_q)[:, None] + offset - torch.arange(n_k)
        seen = torch.ones(n_q, n_k, dtype=torch.bool)
        if window is not None:
            distance = {"both": gap.abs(), "left": gap, "right": -gap}[word.split(maxsplit=1)[0]]
            seen &= distance < window + word.endswith("inclusive") + off
        if causal:
            seen &= gap >= 0
        return scores.masked_fill(~seen, -math.inf).softmax(-1) @ value

    return attend


def checked(
    function: Any, *names: str, takes: tuple[str, ...] = ("window",), shrink: bool = False, **contract: str
) -> Any:
    return attnproof.check(
        function,
        "scaled_dot",
        profile="quick",
        properties=names,
        dtypes=("fp64",),
        takes=takes,
        contract=contract,
        shrink=shrink,
    )


@pytest.mark.parametrize("word", WORDS)
def test_what_a_word_means(word: str) -> None:
    assert within(np.arange(-2, 3), 1, word).tolist() == [bool(n) for n in SEEN[word]]


@pytest.mark.parametrize("word", ordinary(WORDS, WORDS[0], "both exclusive"))
def test_undeclared_another_reach_than_the_usual_one_is_a_fault_that_names_its_word(word: str) -> None:
    """Off by one is a fault that is often made: nobody's convention until somebody says so."""
    report = checked(windowed(word), "masks", shrink=True)
    assert report.ok is (word == WORDS[0]), report.summary()
    assert (f'right under --contract "window={word}"' in report.summary()) is (word != WORDS[0])


@pytest.mark.parametrize("first", ["top-left", "bottom-right"])
def test_with_the_diagonal_of_either_kind(first: str) -> None:
    names = ("masks", "masked keys unseen", "algebra")
    assert checked(windowed("left exclusive", first=first), *names, causal=first, window="left exclusive").ok
    found = checked(windowed("left exclusive", first=first), *names, window="left exclusive")
    assert found.ok, found.summary()  # the diagonal is found out by the window alone
    assert (found.observed["causal"] == first) is True


def test_a_declared_word_is_held_to() -> None:
    names = ("masks", "algebra")
    right = checked(windowed("left exclusive"), *names, takes=("window", "causal"), window="left exclusive")
    assert right.ok, right.summary()
    assert not right.of("differs")
    wrong = checked(windowed("left exclusive"), "masks", window="left inclusive")
    assert [each.property for each in wrong.of("fail")] == ["masks"]


def test_what_fits_no_word_is_wrong() -> None:
    """A reach of two more than was asked for is nobody's convention."""
    report = checked(windowed("both inclusive", off=1), "masks")
    assert report.of("fail"), report.summary()


def test_an_error_is_no_convention() -> None:
    def raises(query: Tensor, key: Tensor, value: Tensor, window: int | None = None) -> Tensor:
        if window is not None:
            raise RuntimeError("no kernel")
        return windowed(WORDS[0])(query, key, value)

    report = checked(raises, "masks")
    assert [each.property for each in report.of("error")] == ["masks"]


def paired(*, swapped: bool = False, off: int = 0, zero_is_none: bool = False) -> Any:
    def attend(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        window_size: tuple[int, int] = (-1, -1),
        causal: bool = False,
    ) -> Tensor:
        left, right = window_size[::-1] if swapped else window_size
        right = -1 if zero_is_none and right == 0 else right
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        n_q, n_k = scores.shape[-2:]
        gap = torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)
        seen = (gap <= left + off) | torch.tensor(left < 0)
        seen = seen & ((-gap <= right) | torch.tensor(right < 0))
        seen = seen & (gap >= 0) if causal else seen
        return scores.masked_fill(~seen, -math.inf).softmax(-1) @ value

    return attend


PAIR = {"arguments": ("window=window_size",), "takes": ("window", "causal"), "contract": {"window": "pair"}}


def _paired(function: Any) -> Any:
    names = ("algebra", "masks", "pairs of features")
    return attnproof.check(
        function, "scaled_dot", profile="quick", properties=names, dtypes=("fp64",), shrink=False, **PAIR
    )


def test_a_window_that_comes_as_a_pair() -> None:
    found = _paired(paired())
    assert found.ok, found.summary()
    assert any(each.outcome == "pass" for each in found.findings if each.property == "algebra")


@pytest.mark.parametrize("wrong", [{"swapped": True}, {"off": 1}, {"off": -1}, {"zero_is_none": True}])
def test_ends_of_a_pair_are_told_apart(wrong: dict[str, Any]) -> None:
    assert not _paired(paired(**wrong)).ok


def test_what_a_pair_leaves() -> None:
    gap = np.arange(-2, 3)
    assert within(gap, (1, -1), "pair").tolist() == [True, True, True, True, False]
    assert within(gap, (-1, 1), "pair").tolist() == [False, True, True, True, True]
    assert within(gap, (1, 0), "pair").tolist() == [False, False, True, True, False]
    assert within(gap, 1, "pair").tolist() == [False, True, True, True, False]


def test_a_word_under_which_one_path_alone_is_right_is_not_offered() -> None:
    """Without a window a single query sees all before it, as under ``right inclusive``; other queries do not."""

    def attend(query: Tensor, key: Tensor, value: Tensor, window: int | None = None) -> Tensor:
        return windowed("both inclusive")(query, key, value, None if query.shape[-2] == 1 else window)

    found = checked(attend, "algebra", shrink=True)
    assert not found.ok
    assert "window=" not in found.diagnosis
