"""A bias in a wider format than the inputs': the same numbers, the same result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import ask, case_of, judge
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError
from attnproof.verify.targets.target import Target, plain

NAME = "mask format"
SETTING: Final = Setting("mask_format", n_q=3, n_k=6, d_q=4, d_k=4, d_a=3, d_v=2, bias=True, mask="some")
WIDER: Final = {"fp16": "fp32", "bf16": "fp32", "fp32": "fp64"}


def _applies(target: Target) -> str | None:
    return None if "bias" in target.takes else "takes no bias"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del target, profile
    if dtype in WIDER:
        yield Draw(SETTING, "normal", dtype, device, seed)


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    case = case_of(target, draw)
    request = plain(case, draw.device, gradients=(), mask_dtype=WIDER[draw.dtype])
    try:
        answer = ask(target, request)
    except TargetError as error:
        # Refusing two formats in one call is a choice, not a wrong result.
        return [Finding(NAME, UNSUPPORTED, f"takes no {WIDER[draw.dtype]} bias with {draw.dtype} inputs: {error}")]
    for finding in judge(target, request, answer, NAME, draw, quantities=["context"]):
        if finding.outcome == FAIL:
            return [replace(finding, reason=f"bias in {WIDER[draw.dtype]}, inputs in {draw.dtype}: {finding.reason}")]
    return [Finding(NAME, PASS)]


MASK_FORMAT = Property(
    NAME,
    "a bias in a wider format than the inputs counts with its value",
    (8,),
    _applies,
    _draws,
    _check,
)
