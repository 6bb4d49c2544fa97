"""Which choices a target makes that its contract leaves open, found out by asking for one feature at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.composing.compose import Composed, UndefinedError, compose
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import Choice, able
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.asking import judge
from attnproof.verify.properties.evaluated import evaluated
from attnproof.verify.properties.judging import wrong_numbers
from attnproof.verify.properties.property import Finding
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.target import Answer, Target

# field -> the features, at their levels, that show it; those that the target takes are asked together
SHOWN_BY: Final[dict[str, tuple[dict[str, str], ...]]] = {
    "polarity": ({"mask": "shared"}, {"mask": "keys"}),
    "causal": ({"causal": "on"}, {"window": "1"}, {"slopes": "on"}),
    "alibi": ({"slopes": "on"},),
    "rotary": ({"rotary": "on"},),
    "groups": ({"groups": "several"},),
    "dropout": ({"dropout": "rated"},),
    "sink": ({"sink": "on", "softcap": "on"}, {"sinks": "on", "softcap": "on"}),
    "masked_row": ({"mask": "whole row"}, {"lengths": "zero"}),
}
FORWARDS: Final = ("masked_row",)  # shown by results alone: who answers 0 owes the gradients of that


def usual(target: Target) -> dict[str, str]:
    """What is declared, and where nothing is what most implementations do; a row without a key is not known yet."""
    found = {field: getattr(target.contract, field) or words[0] for field, words in CHOICES.items()}
    if {"causal", "window", "slopes"} & set(dict(target.always)):  # as ``attnproof.verify.properties.always`` has it
        found["causal"] = target.contract.causal or "bottom-right"
    return found | {"masked_row": target.contract.masked_row or "nan"}


def settled_choice(target: Target, dtype: str, device: str, seed: int) -> Choice:
    """What is declared, and where nothing is the first choice under which one question about the feature is answered
    right; the usual one where none is. How far a window reaches is not found out: one off by one is nobody's choice.

    It is asked in the target's widest format, where the bounds tell choices apart: in bf16 a sink before the soft-cap
    and one after it are both within theirs. In ``dtype`` where no choice fits there.
    Programs in JAX are asked by their primitives.
    """
    return _settled(evaluated(target), dtype, device, seed)


@lru_cache(maxsize=256)
def _settled(target: Target, dtype: str, device: str, seed: int) -> Choice:
    found = usual(target)
    formats = dict.fromkeys((max(target.dtypes, key=lambda each: FORMATS[each].precision), dtype))
    for field, ways in SHOWN_BY.items():
        shown = next((way for way in ways if able(target, way)), None)
        if getattr(target.contract, field) is None and shown is not None:
            gradients = "none" if field in FORWARDS else "all"
            sizes = sizes_for(target, few=True)[0]
            rows = [Row(sizes, shown, gradients=gradients, dtype=each) for each in formats]
            tried = (({field: word}, row) for row in rows for word in CHOICES[field])
            found |= next((each for each, row in tried if _right(target, {**found, **each}, row, device, seed)), {})
    found.update(_of_level(target, found, dtype, device, seed))
    return found


def _of_level(target: Target, choice: Choice, dtype: str, device: str, seed: int) -> Choice:
    """Base of the log-sum-exp, and whether the sink is in it: of those that the contract leaves open the one that the
    values are nearest to. The candidates differ by more than anybody's rounding.
    """
    if "lse" not in target.outputs:
        return {}
    sinks: list[str] = [name for name in ("sink", "sinks") if name in target.takes]
    features = dict.fromkeys(("lse", *sinks[:1]), "on")
    row = Row(sizes_for(target, few=True)[0], features, gradients="none", dtype=dtype)
    bases, places = (
        (declared,) if (declared := getattr(target.contract, field)) else CHOICES[field]
        for field in ("lse_base", "lse_sink")
    )
    included: Choice = {**choice, "lse_base": "e", "lse_sink": "included"}
    try:
        asked = compose(target, included, row, device, seed)
        level = ask(target, asked.request).outputs["lse"]
    except (TargetError, UndefinedError, KeyError):
        return {}
    bare = compose(target, included, replace(row, features={"lse": "on"}), device, seed)
    with_sink, without = (certain(each.case, ("lse",))["lse"].midpoint() for each in (asked, bare))
    level = asked.heads.apart(level, 1)
    if level.shape != with_sink.shape:
        return {}

    def distance(words: Sequence[str]) -> float:
        truth = without if words[1] == "left out" else with_sink
        return float(np.max(np.abs(level - truth * (np.log2(np.e) if words[0] == "2" else 1.0))))

    base, place = min([(base, place) for base in bases for place in places], key=distance)
    return {"lse_base": base, "lse_sink": place}


def judged(target: Target, question: Composed, answer: Answer | None = None) -> list[Finding]:
    """The findings of a composed question; it is asked where no ``answer`` is given. Raises TargetError."""
    answer = ask(target, question.request) if answer is None else answer
    placed = question.in_case(answer)
    wanted = [name for name in target.outputs if name != "lse" or not question.base_2]
    quantities = [*wanted, *(f"grad.{name}" for name in placed.gradients)]
    found = judge(target, question.request, placed, quantities=quantities, rows=question.rows)
    roots = dict.fromkeys(question.request.tied.values())  # one tensor for several arguments: its gradient is a sum
    summed = [f"grad.{name}" for name in roots if name in answer.gradients]
    return [*found, *wrong_numbers(target, question, answer, summed).values()]


def _right(target: Target, choice: dict[str, str], row: Row, device: str, seed: int) -> bool:
    try:
        found = judged(target, compose(target, choice, row, device, seed))
    except (TargetError, UndefinedError):
        return False
    return all(finding.outcome != FAIL for finding in found)
