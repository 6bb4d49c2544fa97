"""Masks and biases in every layout that a target takes, where none is declared: ``b k``, ``h q k``.

A bias that is always handed over with all axes says nothing about the sum that its gradient is where it has fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from typing import Any, Final

import numpy as np

from attnproof.verify import outcome
from attnproof.verify.composing.compose import Composed, base_setting, composed
from attnproof.verify.composing.features import QUARTERS
from attnproof.verify.composing.heads import heads_of
from attnproof.verify.composing.links import constant, linked, numbered
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import Choice, undefined
from attnproof.verify.composing.visible import drawn
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import UNSUPPORTED
from attnproof.verify.properties.algebra import by_itself
from attnproof.verify.properties.asking import case_of, mask_of, wrong
from attnproof.verify.properties.choosing import judged, settled_choice
from attnproof.verify.properties.judging import wrong_numbers
from attnproof.verify.properties.property import Draw, Finding
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.properties.raising import changed
from attnproof.verify.reading.algebra import DIFFERS
from attnproof.verify.targets.target import Laid, Target
from attnproof.verify.unit import generator

NAME: Final = "layouts of"
# No two axes of one length and none of length one: which axis is meant is then seen by its length.
SETTING: Final = Setting(NAME, n_q=4, n_k=5, d_q=8, d_k=8, d_a=6, d_v=8, batch=(2, 3))


def draws(target: Target, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """One for each argument that may come in other layouts, in the target's first format."""
    for name in ("mask", "bias"):
        laid = target.otherwise(name) if target.otherwise and dtype == target.dtypes[0] else ()
        if laid:
            batch = SETTING.batch[len(SETTING.batch) - len(laid[0].present) + 1 :]
            yield Draw(replace(SETTING, name=f"{NAME} {name}", batch=batch), "normal", dtype, device, seed)


def finds(target: Target, draw: Draw) -> Iterable[Finding]:
    """Of every layout that the target answers in, gradients too: what it refuses it does not take."""
    sizes = (*draw.setting.batch, draw.setting.n_q, draw.setting.n_k)
    if len({*sizes, 1}) != len(sizes) + 1:
        return [Finding(UNSUPPORTED, f"sizes {sizes}, some of which are declared equal, do not tell axes apart")]
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    if why := undefined(target, choice, Row(draw.setting, dtype=draw.dtype)):
        return [Finding(UNSUPPORTED, why)]
    name = draw.setting.name.split(",")[0].removeprefix(NAME).strip()
    found: list[Finding] = []
    taken: list[Laid] = []
    for laid in target.otherwise(name) if target.otherwise else ():
        asked = question(laid, choice, draw, name)
        try:
            answer = ask(laid.target, asked.request)
        except TargetError:  # not one of its layouts
            continue
        if in_place := changed(asked, answer):
            return [in_place.prefixed(name)]
        answered = judged(laid.target, asked, answer)
        answered += wrong_numbers(laid.target, asked, answer, [f"grad.{n}" for n in answer.gradients]).values()
        if first := wrong(answered, f"{name} ({', '.join(laid.axes.split())})"):
            read = by_itself(laid.target, asked, draw.seed).get(first.quantity)
            return [replace(first, kind="algebra") if read is not None and read.outcome == DIFFERS else first]
        found += answered
        taken.append(laid)
    if mistaken := next(filter(None, (_mistaken(laid, taken, choice, draw, name) for laid in taken)), None):
        return [mistaken]
    return found or [Finding(UNSUPPORTED, f"takes the {name} in one layout alone")]


def _mistaken(laid: Laid, taken: Sequence[Laid], choice: Choice, draw: Draw, name: str) -> Finding | None:
    """What comes of a layout with fewer axes where an axis that it has is as long as one that it has not: a program
    that tells layouts by their lengths takes it for another. That is a convention where it takes the other one, too.
    """
    sizes = (*draw.setting.batch, draw.setting.n_q)
    if _rank(laid) > len(sizes):
        return None
    for one, two in permutations(range(len(sizes)), 2):
        if not laid.present[one] or laid.present[two]:
            continue
        same = [sizes[one] if place == two else size for place, size in enumerate(sizes)]
        setting = replace(draw.setting, batch=tuple(same[:-1]), n_q=same[-1])
        asked = question(laid, choice, replace(draw, setting=setting), name)
        with suppress(TargetError):  # who refuses what cannot be told gives no wrong result
            axes = ("b", "h")[-len(draw.setting.batch) :]
            words = f"{name} ({', '.join(laid.axes.split())}) where {(*axes, 'n_q')[one]} = {(*axes, 'n_q')[two]}"
            if first := wrong(judged(laid.target, asked, ask(laid.target, asked.request)), words):
                other = tuple(laid.present[{one: two, two: one}.get(place, place)] for place in range(len(sizes)))
                if any(each.present == other and _rank(each) == _rank(laid) for each in taken):
                    why = f"{words}: it is taken for another layout that fits as well; not declared"
                    return Finding(outcome.DIFFERS, why, first.quantity)
                return first
    return None


def _rank(laid: Laid) -> int:
    """How many axes it has; merged ones are one."""
    return len(re.sub(r"\([^)]*\)", "m", laid.axes).split())


def question(laid: Laid, choice: Choice, draw: Draw, name: str) -> Composed:
    """A mask or bias with the axes of a layout, its others of length one, and nothing else."""
    target = laid.target
    row = Row(draw.setting, dtype=draw.dtype)
    base = replace(draw, setting=base_setting(row, heads_of(row, choice)))
    bare = composed(target, choice, row, case_of(target, base), draw.device, draw.seed)
    rng = generator(draw.seed, "layouts taken", name, laid.axes)
    whole = (*draw.setting.batch, draw.setting.n_q, draw.setting.n_k)
    shape = (*(n if here else 1 for n, here in zip(whole, laid.present, strict=False)), draw.setting.n_k)
    always = bare.links["bias"].plus if "bias" in bare.links else np.zeros(whole)  # what it does in every call
    values: Any
    if name == "mask":
        kept = drawn(np.isfinite(always), shape, rng)
        values = mask_of(target, ~kept)
        link = constant(np.where(kept, always, -np.inf))
    else:
        values = rng.integers(-QUARTERS + 1, QUARTERS, shape) / QUARTERS
        link = linked(name, np.broadcast_to(numbered(shape), whole), plus=always)
    request = bare.request
    wanted = request.gradients or ()
    asked = replace(
        request,
        case=bare.case.having(bias=link.values(values)),
        given={**request.given, name: values},
        gradients=(*wanted, *(("bias",) if wanted and name == "bias" and "bias" not in target.constant else ())),
    )
    return replace(bare, request=asked, links={**bare.links, "bias": link})
