"""A given dropout mask: weights are dropped after they are normalised, and what is kept weighs 1/(1 − p) times as
much.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import numpy as np

from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import case_of, variant
from attnproof.verify.properties.property import Choice, Draw, Finding, Property, also_of_one, needs
from attnproof.verify.properties.question import Question
from attnproof.verify.properties.settling import judged, settle
from attnproof.verify.targets.target import Request, Target
from attnproof.verify.unit import generator

SETTING: Final = Setting("dropout", n_q=4, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2,))
RATE: Final = 0.75  # 1/(1 − p) is then exact in every format, and is not 1/p


def _dropped(case: Case, seed: int, factor: float) -> Case:
    """Most of the weights dropped at random, the others multiplied by ``factor``."""
    rng = generator(seed, "dropout mask")
    kept = rng.random((*case.batch, case.sizes["n_q"], case.sizes["n_k"])) >= RATE
    return case.having(dropout=np.where(kept, factor, 0.0))


def _whole(target: Target, draw: Draw) -> Question:
    """A mask with its factor in it."""
    truth = _truth(target, draw, 1.0 / (1.0 - RATE))
    return Question(_request(target, truth, dict(truth.inputs), draw), "a dropout mask with its factor in it")


def _truth(target: Target, draw: Draw, factor: float) -> Case:
    case = case_of(target, draw)
    return variant(case, ("dropout", factor), partial(_dropped, case, draw.seed, factor))


def _request(target: Target, truth: Case, given: dict[str, Any], draw: Draw) -> Request:
    wanted = tuple(name for name in target.differentiable(truth) if name != "dropout")  # a mask is not trained
    return Request(truth, given, draw.device, gradients=wanted)


def _rated(target: Target, draw: Draw, choice: Choice) -> Question:
    """A mask of 0 and 1, and the rate."""
    kept = _truth(target, draw, 1.0)
    truth = _truth(target, draw, 1.0 / (1.0 - RATE)) if choice["dropout"] == "applied" else kept
    given = {**kept.inputs, "dropout_rate": RATE}
    words = f"a dropout mask of 0 and 1 and its rate, factor {choice['dropout']}"
    return Question(_request(target, truth, given, draw), words)


def questions(target: Target, draw: Draw, choice: Choice) -> Iterable[Question]:
    """A mask with its factor in it, and one beside its rate where the target takes that."""
    yield _whole(target, draw)
    if "dropout_rate" in target.takes:
        yield _rated(target, draw, choice)


def _finds(target: Target, draw: Draw) -> list[Finding]:
    found = judged(target, _whole(target, draw))
    if "dropout_rate" not in target.takes:
        return found
    return found + settle(target, ("dropout",), lambda choice: judged(target, _rated(target, draw, choice)))


PROPERTIES: Final = (
    Property(
        name="dropout mask",
        says="a given dropout mask multiplies the normalised weights, with its factor once",
        applies=needs("dropout", otherwise="takes no dropout mask"),
        draws=also_of_one(SETTING),
        finds=_finds,
        questions=questions,
    ),
)
