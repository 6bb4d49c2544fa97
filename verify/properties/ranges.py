"""Scores over the range of the format, reached through query and key, and visible scores that are low in every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import is_own
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.composing.compose import Composed, composed
from attnproof.verify.composing.constants import constants_of
from attnproof.verify.composing.reach import alike, linear_in
from attnproof.verify.composing.rotating import turned_back
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.searched import Searched, searched
from attnproof.verify.composing.semantics import Choice, able, undefined
from attnproof.verify.composing.sizes import fitted, of_one
from attnproof.verify.composing.steering import steerable, steered
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import shift_of
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import case_of, wrong
from attnproof.verify.properties.choosing import judged, settled_choice
from attnproof.verify.properties.property import Draw, Finding, Property, needs
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Target

Ends = Literal["high", "low", "masked high"]
# From about these scores on exp overflows: in fp64 from 710, in fp32 and in half precision with fp32 inside from 89;
# fp16 alone from 12, and at more than 32 its rounding says nothing any more.
BEYOND_EXP: Final[Mapping[str, int]] = MappingProxyType({"fp64": 10, "fp32": 7, "bf16": 7, "fp16": 5})
ROOM: Final = 6  # powers of two below the largest number: for sums over features, and for scales
STEERED_ROOM: Final = 3  # the same where the sums are known: at most 10 times a score of six keys
SETTING: Final = Setting("range", n_q=3, n_k=6, d_v=2, batch=(2,))
CHANGED: Final = 1000.0  # what masked values are changed to: large beside standard normal ones, within every format
MINUS_BILLION: Final = 30  # powers of two: −10⁹ is a usual number that masks
MOST_OWN: Final = 4  # sizes of scores by a program's own numbers
WAYS: Final = (
    {"mask": "shared"},
    {"mask": "keys"},
    {"bias": "masking"},
    {"bias": "keys"},
    {"causal": "on"},
    {"window": "1"},
    {"lengths": "some"},
    {"lengths": "each"},
    {"mask": "shared", "causal": "on"},
    {"mask": "keys", "causal": "on"},
)
# The first whole number whose successor is none of the format.
WHOLE_NUMBERS: Final[Mapping[str, int]] = MappingProxyType({"bf16": 256, "fp16": 2048})
BYTES: Final = (128, 256)  # the first positions that are none of int8 and of uint8, whatever the inputs' format is
POSITIONAL: Final = ("causal", "window", "lengths")
NEAR: Final = 6  # keys at the end that are looked at


def _applies(target: Target) -> str | None:
    linear = is_own(alone(target.score)) and linear_in(target.score) is not None
    return None if linear else _applies_by_key(target)


def _applies_by_key(target: Target) -> str | None:
    one = {"query", "key"} <= {name for pair in target.same for name in pair}
    return "numbers that steer a score need keys beside queries" if one and _looked_for(target) else None


def _applies_masked(target: Target) -> str | None:
    return _applies_by_key(target) or (None if any(_ways(target)) else "takes no mask of any kind")


def _looked_for(target: Target) -> bool:
    """Whether numbers that steer the score key by key have to be looked for: of a user's score, and where widths are
    one number.
    """
    if is_own(alone(target.score)):
        return True
    setting = steerable(alone(target.score), SETTING)
    same = fitted(target, setting)
    return any(getattr(same, name) != getattr(setting, name) for name in ("n_k", "d_q", "d_k", "d_a"))


def _ways(target: Target) -> Iterator[dict[str, str]]:
    return (way for way in WAYS if able(target, way))


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del profile
    setting = of_one(target, SETTING)
    setting = fitted(target, setting) if _looked_for(target) else steerable(alone(target.score), setting)
    return (Draw(setting, "normal", dtype, device, seed),)


def steered_question(target: Target, choice: Choice, draw: Draw, row: Row, exponent: int, ends: Ends) -> Composed:
    """The row with scores of ±2^exponent: all ``high``, all ``low``, or ``masked high`` and the visible ones low."""
    base = case_of(target, draw)
    seen = np.zeros((draw.setting.n_q, draw.setting.n_k), bool)
    if ends == "masked high":  # which keys are masked does not depend on the numbers
        case = composed(target, choice, row, base, draw.device, draw.seed).case
        seen = np.broadcast_to(~np.isneginf(case.inputs["bias"]), (*case.batch, *seen.shape))
    signs = np.where(seen, -1.0, 1.0) * (-1.0 if ends == "low" else 1.0)
    inputs = alike(base, signs, exponent) if is_own(alone(target.score)) else steered(base, signs, exponent)
    return _of_numbers(target, choice, draw, row, base, inputs)


def _of_numbers(
    target: Target, choice: Choice, draw: Draw, row: Row, base: Case, inputs: Mapping[str, np.ndarray[Any, Any]]
) -> Composed:
    """The row with these numbers; turned back, so that what the target turns is steered."""
    if target.tables is not None:
        turned = turned_back(inputs, target.tables(draw.setting, draw.dtype, draw.device), draw.dtype)
        inputs = {**inputs, **turned}
    return composed(target, choice, row, replace(base, inputs=dict(inputs)), draw.device, draw.seed)


def _in_range(target: Target, draw: Draw) -> Iterator[Finding]:
    """All scores high, all low, and of either sign, at sizes from where exp overflows to the end of the format.

    At these sizes rounding a score may change its exponential beyond all bounds that tell right from wrong: then what
    is judged is that the outputs are finite, and an abstention would say nothing about the target.
    """
    asked = list(_of_any_size(target, _at_own_sizes(target, draw)))
    if not asked:
        yield Finding(UNSUPPORTED, f"no numbers were found at which this score is beyond ±2^{BEYOND_EXP[draw.dtype]}")
        return
    for question, words in asked:
        answer = ask(target, question.request)
        found = judged(target, question, answer)
        infinite = [name for name, array in answer.outputs.items() if not np.isfinite(array).all()]
        found += [Finding(FAIL, "not finite", name) for name in infinite if name != "scores"]
        if first := wrong(found, f"{words}, reached through query and key"):
            yield first
            return
        yield from (finding for finding in found if finding.outcome == PASS)
    yield Finding(PASS)


def _of_any_size(target: Target, draw: Draw) -> Iterator[tuple[Composed, str]]:
    """Questions with scores of that size, and what they are in words."""
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    row = Row(draw.setting, dtype=draw.dtype)
    exponent, last = BEYOND_EXP[draw.dtype], FORMATS[draw.dtype].emax - ROOM
    own = _own_exponents(target, exponent, last)
    linear = linear_in(target.score) is not None
    if _looked_for(target) and not (linear and is_own(alone(target.score))):
        numbers = _searched(target, draw)
        wanted = [("≤ −", numbers.low, each) for each in (exponent, *own)] + [("≥ ", numbers.high, exponent)]
        for sign, ends, least in wanted:
            if (found := next((each for each in ends if each.exponent >= least), None)) is not None:
                base = case_of(target, draw)
                high = np.full((*draw.setting.batch, draw.setting.n_k), sign == "≥ ")
                question = _of_numbers(target, choice, draw, row, base, found.of(base, high))
                yield question, f"every score {sign}2^{found.exponent}"
    else:
        yield steered_question(target, choice, draw, row, exponent, "high"), f"every score 2^{exponent}"
        for below in (exponent, *own):
            yield steered_question(target, choice, draw, row, below, "low"), f"every score −2^{below}"
    for reach in dict.fromkeys((exponent, last)) if linear else ():
        far = replace(row, reach=2.0**reach, gradients="none" if reach > exponent else "all")
        question = composed(target, choice, far, case_of(target, draw), draw.device, draw.seed)
        yield question, f"scores up to ±2^{reach}"


def _searched(target: Target, draw: Draw) -> Searched:
    arithmetic = target.arithmetic(draw.dtype, draw.device)
    return searched(alone(target.score), draw.setting, draw.dtype, arithmetic, draw.seed)


def _at_own_sizes(target: Target, draw: Draw) -> Draw:
    """A draw of another target is of sizes that this one may not have."""
    return replace(draw, setting=fitted(target, draw.setting)) if _looked_for(target) else draw


def _own_exponents(target: Target, least: int, most: int) -> list[int]:
    """Sizes of scores beyond the program's own numbers: one that stands for −∞, or for the first maximum, is above."""
    own = constants_of(target.ask)
    sizes = (abs(float(number)) for number in (*own.floats, *own.integers) if number)
    exponents = {int(np.frexp(size)[1]) + 1 for size in sizes if np.isfinite(size)}
    return sorted(each for each in exponents if least < each <= most)[:MOST_OWN]


