"""The smallest input at which a property fails: Hypothesis shrinks sizes, options and input class, then the numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.checking.checked import Example
from attnproof.verify.composing.sizes import fitted
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import PrecisionError
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.asking import case_of, holding
from attnproof.verify.targets.target import Target

SIZES: Final = ("n_q", "n_k", "d_q", "d_k", "d_a", "d_v")
TRIALS: Final = 150
SECONDS: Final = 6.0  # for each of the two searches
QUIET: Final = settings(
    database=None,
    derandomize=True,
    max_examples=TRIALS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


def smallest(target: Target, finding: Finding) -> Example | None:
    """The example that a failure shrinks to, of the same kind; None: it does not fail again (state or chance)."""
    if finding.draw is None:
        return None
    trial = _Trial(target, finding.property, kind(finding))
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


class _Trial:
    """Whether a property fails at an input in one way; counts, and gives up after a while."""

    def __init__(self, target: Target, name: str, way: Kind) -> None:
        self.target, self.property, self.way, self.count, self.until = target, PROPERTIES[name], way, 0, 0.0

    def begin(self) -> None:
        self.until = time.monotonic() + SECONDS

    def fails(self, draw: Draw, case: Case | None = None) -> Finding | None:
        self.count += 1
        if case is None:
            return failure(self.target, self.property.name, draw, self.way)
        with holding(self.target.score, draw, case):
            return failure(self.target, self.property.name, draw, self.way)

    def in_time(self, draw: Draw, case: Case | None = None) -> bool:
        return time.monotonic() < self.until and self.fails(draw, case) is not None


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


def failure(target: Target, name: str, draw: Draw, way: Kind) -> Finding | None:
    """The first failure of a property at a draw of that kind, or None."""
    try:
        found = list(PROPERTIES[name].check(target, draw))
    except PrecisionError:
        return None  # outside the domain of the score, which has no value there
    except (ValueError, KeyError, IndexError, TypeError):
        return None  # the property cannot be asked at this size: nothing that was claimed fails there
    return next((each for each in found if each.outcome == FAIL and kind(each) == way), None)


def _smaller_draw(trial: _Trial, draw: Draw) -> Draw:
    setting = draw.setting
    choices: dict[str, st.SearchStrategy[Any]] = {n: st.integers(1, getattr(setting, n)) for n in SIZES}
    batches = list(dict.fromkeys([(), *(setting.batch[i:] for i in range(len(setting.batch), -1, -1))]))
    if setting.batch:
        choices["batch"] = st.sampled_from(batches)
    for name, plain in (("mask", "none"), ("softcap", False), ("bias", False), ("bias_hidden", False)):
        if getattr(setting, name) != plain:
            choices[name] = st.sampled_from([plain, getattr(setting, name)])
    classes = list(dict.fromkeys(["normal", draw.input_class]))

    def made(values: tuple[Mapping[str, Any], str]) -> Draw:
        fields = dict(values[0])
        if fields.get("batch", setting.batch) != setting.batch:
            fields |= {"key_batch": None, "value_batch": None, "bias_batch": ()}
        return replace(draw, setting=fitted(trial.target, replace(setting, **fields)), input_class=values[1])

    strategy = st.tuples(st.fixed_dictionaries(choices), st.sampled_from(classes)).map(made)
    found: Draw = _found(trial, strategy, trial.in_time, draw)
    return found


def _simpler_numbers(trial: _Trial, draw: Draw) -> tuple[Case, bool]:
    """The case with each array as simple as it may be while the property fails, and whether it is another than the
    draw's.
    """
    case = case_of(trial.target, draw)
    arrays = {**case.inputs, "grad_context": case.grad_context}
    ways = st.fixed_dictionaries({name: st.sampled_from(tuple(SIMPLER)) for name in arrays})

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

    chosen = _found(trial, ways, fails, dict.fromkeys(arrays, "as they are"))
    simpler = made(chosen)
    if simpler is None or all(way == "as they are" for way in chosen.values()):
        return case, False
    return simpler, True


def _found(trial: _Trial, strategy: Any, fails: Callable[[Any], bool], otherwise: Any) -> Any:
    trial.begin()
    known: dict[str, bool] = {}

    def same(value: Any) -> bool:
        """Asked once for each value: what failed in time still counts when Hypothesis comes back to it later."""
        key = repr(value)
        if key not in known:
            known[key] = fails(value)
        return known[key]

    try:
        return find(strategy, same, settings=QUIET)
    except NoSuchExample:
        return otherwise


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
