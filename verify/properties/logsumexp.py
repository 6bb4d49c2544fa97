"""The log-sum-exp as an output: its values, however large the scores are, and the gradients that flow through it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from verify.bounds import Bound
from verify.case import Case
from verify.compare import compare
from verify.formats import FORMATS
from verify.options import Profile
from verify.outcome import DIFFERS, FAIL, PASS
from verify.properties.additions import arrays, request_for, taken_by
from verify.properties.asking import ask, case_of, exact, handed_over, limits_of, variant
from verify.properties.property import Draw, Finding, Property, TargetError, failed
from verify.properties.settling import Choice, judged, settle
from verify.properties.sink import TENSORS
from verify.settings import SETTINGS, Setting
from verify.targets.target import Request, Target
from verify.unit import generator

NAME: Final = "log-sum-exp"
SETTING: Final = Setting("lse", n_q=3, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2,))
BESIDE: Final = ("bias", "softcap", "dropout", "sink")
LOUD: Final = 1024.0  # scores of about ±1000, whose exponentials no format has; a power of two
# A logarithm to base 2 is made of logits times log₂e: two roundings of each, at most 2u|t| in the result; of the product of a natural one with
# log₂e, two more. Taken together they are at most 4u(|ℓ| + what ℓ may be off by), |ℓ| ≤ max|t| + log n, and twice that covers second order.
BASE_2_ROUNDINGS: Final = 8
WORDS: Final = {"-inf": -np.inf, "inf": np.inf, "zero": 0.0, "nan": np.nan}


def _applies(target: Target) -> str | None:
    return None if "lse" in target.outputs else "does not return the log-sum-exp"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del profile
    yield Draw(SETTING, "normal", dtype, device, seed)
    if {"bias", "mask"} & set(target.takes):
        yield Draw(SETTINGS["masked_row"], "normal", dtype, device, seed)


def _with(case: Case, names: tuple[str, ...], seed: int, *, loud: bool) -> Case:
    """The additions, and a cotangent of the log-sum-exp."""
    inputs = {**case.inputs, **arrays(case, names)}
    if loud:
        name = "v" if "v" in inputs else "query"
        inputs[name] = inputs[name] * LOUD
    level = generator(seed, "cotangent of the log-sum-exp", case.dtype).standard_normal(case.grad_context.shape[:-1])
    return Case(
        case.score, inputs, case.grad_context, dtype=case.dtype, grad_lse=FORMATS[case.dtype].round(np.asarray(level))
    )


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    if draw.setting.mask == "row":
        return _masked_row(target, draw)
    fields = ("lse_base", *(("lse_sink",) if "sink" in target.takes else ()))
    return settle(NAME, target, draw, fields, partial(_attempt, target, draw))


def _attempt(target: Target, draw: Draw, choice: Choice) -> list[Finding]:
    case = case_of(target, draw)
    found: list[Finding] = []
    together = taken_by(target, BESIDE)
    if {"sink", "softcap"} <= set(together) and target.contract.sink is None:
        # Which of the two comes first is not known: the property "sink" finds out.
        together = tuple(name for name in together if name != "softcap")
    for beside, loud in (((), False), ((), True), *([(together, False)] if together else [])):
        names = tuple(TENSORS[target.contract.sink or "after the soft-cap"] if n == "sink" else n for n in beside)
        truth = variant(case, ("lse", names, loud), partial(_with, case, names, draw.seed, loud=loud))
        words = f"log-sum-exp{''.join(f', {n}' for n in beside)}{', scores of about 1000' if loud else ''}"
        outside = "sink" in beside and choice.get("lse_sink") == "left out"
        if choice["lse_base"] == "e" and not outside:
            found += judged(target, request_for(target, truth, draw.device), NAME, draw, words)
            continue
        # Another quantity than the layer's own: its values only, and nobody asks what flows back through it.
        bare = tuple(n for n in names if n not in TENSORS.values())
        level = variant(case, ("lse", bare, loud), partial(_with, case, bare, draw.seed, loud=loud))
        request = request_for(target, truth, draw.device, gradients=False)
        found += _level(target, request, level if outside else truth, draw, words, base_2=choice["lse_base"] == "2")
    return found


def _level(target: Target, request: Request, truth: Case, draw: Draw, words: str, *, base_2: bool) -> list[Finding]:
    try:
        answer = ask(target, request)
    except TargetError as error:
        return [failed(NAME, error, draw)]
    limits = limits_of(target, Request(truth, truth.inputs, draw.device))
    limit = _wider(limits["lse"], draw.dtype) if base_2 else limits["lse"]
    value = answer.outputs["lse"] * (math.log(2.0) if base_2 else 1.0)
    got = compare(value, exact(truth, limits, ("lse",))["lse"], limit, FORMATS[draw.dtype])
    reason = f"{words}: {got.reason}" if got.outcome == FAIL else got.reason
    return [Finding(NAME, got.outcome, reason, "lse", got.ratio, got.worst, draw=draw)]


def _wider(limit: Bound, dtype: str) -> Bound:
    extra = BASE_2_ROUNDINGS * FORMATS[dtype].unit_roundoff * (limit.scale + limit.bound)
    return replace(limit, bound=limit.bound + extra)


def _masked_row(target: Target, draw: Draw) -> list[Finding]:
    """What the log-sum-exp of a query is whose keys are all masked: one of four things, as declared where it is."""
    case = case_of(target, draw)
    request = handed_over(target, case, draw.device, gradients=())
    if request is None:
        raise ValueError(f"{target.name} cannot be asked for {draw.setting.name}")
    try:
        level = ask(target, request).outputs["lse"]
    except TargetError as error:
        return [failed(NAME, error, draw)]
    if level.shape != case.grad_context.shape[:-1]:
        return [Finding(NAME, FAIL, f"shape {level.shape}, expected {case.grad_context.shape[:-1]}", "lse", draw=draw)]
    dead = level[..., np.all(np.isneginf(case.inputs["bias"]), axis=-1)]
    fits = [word for word, value in WORDS.items() if np.array_equal(dead, np.full_like(dead, value), equal_nan=True)]
    if not fits:
        reason = f"a query whose keys are all masked has a log-sum-exp of {dead.ravel()[:3].tolist()}"
        return [Finding(NAME, FAIL, f"{reason}: none of {', '.join(WORDS)}", "lse", draw=draw)]
    declared, observed = target.contract.masked_lse, {"masked_lse": fits[0]}
    reason = f"a query whose keys are all masked has a log-sum-exp of {fits[0]}"
    if declared is not None and declared != fits[0]:
        return [Finding(NAME, FAIL, f"{reason}; declared: {declared}", "lse", observed=observed, draw=draw)]
    if declared is None and fits[0] != "-inf":
        return [Finding(NAME, DIFFERS, f"{reason}; not declared", "lse", observed=observed, draw=draw)]
    return [Finding(NAME, PASS, None, "lse", observed=observed, draw=draw)]


LOG_SUM_EXP = Property(
    NAME,
    "the log-sum-exp is within its bound, alone and beside mask, soft-cap, dropout and sink, and so are gradients that flow through it",
    (),
    _applies,
    _draws,
    _check,
)