def _low_visible(target: Target, draw: Draw) -> Iterator[Finding]:
    """Whatever is masked is out of it, however low all is that a query sees, and however high what it does not see."""
    draw = _at_own_sizes(target, draw)
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    deep = int(np.log2(-shift_of("deep", draw.dtype)))
    last = FORMATS[draw.dtype].emax - STEERED_ROOM
    first = min(deep, last)
    for way in _ways(target):
        row = Row(draw.setting, way, gradients="none", dtype=draw.dtype)
        if undefined(target, choice, row) is not None:
            continue
        by_key = _low_by_key(target, choice, draw, row, first) if _looked_for(target) else None
        for quantity, words in by_key or _low_steered(target, choice, draw, row, first, last):
            yield Finding(FAIL, words, quantity)
            return
    if not _looked_for(target):
        yield Finding(PASS)
        return
    reached = _searched(target, draw).low
    if reached:
        yield Finding(PASS)
    if not reached or reached[-1].exponent < first:
        least = f"; the least is −2^{reached[-1].exponent}" if reached else ""
        why = f"no numbers were found at which this score is −2^{first} in {draw.dtype}{least}"
        yield Finding(UNSUPPORTED, f"{why}: a finite number that masks and is below is not shown")


Low = Iterator[tuple[str, str]]  # a quantity that a masked key reaches, and how that was seen


