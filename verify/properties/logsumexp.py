"""The log-sum-exp as an output: its values, however large the scores are, and the gradients that flow through it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.composing.sizes import of_one
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import SETTINGS, Setting
from attnproof.verify.options import Profile
from attnproof.verify.oracle.compare import compare
from attnproof.verify.oracle.exactness import exact
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.additions import arrays, request_for, taken_by
from attnproof.verify.properties.always import truth_of
from attnproof.verify.properties.asking import case_of, limits_of, masked_rows, request_of, variant
from attnproof.verify.properties.property import Choice, Draw, Finding, Property, drawn, failed
from attnproof.verify.properties.question import Question, TargetError, ask
from attnproof.verify.properties.settling import all_judged, settle
from attnproof.verify.properties.sink import TENSORS
from attnproof.verify.targets.target import Request, Target
from attnproof.verify.unit import generator

SETTING: Final = Setting("lse", n_q=3, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2,))
BESIDE: Final = ("bias", "softcap", "dropout", "sink")
LOUD: Final = 1024.0  # scores of about ±1000, whose exponentials no format has; a power of two
# A logarithm to base 2 is made of logits times log₂e: two roundings of each, at most 2u|t| in the result; of the
# product of a natural one with log₂e, two more. Taken together they are at most 4u(|ℓ| + what ℓ may be off by), |ℓ| ≤
# max|t| + log n, and twice that covers second order.
BASE_2_ROUNDINGS: Final = 8
WORDS: Final = {"-inf": -np.inf, "inf": np.inf, "zero": 0.0, "nan": np.nan}


def _applies(target: Target) -> str | None:
    return None if "lse" in target.outputs else "does not return the log-sum-exp"


def _settings(target: Target, profile: Profile, dtype: str) -> Iterable[Setting]:
    del profile, dtype
    setting = of_one(target, SETTING)
    return (setting, SETTINGS["masked_row"]) if {"bias", "mask"} & set(target.takes) else (setting,)


def _with(case: Case, names: tuple[str, ...], seed: int, *, loud: bool) -> Case:
    """The additions, and a cotangent of the log-sum-exp."""
    inputs = {**case.inputs, **arrays(case, names)}
    if loud:
        name = "v" if "v" in inputs else "query"
        inputs[name] = inputs[name] * LOUD
    level = generator(seed, "cotangent of the log-sum-exp", case.dtype).standard_normal(case.grad_context.shape[:-1])
    return replace(case, inputs=inputs, grad_lse=FORMATS[case.dtype].round(np.asarray(level)))


@dataclass(frozen=True, eq=False)
class _Case:
    """What one question is about: the truth, what stands beside the log-sum-exp, whether scores are about 1000."""

    truth: Case
    beside: tuple[str, ...]
    loud: bool

    @property
    def words(self) -> str:
        return f"log-sum-exp{''.join(f', {n}' for n in self.beside)}{', scores of about 1000' if self.loud else ''}"


def _cases(target: Target, draw: Draw) -> Iterable[_Case]:
    """Alone, at large scores, and beside everything else that the target takes."""
    together = taken_by(target, BESIDE)
    if {"sink", "softcap"} <= set(together) and target.contract.sink is None:
        # Which of the two comes first is not known: the property "sink" finds out.
        together = tuple(name for name in together if name != "softcap")
    for beside, loud in (((), False), ((), True), *([(together, False)] if together else [])):
        names = tuple(TENSORS[target.contract.sink or "after the soft-cap"] if n == "sink" else n for n in beside)
        yield _Case(_truth(target, draw, names, loud=loud), beside, loud)


def _truth(target: Target, draw: Draw, names: tuple[str, ...], *, loud: bool) -> Case:
    case = case_of(target, draw)
    return variant(case, ("lse", names, loud), partial(_with, case, names, draw.seed, loud=loud))


def _is_the_layers(of: _Case, choice: Choice) -> bool:
    """Whether the log-sum-exp under a choice is the layer's own, with gradients."""
    return choice["lse_base"] == "e" and not ("sink" in of.beside and choice.get("lse_sink") == "left out")


