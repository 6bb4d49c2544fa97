"""Sizes at which a target is asked: one of each structural class, as many axes as its features need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from attnproof.verify.composing.rotating import PARTS
from attnproof.verify.composing.row import HEADS
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets.target import Target

# Widths are even, so that every score has rotary pairs, and none but that of ``equal`` is a square; no two sizes of a
# class are the same by accident.
CLASSES: Final = tuple(
    Setting(name, n_q, n_k, d_q, d_k, d_a, d_v, batch)
    for name, n_q, n_k, d_q, d_k, d_a, d_v, batch in (
        ("fewer queries", 3, 7, 6, 5, 8, 2, (2, 4)),
        ("equal", 4, 4, 4, 4, 4, 4, (2, 4)),
        ("one query", 1, 5, 6, 3, 2, 4, (3, 4)),
        ("more queries", 5, 3, 6, 7, 4, 8, (2, 4)),
        ("wide values", 3, 4, 2, 3, 5, 9, (2, 4)),
        ("one key", 3, 1, 6, 4, 5, 2, (2, 4)),
        ("twos", 2, 2, 2, 2, 2, 2, (2, 2)),
        ("ones", 1, 1, 2, 1, 1, 1, (1, 1)),
        ("wide", 2, 3, 34, 20, 18, 40, (2, 4)),
        ("many", 2, 3, 2, 3, 4, 5, (9, 10)),
    )
)
FEW: Final = 5
# With slopes, which are exact for eight heads, and for six: no power of two, and two heads more than one.
WITH_SLOPES: Final[Mapping[str, tuple[int, int]]] = {"many": (9, 8), "wide values": (2, 6)}


# Of sizes that are one number that of the first of these is taken: widths of queries are even.
PREFERRED: Final = ("n_k", "n_q", "d_q", "d_k", "d_a", "d_v")


def fitted(target: Target, setting: Setting) -> Setting:
    """The setting at sizes that the target can have: those that are one number, and one batch for one tensor."""
    changes: dict[str, Any] = {}
    for group in target.equal:
        number = getattr(setting, next(name for name in PREFERRED if name in group))
        changes |= dict.fromkeys(group, number)
    if (
        target.contract.rotary_part not in (None, "all") and "rotary" in target.features
    ):  # up to what has pairs to rotate
        step = 2 * PARTS[target.contract.rotary_part]
        wide = -(-changes.get("d_q", setting.d_q) // step) * step
        together = next((group for group in target.equal if "d_q" in group), ("d_q",))
        changes |= dict.fromkeys(together, wide)
    roles = dict(target.same)
    if "value" in roles:
        changes["value_batch"] = None
    if "key" in roles or roles.get("value") == "query":
        changes["key_batch"] = None
    return replace(setting, **changes) if changes else setting


def one_tensor(target: Target, case: Case) -> Case:
    """The case with one array where the target takes one for several arguments; as it is where shapes differ."""
    pairs = [(role, root) for role, root in target.same if case.inputs[role].shape == case.inputs[root].shape]
    if not pairs:
        return case
    return replace(case, inputs={**case.inputs, **{role: case.inputs[root] for role, root in pairs}})


def sizes_for(target: Target, *, few: bool = False) -> tuple[Setting, ...]:
    """Every class, with a batch of elements and heads, or of elements alone where lengths are given and no feature
    tells heads apart: theirs is the first axis of the batch. No batch for what takes single sequences.

    few  the first ``FEW`` classes, heads only where a feature tells them apart
    """
    heads = bool(set(HEADS) & target.features)
    found = []
    for each in CLASSES[:FEW] if few else CLASSES:
        batch = WITH_SLOPES.get(each.name, each.batch) if "slopes" in target.features else each.batch
        whole = heads or not (few or "lengths" in target.takes)
        batch = batch if whole else batch[:1]
        if whole and not heads and target.leads == 1:  # where two would be merged
            batch = batch[1:]
        found.append(fitted(target, replace(each, batch=() if single(target) else batch)))
    return tuple(found)


def of_one(target: Target, setting: Setting) -> Setting:
    """A setting whose batch is there by the way: without it for what takes single sequences."""
    return replace(setting, batch=(), key_batch=None) if single(target) else setting


def single(target: Target) -> bool:
    """Whether every question is of one sequence: arrays have no axis for more, and no feature needs one."""
    return not target.batched and not {*HEADS, "lengths"} & target.features
