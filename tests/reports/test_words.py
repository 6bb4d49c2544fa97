from __future__ import annotations

import typing

import pytest

from attnproof.derivations.proof.claim import Verdict
from attnproof.reports import words
from attnproof.verify.outcome import OUTCOMES


def test_every_outcome_and_verdict_has_a_word() -> None:
    assert set(words.OUTCOMES) == set(OUTCOMES)
    assert set(words.VERDICTS) == set(typing.get_args(Verdict))


def test_no_two_words_share_a_mark_within_a_vocabulary() -> None:
    assert len({word.mark for word in words.OUTCOMES.values()}) == len(words.OUTCOMES)


def test_a_size_is_part_of_the_verdict() -> None:
    assert words.word("proved up to size 4").name == "proved up to size 4"
    assert words.word("proved up to size 4").tone == "good"


def test_an_unknown_word_lists_the_known() -> None:
    with pytest.raises(KeyError, match=r"unknown status word 'passed'; known: pass, fail"):
        words.word("passed")


def test_order() -> None:
    assert words.in_order(["skipped", "zebra", "fail", "pass", "fail"]) == ["pass", "fail", "skipped", "zebra"]
    found = words.in_order(["not decided", "proved up to size 4", "proved"], words.VERDICTS)
    assert found == ["proved", "proved up to size 4", "not decided"]