def questions(target: Target, draw: Draw, choice: Choice) -> Iterable[Question]:
    """Where the log-sum-exp is the layer's own."""
    for of in _cases(target, draw):
        if _is_the_layers(of, choice):
            yield Question(request_for(target, of.truth, draw.device), of.words, ordinary=not of.loud)


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    if draw.setting.mask == "row":
        return _masked_row(target, draw)
    fields = ("lse_base", *(("lse_sink",) if "sink" in target.takes else ()))
    return settle(target, fields, partial(_attempt, target, draw))


def _attempt(target: Target, draw: Draw, choice: Choice) -> Iterator[Finding]:
    yield from all_judged(target, questions(target, draw, choice))
    for of in _cases(target, draw):
        if not _is_the_layers(of, choice):
            yield from _level(target, of, choice, draw)


def _level(target: Target, of: _Case, choice: Choice, draw: Draw) -> list[Finding]:
    """Another quantity than the layer's own: its values only, and nobody asks what flows back through it."""
    truth = of.truth
    if "sink" in of.beside and choice.get("lse_sink") == "left out":
        truth = _truth(target, draw, tuple(n for n in of.beside if n != "sink"), loud=of.loud)
    try:
        level = _returned(target, request_for(target, of.truth, draw.device, gradients=False))
    except TargetError as error:
        return [failed(error)]
    truth = truth_of(target, Request(truth, truth.inputs, draw.device))
    limits = limits_of(replace(target, always=()), Request(truth, truth.inputs, draw.device))
    base_2 = choice["lse_base"] == "2"
    limit = _wider(limits["lse"], draw.dtype) if base_2 else limits["lse"]
    value = level * (math.log(2.0) if base_2 else 1.0)
    got = compare(value, exact(truth, limits, ("lse",))["lse"], limit, FORMATS[draw.dtype])
    reason = f"{of.words}: {got.reason}" if got.outcome == FAIL else got.reason
    return [Finding(got.outcome, reason, "lse", got.ratio, got.worst)]


def _returned(target: Target, request: Request) -> Array:
    """The log-sum-exp. Raises TargetError, also where it was declared and is not there."""
    outputs = ask(target, request).outputs
    if "lse" not in outputs:
        raise TargetError(f"{target.name} returned {', '.join(outputs)}; declared: {', '.join(target.outputs)}")
    return outputs["lse"]


def _wider(limit: Bound, dtype: str) -> Bound:
    extra = BASE_2_ROUNDINGS * FORMATS[dtype].unit_roundoff * (limit.scale + limit.bound)
    return replace(limit, bound=limit.bound + extra)


def _masked_row(target: Target, draw: Draw) -> list[Finding]:
    """What the log-sum-exp of a query is whose keys are all masked: one of four things, as declared where it is."""
    case = case_of(target, draw)
    level = _returned(target, request_of(target, case, draw.device, gradients=()))
    if level.shape != case.grad_context.shape[:-1]:
        return [Finding(FAIL, f"shape {level.shape}, expected {case.grad_context.shape[:-1]}", "lse")]
    dead = level[..., masked_rows(case)]
    fits = [word for word, value in WORDS.items() if np.array_equal(dead, np.full_like(dead, value), equal_nan=True)]
    if not fits:
        reason = f"a query whose keys are all masked has a log-sum-exp of {dead.ravel()[:3].tolist()}"
        return [Finding(FAIL, f"{reason}: none of {', '.join(WORDS)}", "lse")]
    declared, observed = target.contract.masked_lse, {"masked_lse": fits[0]}
    reason = f"a query whose keys are all masked has a log-sum-exp of {fits[0]}"
    if declared is not None and declared != fits[0]:
        return [Finding(FAIL, f"{reason}; declared: {declared}", "lse", observed=observed)]
    if declared is None and fits[0] != "-inf":
        return [Finding(DIFFERS, f"{reason}; not declared", "lse", observed=observed)]
    return [Finding(PASS, None, "lse", observed=observed)]


PROPERTIES: Final = (
    Property(
        name="log-sum-exp",
        says="the log-sum-exp is within its bound, alone and beside mask, soft-cap, dropout and sink, and so are "
        "gradients that flow through it",
        applies=_applies,
        draws=drawn(_settings),
        finds=_finds,
        questions=questions,
    ),
)
