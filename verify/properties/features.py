"""The properties about what people add to attention, and the requests that they make, for those who judge answers by other rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from verify.contract import CHOICES
from verify.properties import alibi, dropout, groups, logsumexp, rotary, sink
from verify.properties.property import Property
from verify.properties.settling import Choice, Question, Questions, first_choice
from verify.targets.target import Target

FEATURES: Final[Sequence[Property]] = (
    logsumexp.LOG_SUM_EXP,
    groups.GROUPS,
    rotary.ROTARY,
    alibi.ALIBI,
    sink.SINK,
    dropout.DROPOUT,
)
QUESTIONS: Final[Mapping[str, Questions]] = MappingProxyType(
    {
        logsumexp.NAME: logsumexp.questions,
        groups.NAME: groups.questions,
        rotary.NAME: rotary.questions,
        alibi.NAME: alibi.questions,
        sink.NAME: sink.questions,
        dropout.NAME: dropout.questions,
    }
)


def questions(target: Target, dtype: str, seed: int) -> Iterator[Question]:
    """Every request of these properties on the CPU, under the declared choices, and where nothing is declared the most usual ones."""
    choice: Choice = first_choice(target, tuple(CHOICES))
    for each in FEATURES:
        if each.applies(target) is not None:
            continue
        for draw in each.draws(target, "quick", dtype, "cpu", seed):
            if draw.setting.mask != "row":
                yield from QUESTIONS[each.name](target, draw, choice)