def _low_steered(target: Target, choice: Choice, draw: Draw, row: Row, first: int, last: int) -> Low:
    for exponent in dict.fromkeys((first, last)):
        question = steered_question(target, choice, draw, row, exponent, "masked high")
        quantity, moved = "context", _moved(target, question)
        if moved is None and target.gradients and exponent == first:
            whole = replace(row, gradients="all")
            question = steered_question(target, choice, draw, whole, exponent, "masked high")
            quantity, moved = _lost(target, question)
        if moved is not None:
            words = f"{question.words}: every visible score is −2^{exponent}, every masked one 2^{exponent}: {moved}"
            yield quantity, words


def _low_by_key(target: Target, choice: Choice, draw: Draw, row: Row, first: int) -> Low:
    """All queries are one, and keys one of two: so it is asked for one query at a time which it does not see."""
    numbers = _searched(target, draw).low
    if not numbers:
        return
    base = case_of(target, draw)
    seen = _seen(composed(target, choice, row, base, draw.device, draw.seed))
    least = [next((each for each in numbers if each.exponent >= e), None) for e in (first, MINUS_BILLION)]
    chosen = {each.exponent: each for each in (*least, *numbers[-1:]) if each is not None}
    alike = (seen == seen[..., :1, :]).all()  # as masks of keys are
    for exponent, each in sorted(chosen.items()):
        for query in range(1 if alike else draw.setting.n_q):
            inputs = each.of(base, ~seen[..., query, :])
            question = _of_numbers(target, choice, draw, row, base, inputs)
            moved = _moved(target, question, query=None if alike else query)
            if moved is not None:
                words = (
                    f"{question.words}: every score that a query sees is at most −2^{exponent}, the others are higher"
                )
                yield "context", f"{words}: {moved}"


def _lost(target: Target, question: Composed) -> tuple[str, str | None]:
    """A gradient that is not finite though every query sees a key: 0 · ∞ where exp is taken before the mask."""
    if not _seen(question).any(-1).all():
        return "", None
    gradients = ask(target, question.request).gradients
    lost = next((name for name, array in gradients.items() if not np.isfinite(array).all()), None)
    return (f"grad.{lost}", "it is not finite") if lost else ("", None)


