"""The scale of the product: any sign, any size, exactly once; and where half precision overflows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import ask, case_of, judge, variant
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError, failed
from attnproof.verify.targets.target import Request, Target

SETTING: Final = Setting("scale", n_q=3, n_k=5, d_q=16, d_k=16, d_v=2)
# Powers of two: scaling the query by them is exact, so that the truth is a dot score of a scaled query.
SCALES: Final = (-1.0, -0.25, 0.5, 2.0)


def _applies(target: Target) -> str | None:
    return None if "scale" in target.takes else "takes no scale"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del target, profile
    yield Draw(SETTING, "normal", dtype, device, seed)


def _scaled(case: Case, scale: float) -> Case:
    """The dot score of the scaled query, which is what ``scale`` asks for."""

    def make() -> Case:
        inputs = {**case.inputs, "query": case.inputs["query"] * scale}
        return Case("dot", inputs, case.grad_context, dtype=case.dtype)

    return variant(case, ("scaled", scale), make)


def _signs(target: Target, draw: Draw) -> Iterable[Finding]:
    name = "scale"
    case = case_of(target, draw)
    for scale in SCALES:
        truth = _scaled(case, scale)
        request = Request(truth, {**case.inputs, "scale": scale}, draw.device, gradients=())
        try:
            answer = ask(target, request)
        except TargetError as error:
            return [failed(name, error, draw)]
        for finding in judge(target, request, answer, name, draw):
            if finding.outcome == FAIL:
                return [replace(finding, reason=f"scale {scale}: {finding.reason}")]
    return [Finding(name, PASS)]


def _large(case: Case, size: float) -> Case:
    """Queries and keys of one size; one sign for each query, so that products do not cancel."""
    sign = np.where(case.inputs["query"][..., :1] < 0, -1.0, 1.0)
    shape = case.inputs["query"].shape
    inputs = {**case.inputs, "query": sign * np.full(shape, size), "key": np.full_like(case.inputs["key"], size)}
    return Case(case.score, inputs, case.grad_context, dtype=case.dtype)


def _overflow(target: Target, draw: Draw) -> Iterable[Finding]:
    """Products beyond the format whose scaled values are small: finite and right when the scale comes before the
    product.
    """
    name = "overflow of the product"
    case = case_of(target, draw)
    fmt = FORMATS[draw.dtype]
    # With size = 2^⌊emax/2⌋ and d = 16 the product is at least 2^(emax + 3), beyond the largest number; the scale
    # 1/size² is a normal number and brings the scores to ±16.
    exponent = fmt.emax // 2
    size, scale = 2.0**exponent, 2.0 ** (-2 * exponent)
    large = variant(case, "overflow", lambda: _large(case, size))
    truth, inputs = _scaled(large, scale), large.inputs
    request = Request(truth, {**inputs, "scale": scale}, draw.device, gradients=())
    try:
        answer = ask(target, request)
    except TargetError as error:
        return [failed(name, error, draw)]
    wrong = [finding for finding in judge(target, request, answer, name, draw) if finding.outcome == FAIL]
    observed = {"scale": "after the product" if wrong else "before the product"}
    if not wrong:
        return [Finding(name, PASS, observed=observed)]
    reason = f"q · k = 16 · 2^{2 * exponent} is beyond {draw.dtype}, scaled it is 16: {wrong[0].reason}"
    declared = target.contract.scale
    if declared == "before the product":
        return [replace(wrong[0], reason=f"{reason}; declared: before the product", observed=observed)]
    said = "as declared" if declared else "not declared"
    return [
        Finding(name, DIFFERS, f"{reason}; the scale comes after the product ({said})", "context", observed=observed)
    ]


SCALE: Final = (
    Property(
        "scale",
        "a scale multiplies the product exactly once, whatever its sign and size",
        (12, 13, 14),
        _applies,
        _draws,
        _signs,
    ),
    Property(
        "overflow of the product",
        "a product that the scale brings back into range does not overflow",
        (15,),
        _applies,
        _draws,
        _overflow,
    ),
)
