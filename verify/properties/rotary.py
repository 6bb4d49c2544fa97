"""Rotary positions: features rotated in pairs by given tables, at positions that do not start at 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np

from attnproof.derivations.attention.rotary import rotates
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import family, shown
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.rotating import AHEAD, TABLE_NAMES, feature_order, part_of, table_link
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import case_of, variant
from attnproof.verify.properties.property import Choice, Draw, Property, also_of_one
from attnproof.verify.properties.question import Question
from attnproof.verify.properties.settling import settled
from attnproof.verify.targets.target import Request, Target

SETTING: Final = Setting("rotary", n_q=3, n_k=5, d_q=8, d_v=3, batch=(2,))
SLOWEST: Final = 100.0  # the base of the angles' geometric sequence: no pair stands still over a few positions
FIRST: Final = 3  # position of the first key; the last query stands where the last key does, or further


def _applies(target: Target) -> str | None:
    if "rotary" not in target.takes:
        return "takes no tables of rotary positions"
    score = alone(target.score)
    return None if rotates(family(score)) else f"the {shown(score)} score has no queries and keys of one width"


def tables(n_q: int, n_k: int, width: int, dtype: str, ahead: int = 0) -> dict[str, Array]:
    """Cosines and sines of the usual angles, rounded to the format: ``position · base^(−2g/d)``.

    ahead  by how many positions the last query stands after the last key
    """
    speeds = SLOWEST ** (-np.arange(width // 2) * 2.0 / width)
    end = FIRST + n_k
    starts = ((end - n_q + ahead, end + ahead), (FIRST, end))
    angles = [np.arange(*places)[:, None] * speeds for places in starts]
    found = [function(angle) for angle in angles for function in (np.cos, np.sin)]
    return {name: FORMATS[dtype].round(table) for name, table in zip(TABLE_NAMES, found, strict=True)}


def _rotated(case: Case, order: tuple[int, ...], own: Mapping[str, Array]) -> Case:
    """The case in the derivation's order, with its tables, made of the target's ``own``."""
    inputs = {n: a[..., list(order)] if n in ("query", "key") else a for n, a in case.inputs.items()}
    whole = {name: table_link(name, table, len(order)).values(table) for name, table in own.items()}
    return replace(case, inputs={**inputs, **whole})


def questions(target: Target, draw: Draw, choice: Choice) -> Iterator[Question]:
    """One request, its features in the order that the choice asks for."""
    case = case_of(target, draw)
    width = case.sizes["d"]
    choice = {**choice, "rotary_part": target.contract.rotary_part or "all"}
    order = feature_order(width, choice)
    ahead = AHEAD if target.two_positions else 0
    own = tables(case.sizes["n_q"], case.sizes["n_k"], width // part_of(choice), case.dtype, ahead)
    truth = variant(case, ("rotary", order, part_of(choice), ahead), partial(_rotated, case, order, own))
    given: dict[str, Any] = {**case.inputs, **own}
    # Tables are not trained: nobody is asked for their gradients.
    wanted = tuple(name for name in target.differentiable(truth) if name not in TABLE_NAMES)

    def ordered(gradient: Array) -> Array:
        return gradient[..., list(order)] if gradient.shape[-1] == width else gradient

    request = Request(truth, given, draw.device, gradients=wanted)
    words = f"rotary positions, {choice['rotary']} pairs"
    yield Question(request, words, {"grad.query": ordered, "grad.key": ordered})


PROPERTIES: Final = (
    Property(
        name="rotary positions",
        says="with given tables, context and gradients are those of rotated queries and keys, pairs of features as "
        "declared",
        applies=_applies,
        draws=also_of_one(SETTING),
        finds=settled(questions, "rotary"),
        questions=questions,
    ),
)
