"""What a query gets whose keys are all masked: a matter of contract, but the same in every format and for every way of
masking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import ask, case_of, handed_over
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError
from attnproof.verify.targets.target import Request, Target

NAME = "masked row"
OURS: Final = "zero"
# A mean of n values is a sum of products of a weight 1/n, rounded, with a value: n + 2 roundings, each of at most u
# times Σ|V|/n; bounded with the second-order terms by n + 4 of them for n u < 1/8.
EXTRA_ROUNDINGS: Final = 4

Rows = npt.NDArray[np.float64]


def _applies(target: Target) -> str | None:
    return None if {"bias", "mask"} & set(target.takes) else "takes neither a mask nor a bias"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del target, profile
    yield Draw(SETTINGS["masked_row"], "normal", dtype, device, seed)


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    """The row in every way of masking and every format; one finding, about the format of the draw."""
    found: dict[str, str] = {}
    for dtype in dict.fromkeys((draw.dtype, *target.dtypes)):
        case = case_of(target, replace(draw, dtype=dtype))
        for way, request in _ways(target, case, draw.device):
            found[f"{way} in {dtype}"] = _observed(target, case, request)
    here = next(iter(found.values()))
    others = {where: what for where, what in found.items() if not _agree(what, here)}
    if here.startswith("neither"):
        return [Finding(NAME, FAIL, f"a query whose keys are all masked gets {here}", draw=draw)]
    if others:
        where, what = next(iter(others.items()))
        reason = f"a query whose keys are all masked gets {here} ({next(iter(found))}), but {what} ({where})"
        return [Finding(NAME, FAIL, reason, draw=draw)]
    declared = target.contract.masked_row
    observed = {"masked_row": here}
    if declared is not None and not _agree(here, declared):
        reason = f"a query whose keys are all masked gets {here}; declared: {declared}"
        return [Finding(NAME, FAIL, reason, draw=draw, observed=observed)]
    if declared is None and here != OURS:
        reason = f"a query whose keys are all masked gets {here}; not declared, and ours get {OURS}"
        return [Finding(NAME, DIFFERS, reason, draw=draw, observed=observed)]
    return [Finding(NAME, PASS, draw=draw, observed=observed)]


def _agree(one: str, other: str) -> bool:
    """Equal weights and the mean of the values are the same thing seen with and without the weights."""
    same = {"uniform": "mean value"}
    return same.get(one, one) == same.get(other, other)


def _ways(target: Target, case: Case, device: str) -> Iterable[tuple[str, Request]]:
    forward = handed_over(target, case, device, gradients=())
    if forward is not None:
        yield ("bias of −∞" if "bias" in forward.given else "mask"), forward
    if {"bias", "mask"} <= set(target.takes):
        given: dict[str, Any] = {name: value for name, value in case.inputs.items() if name != "bias"}
        masks = np.isneginf(case.inputs["bias"])
        given["mask"] = masks if target.contract.polarity == "true masks" else ~masks
        yield "mask", Request(case, given, device, gradients=())


def _observed(target: Target, case: Case, request: Request) -> str:
    """What the masked queries got, in the words of ``attnproof.verify.targets.contract``, or ``neither …``."""
    try:
        answer = ask(target, request)
    except TargetError as error:
        return f"neither 0, NaN nor the mean of the values: {error}" if error.fault else "raises"
    dead = np.all(np.isneginf(case.inputs["bias"]), axis=-1)
    return _word(case, answer.outputs, dead)


def _word(case: Case, outputs: Mapping[str, Rows], dead: npt.NDArray[np.bool_]) -> str:
    context = outputs["context"][..., dead, :]
    if np.all(np.isnan(context)):
        return "nan"
    if np.all(context == 0.0):
        return "zero"
    value = case.inputs["value"]
    n, fmt = value.shape[-2], FORMATS[case.dtype]
    mean, size = np.mean(value, axis=-2), np.mean(np.abs(value), axis=-2)
    allowed = (n + EXTRA_ROUNDINGS) * (fmt.unit_roundoff * size + fmt.smallest_subnormal)
    if np.all(np.abs(context - mean[..., None, :]) <= allowed[..., None, :]):
        return "mean value"
    return f"neither 0, NaN nor the mean of the values: {context.ravel()[:3].tolist()}"


MASKED_ROW = Property(
    NAME,
    "a query whose keys are all masked gets what the contract says, the same in every format and however it is masked",
    (1, 2, 3),
    _applies,
    _draws,
    _check,
)