def _seen(question: Composed) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.broadcast_to(~np.isneginf(question.case.inputs["bias"]), (*question.case.batch, *_pairs(question)))


def _far_draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del profile
    if not any(_far(target)):
        return
    first = dtype == target.dtypes[0]
    for beyond in dict.fromkeys((*(BYTES if first else ()), *filter(None, (WHOLE_NUMBERS.get(dtype),)))):
        setting = Setting("far positions", 3, beyond + 3, 4, 4, 2, 2, batch=(2,))
        yield Draw(of_one(target, setting), "normal", dtype, device, seed)


def _far(target: Target) -> Iterator[dict[str, str]]:
    return (way for way in WAYS if able(target, way) and set(way) <= set(POSITIONAL))


def _far_positions(target: Target, draw: Draw) -> Iterator[Finding]:
    """The last queries among positions that narrow formats do not have any more; all visible scores are equal, so
    that every visible value counts.
    """
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    base = case_of(target, draw)
    name = linear_in(target.score)
    base = base if name is None else base.having(**{name: np.zeros_like(base.inputs[name])})
    for way in _far(target):
        # The number makes the lengths end where whole numbers are rounded.
        row = Row(draw.setting, way, gradients="none", dtype=draw.dtype, number=draw.setting.n_k - 4)
        if undefined(target, choice, row) is None:
            question = composed(target, choice, row, base, draw.device, draw.seed)
            moved = _moved(target, question, last=NEAR, counts=name is not None)
            if moved is not None:
                yield Finding(FAIL, f"{question.words}, {draw.setting.n_k} keys: {moved}", "context")
                return
    yield Finding(PASS)


def _moved(
    target: Target, question: Composed, last: int | None = None, *, counts: bool = False, query: int | None = None
) -> str | None:
    """What is not a number, or changes with a value that is masked, or (``counts``) does not with one that is not.

    last   how many keys are looked at, from the end; None: all
    query  the one that is looked at; None: all
    Raises TargetError.
    """
    seen = _seen(question)
    if query is not None:  # the others count as if they saw no key
        seen = seen & (np.arange(seen.shape[-2]) == query)[:, None]
    before = ask(target, question.request).outputs["context"]
    if not np.isfinite(before[seen.any(-1)]).all():
        return "the context of a query that sees a key is not finite"
    for key in range(seen.shape[-1])[-last if last else 0 :]:
        blind = ~seen[..., key] & seen.any(-1)
        if not blind.any() and not counts:
            continue
        value = question.request.given["value"].copy()
        value[..., key, :] = CHANGED
        request = replace(question.request, given={**question.request.given, "value": value})
        after = ask(target, request).outputs["context"]
        if (before[blind] != after[blind]).any():
            largest = float(np.max(np.abs(after[blind] - before[blind])))
            return f"the value of key {key} changes the context of queries that do not see it by {largest:.3g}"
        if counts and (before[seen[..., key]] == after[seen[..., key]]).all(-1).any():
            return f"the value of key {key} changes nothing for a query that sees it"
    return None


def _pairs(question: Composed) -> tuple[int, int]:
    return question.case.sizes["n_q"], question.case.sizes["n_k"]


PROPERTIES: Final = (
    Property(
        name="range through query and key",
        says="scores of any size that query and key can make give finite values within their bounds",
        applies=_applies,
        draws=_draws,
        finds=_in_range,
    ),
    Property(
        name="low visible scores",
        says="a masked key takes no part where all that is visible is very low and what is masked is high",
        applies=_applies_masked,
        draws=_draws,
        finds=_low_visible,
    ),
    Property(
        name="far positions",
        says="masks by position and length are exact where positions are no numbers of the inputs' format, or of a "
        "byte, any more",
        applies=needs(*POSITIONAL, otherwise="masks by no position"),
        draws=_far_draws,
        finds=_far_positions,
    ),
)
