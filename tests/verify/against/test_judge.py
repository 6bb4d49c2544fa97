"""The judge on pairs: what computes the same passes, what does not is accused."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import Pair
from pairs_held_back import HELD_BACK
from pairs_known import KNOWN

from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of


def judged(pair: Pair, candidate: Any) -> Judgement:
    reference, own = pair.frameworks
    return judge(
        problem_of(candidate, pair.reference, pair.inputs, frameworks=(own, reference), gradients=pair.gradients)
    )


EVERY = [pytest.param(pair, id=f"{k}-{pair.name}") for k, pair in enumerate((*KNOWN, *HELD_BACK))]


@pytest.mark.parametrize("pair", EVERY)
def test_what_computes_the_same_passes(pair: Pair) -> None:
    found = judged(pair, pair.right)
    assert found.outcome == "pass", found.text(verbose=True)


@pytest.mark.parametrize("pair", EVERY)
def test_what_does_not_is_accused(pair: Pair) -> None:
    found = judged(pair, pair.wrong)
    assert found.outcome == "fail", found.text(verbose=True)
