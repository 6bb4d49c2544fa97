"""The smallest input at which a property fails: batch, options and sizes are made smaller, then the numbers simpler."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.checking.checked import Example
from attnproof.verify.composing.sizes import fitted
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import PrecisionError
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.asking import case_of, holding
from attnproof.verify.targets.target import Target

# Sizes that are made small together: a score may need some of them to be equal.
TOGETHER: Final = (
    ("n_q", "n_k", "d_q", "d_k", "d_a", "d_v"),
    ("n_q", "n_k"),
    ("d_q", "d_k", "d_a", "d_v"),
    ("d_q", "d_k", "d_a"),
    *((name,) for name in ("n_q", "n_k", "d_q", "d_k", "d_a", "d_v")),
)
SMALL: Final = (1, 2, 3, 4, 8, 16, 32, 64, 128)
TRIALS: Final = 60
SECONDS: Final = 6.0  # of computing, for each of the two searches
WAITED: Final = (
    10.0  # times as long they may take by the clock: the machine has other things to do, the target may wait
)


def smallest(target: Target, finding: Finding) -> Example | None:
    """The example that a failure shrinks to, of the same kind; None: it does not fail again (state or chance)."""
    if finding.draw is None:
        return None
    trial = _Trial(target, finding)
    if trial.fails(finding.draw) is None:
        return None
    draw = _smaller_draw(trial, finding.draw)
    # Questions that are composed make their own numbers.
    case, held = (case_of(target, draw), False) if draw.asked else _simpler_numbers(trial, draw)
    last = trial.fails(draw, case if held else None)
    if last is None:  # shrunk to a failure that does not repeat: what is reported must
        draw, case, held = finding.draw, case_of(target, finding.draw), False
        last = finding
    return Example(finding.property, draw, case, last, held, trial.count)


def as_found(target: Target, finding: Finding) -> Example | None:
    """The example where the failure was found; None where there is no draw."""
    if finding.draw is None:
        return None
    return Example(finding.property, finding.draw, case_of(target, finding.draw), finding, held=False, steps=0)


class _Trial:
    """Whether a property fails at an input in one way; counts, and gives up after a while."""

    def __init__(self, target: Target, finding: Finding) -> None:
        self.target, self.finding = target, finding
        self.count, self.most, self.until, self.latest = 0, 0, 0.0, 0.0

    def begin(self) -> None:
        """A search."""
        self.most = self.count + TRIALS
        self.until, self.latest = time.process_time() + SECONDS, time.monotonic() + WAITED * SECONDS

    def fails(self, draw: Draw, case: Case | None = None) -> Finding | None:
        self.count += 1
        if case is None:
            return failure(self.target, self.finding, draw)
        with holding(self.target.score, draw, case):
            return failure(self.target, self.finding, draw)

    def in_time(self, draw: Draw, case: Case | None = None) -> bool:
        left = self.count < self.most and time.process_time() < self.until and time.monotonic() < self.latest
        return left and self.fails(draw, case) is not None


Kind = tuple[str, str, str]


def kind(finding: Finding) -> Kind:
    """What has to stay the same while a failure shrinks: the quantity; whether a number, NaN or an infinity came; and
    whether one of them was due, or 0, or another number. A wrong number must not shrink to a 0/0.
    """
    if not finding.worst:
        return finding.quantity, "", ""
    got, exact = float.fromhex(finding.worst["got"]), float(str(finding.worst["exact"]))
    return finding.quantity, _sort(got), "0" if exact == 0.0 else _sort(exact)


def _sort(value: float) -> str:
    return "number" if np.isfinite(value) else str(abs(value))


def failure(target: Target, alike: Finding, draw: Draw) -> Finding | None:
    """The first failure of the same property at a draw, of the same kind, or None."""
    try:
        found = list(PROPERTIES[alike.property].check(target, draw))
    except PrecisionError:
        return None  # outside the domain of the score, which has no value there
    except (ValueError, KeyError, IndexError, TypeError):
        return None  # the property cannot be asked at this size: nothing that was claimed fails there
    same = (each for each in found if each.outcome == FAIL and (each.kind, kind(each)) == (alike.kind, kind(alike)))
    return next(same, None)


def _smaller_draw(trial: _Trial, draw: Draw) -> Draw:
    """The draw made smaller one step at a time, the largest steps first, until none of them leaves the failure."""
    trial.begin()
    tried = {draw}
    while True:
        new = (each for each in _steps(trial.target, draw) if _new(each, tried))
        smaller = next((each for each in new if trial.in_time(each)), None)
        if smaller is None:
            return draw
        draw = smaller


def _new(draw: Draw, tried: set[Draw]) -> bool:
    """Whether it was not tried before; it is from now on."""
    new = draw not in tried
    tried.add(draw)
    return new


def _steps(target: Target, draw: Draw) -> Iterator[Draw]:
    """Smaller draws, at sizes that the target is declared for."""
    return (replace(each, setting=fitted(target, each.setting)) for each in _smaller(draw))


def _smaller(draw: Draw) -> Iterator[Draw]:
    setting = draw.setting
    for first in range(len(draw.asked) - 1):  # the question that is meant alone, then after fewer others
        yield replace(draw, asked=(*draw.asked[:first], draw.asked[-1]))
    for length in range(len(setting.batch)):
        batch = setting.batch[len(setting.batch) - length :]
        yield _with(draw, batch=batch, key_batch=None, value_batch=None, bias_batch=())
    plain = {"mask": "none", "softcap": False, "bias": False, "bias_hidden": False}
    yield replace(draw, input_class="normal")
    for name, value in plain.items():
        yield _with(draw, **{name: value})
    for names in TOGETHER:
        for value in SMALL:
            yield _with(draw, **{name: min(value, getattr(setting, name)) for name in names})
    yield from _alike(draw)
    for name in TOGETHER[0]:
        size = getattr(setting, name)
        for part in range(1, size.bit_length()):  # half of it off, a quarter …, one
            yield _with(draw, **{name: size - (size >> part)})


def _alike(draw: Draw) -> Iterator[Draw]:
    """Sizes and axes of the batch that are one number made smaller together: one may be taken for the other."""
    setting = draw.setting
    for number in sorted({*setting.batch, *(getattr(setting, name) for name in TOGETHER[0])}, reverse=True):
        for value in (each for each in SMALL if each < number):
            changes: dict[str, Any] = {name: value for name in TOGETHER[0] if getattr(setting, name) == number}
            for name in ("batch", "key_batch"):
                batch = getattr(setting, name)
                changes[name] = batch and tuple(value if each == number else each for each in batch)
            yield _with(draw, **changes)


def _with(draw: Draw, **fields: Any) -> Draw:
    return replace(draw, setting=replace(draw.setting, **fields))


def _simpler_numbers(trial: _Trial, draw: Draw) -> tuple[Case, bool]:
    """The case with each array as simple as it may be while the property fails, and whether it is another than the
    draw's.
    """
    case = case_of(trial.target, draw)
    arrays = {**case.inputs, "grad_context": case.grad_context}

    def made(chosen: Mapping[str, str]) -> Case | None:
        simpler = {n: FORMATS[draw.dtype].round(SIMPLER[chosen[n]](value)) for n, value in arrays.items()}
        cotangent = simpler.pop("grad_context")
        try:
            return replace(case, inputs=simpler, grad_context=cotangent)
        except ValueError:
            return None  # a soft-cap of zero, say

    def fails(chosen: Mapping[str, str]) -> bool:
        simpler = made(chosen)
        return simpler is not None and trial.in_time(draw, simpler)

    trial.begin()
    as_it_is = tuple(SIMPLER)[-1]
    ways = (dict.fromkeys(arrays, way) for way in tuple(SIMPLER)[:-1])
    chosen = next((each for each in ways if fails(each)), dict.fromkeys(arrays, as_it_is))
    for name in arrays:
        simpler_ways = tuple(SIMPLER)[: tuple(SIMPLER).index(chosen[name])]
        each = ({**chosen, name: way} for way in simpler_ways)
        chosen = next((other for other in each if fails(other)), chosen)
    simpler = made(chosen)
    if simpler is None or all(way == as_it_is for way in chosen.values()):
        return case, False
    return simpler, True


def _ones(value: Any) -> Any:
    return np.where(np.isinf(value), value, 1.0)


def _zeros(value: Any) -> Any:
    return np.where(np.isinf(value), value, 0.0)


def _signs(value: Any) -> Any:
    return np.where(np.isinf(value), value, np.sign(value))


def _whole(value: Any) -> Any:
    return np.where(np.isinf(value), value, np.rint(value))


def _quarters(value: Any) -> Any:
    return np.where(np.isinf(value), value, np.rint(4.0 * value) / 4.0)


def _as_they_are(value: Any) -> Any:
    return value


# From the simplest; −∞, which masks, stays everywhere.
SIMPLER: Final[Mapping[str, Callable[[Any], Any]]] = {
    "zeros": _zeros,
    "ones": _ones,
    "signs": _signs,
    "whole numbers": _whole,
    "quarters": _quarters,
    "as they are": _as_they_are,
}
