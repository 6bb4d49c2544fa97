"""Pairs of features: every two of them, and every one at every kind of sizes and layouts, in at least one question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from attnproof.verify.composing.coincident import coincident
from attnproof.verify.composing.compose import Composed, UndefinedError, base_setting, composed
from attnproof.verify.composing.heads import heads_of
from attnproof.verify.composing.plan import plan
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import Choice, levels, undefined
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.options import Profile
from attnproof.verify.outcome import PASS, UNSUPPORTED
from attnproof.verify.properties.asking import case_of, wrong
from attnproof.verify.properties.choosing import judged, settled_choice
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.properties.raising import changed, raised
from attnproof.verify.targets.target import Target

NAME: Final = "pair"
OTHERS: Final = 3  # every third question is asked in the other formats too
SIZES: Final = ("n_q", "n_k", "d_q", "d_k", "d_a", "d_v")


def _rows(target: Target, choice: Choice, dtype: str, *, few: bool) -> tuple[Row, ...]:
    """The questions; what flows back through a log-sum-exp in base 2 has factors that no format has."""
    if choice["lse_base"] == "2":
        target = replace(target, outputs=tuple(name for name in target.outputs if name != "lse"))
    rows = plan(target, choice, dtype, few=few).rows
    return (*rows, *(coincident(target, choice, dtype).rows if dtype == target.dtypes[0] else ()))


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """Every question in the first format of a target; in the others, where only rounding differs, some."""
    first = dtype == target.dtypes[0]
    few = profile != "thorough" or not first
    if profile == "quick" and not first:
        return
    choice = settled_choice(target, dtype, device, seed)
    for number, row in enumerate(_rows(target, choice, dtype, few=few)):
        if profile == "standard" and not first and number % OTHERS:
            continue
        setting = base_setting(row, heads_of(row, choice))
        name = f"{NAME} {number} of {'few' if few else 'all'}, {row.setting.name}"
        yield Draw(replace(setting, name=name), "normal", dtype, device, seed)


def _row(target: Target, choice: Choice, draw: Draw) -> Row:
    """The row that a draw stands for, at the draw's sizes. Raises ValueError for sizes without a meaning for it."""
    _, number, _, which, *_ = draw.setting.name.replace(",", "").split()
    row = _rows(target, choice, draw.dtype, few=which == "few")[int(number)]
    batch = draw.setting.batch
    if "groups" in row.features:
        if draw.setting.key_batch is None:
            raise UndefinedError("grouped heads need an axis of groups")
        batch = (*batch[:-2], batch[-2] * batch[-1])
    sizes: dict[str, int] = {name: getattr(draw.setting, name) for name in SIZES}
    return replace(row, setting=replace(row.setting, batch=batch, **sizes))  # type: ignore[arg-type]


def question(target: Target, choice: Choice, draw: Draw) -> Composed:
    """The question that a draw stands for, at the draw's own numbers. Raises UndefinedError."""
    row = _row(target, choice, draw)
    why = undefined(target, choice, row)
    if why is not None:
        raise UndefinedError(f"{row.words}: {why}")
    return composed(target, choice, row, case_of(target, draw), draw.device, draw.seed)


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    asked = question(target, choice, draw)
    try:
        answer = ask(target, asked.request)
    except TargetError as error:
        if not error.fault and _has_it_elsewhere(target, asked, draw, error):
            return [Finding(UNSUPPORTED, f"refuses {asked.words}: {error}")]  # no wrong result
        return [raised(target, asked, error)]
    if found_changed := changed(asked, answer):
        return [found_changed]
    found = judged(target, asked, answer)
    first = wrong(found, asked.words)
    return [first] if first else found or [Finding(PASS)]


def _has_it_elsewhere(target: Target, asked: Composed, draw: Draw, error: TargetError) -> bool:
    """Whether a library refuses only this level of one feature, or its sizes: the feature is answered at some level at
    the first sizes, with nothing else.
    """
    if not isinstance(error.__cause__, RuntimeError):
        return False
    first = sizes_for(target, few=True)[0]
    for name in asked.row.features:
        for level in levels(target, name):
            row = Row(first, {name: level}, dtype=draw.dtype)
            if undefined(target, asked.choice, row) is None:
                base = replace(draw, setting=base_setting(row, heads_of(row, asked.choice)))
                question = composed(target, asked.choice, row, case_of(target, base), draw.device, draw.seed)
                with suppress(TargetError):
                    ask(target, question.request)
                    return True
    return False


PROPERTIES: Final = (
    Property(
        name="pairs of features",
        says="any two features together, at any kind of sizes and layouts, give values and gradients within bounds",
        draws=_draws,
        finds=_finds,
    ),
)
