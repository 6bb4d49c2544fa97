"""The scale of the product: any sign, any size, exactly once; and where half precision overflows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.linear import linear_inputs
from attnproof.derivations.scores.own import family, shown
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import asked, case_of, request_of, variant, wrong
from attnproof.verify.properties.property import Draw, Finding, Property, at, needs
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Request, Target

SETTING: Final = Setting("scale", n_q=3, n_k=5, d_q=16, d_k=16, d_v=2)
# Powers of two: scaling the query by them is exact, so that the truth is a dot score of a scaled query.
SCALES: Final = (-1.0, -0.25, 0.5, 2.0)


def _scaled(case: Case, scale: float) -> Case:
    """The score of the scaled query, in place of a 1/√d: what ``scale`` asks for."""

    def make() -> Case:
        return replace(
            case,
            score=case.score.removeprefix("scaled_"),
            inputs={**case.inputs, "query": case.inputs["query"] * scale},
        )

    return variant(case, ("scaled", scale), make)


def _signs(target: Target, draw: Draw) -> Iterator[Finding]:
    case = case_of(target, draw)
    for scale in SCALES:
        request = Request(_scaled(case, scale), {**case.inputs, "scale": scale}, draw.device, gradients=())
        if first := wrong(asked(target, request), f"scale {scale}"):
            yield first
            return
    yield Finding(PASS)


def _large(case: Case, size: float) -> Case:
    """Queries and keys of one size; one sign for each query, so that products do not cancel."""
    sign = np.where(case.inputs["query"][..., :1] < 0, -1.0, 1.0)
    shape = case.inputs["query"].shape
    return case.having(query=sign * np.full(shape, size), key=np.full_like(case.inputs["key"], size))


def _overflow(target: Target, draw: Draw) -> Iterator[Finding]:
    """Products beyond the format whose scaled values are small: finite and right when the scale comes before the
    product.
    """
    case = case_of(target, draw)
    if "scale" not in target.takes:
        yield _own_scale(target, draw, case)
        return
    # With size = 2^⌊emax/2⌋ and d = 16 the product is at least 2^(emax + 3), beyond the largest number; the scale
    # 1/size² is a normal number and brings the scores to ±16.
    exponent = FORMATS[draw.dtype].emax // 2
    size, scale = 2.0**exponent, 2.0 ** (-2 * exponent)
    large = variant(case, "overflow", lambda: _large(case, size))
    request = Request(_scaled(large, scale), {**large.inputs, "scale": scale}, draw.device, gradients=())
    first = wrong(asked(target, request))
    if first is None:
        yield Finding(PASS, observed={"scale": "before the product"})
        return
    yield _after(target, first, f"q · k = 16 · 2^{2 * exponent} is beyond {draw.dtype}, scaled it is 16")


def _after(target: Target, first: Finding, what: str) -> Finding:
    """Of a product that overflowed: a failure where the contract says that it does not."""
    observed = {"scale": "after the product"}
    reason = f"{what}: {first.reason}"
    declared = target.contract.scale
    if declared == "before the product":
        return replace(first, reason=f"{reason}; declared: before the product", observed=observed)
    said = "as declared" if declared else "not declared"
    return Finding(DIFFERS, f"{reason}; the scale comes after the product ({said})", "context", observed=observed)


def _own_scale(target: Target, draw: Draw, case: Case) -> Finding:
    """The same with 1/√d = 1/4, for who takes no other: products of 2^(emax + 2), whose scaled values are numbers of
    the format. All scores of a query are the same, so its context is the mean of the values and no rounding counts.
    """
    emax = FORMATS[draw.dtype].emax

    def asked_at(product: int) -> Finding | None:
        """The finding that the context is not finite where q · k = ±2^product."""
        large = variant(case, ("own scale", product), lambda: _spread(case, product - 4))
        context = ask(target, request_of(target, large, draw.device, gradients=())).outputs["context"]
        lost = int(np.sum(~np.isfinite(context)))
        return Finding(FAIL, f"{lost} of {context.size} values are NaN or infinite", "context") if lost else None

    if asked_at(emax) is not None:
        return Finding(ABSTAIN, "the context is not finite where the product is a number of the format either")
    first = asked_at(emax + 2)
    if first is None:
        return Finding(PASS, observed={"scale": "before the product"})
    return _after(target, first, f"q · k = 2^{emax + 2} is beyond {draw.dtype}, scaled it is 2^{emax}")


def _spread(case: Case, exponent: int) -> Case:
    """Queries and keys whose products, feature by feature, are ±2^exponent."""
    large = _large(case, 2.0 ** (exponent // 2))
    return large.having(query=large.inputs["query"] * 2.0 ** (exponent % 2))


def _applies(target: Target) -> str | None:
    linear = "query" in linear_inputs(family(alone(target.score)))
    return TAKES(target) or (None if linear else f"the {shown(target.score)} score is not linear in the query")


def _may_overflow(target: Target) -> str | None:
    if alone(target.score) not in ("dot", "scaled_dot"):
        return "numbers whose product overflows are known for dot scores only"
    own = target.score == "scaled_dot" and set(HALF) & set(target.dtypes)
    return None if own else TAKES(target)


def _draws(target: Target, _: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """A scale of the target's own is looked at in half formats: no other overflows at numbers that are met with."""
    if "scale" in target.takes or dtype in HALF:
        yield Draw(SETTING, "normal", dtype, device, seed)


TAKES: Final = needs("scale", otherwise="takes no scale")
HALF: Final = ("bf16", "fp16")
PROPERTIES: Final = (
    Property(
        name="scale",
        says="a scale multiplies the product exactly once, whatever its sign and size",
        applies=_applies,
        draws=at(SETTING),
        finds=_signs,
    ),
    Property(
        name="overflow of the product",
        says="a product that the scale brings back into range does not overflow",
        applies=_may_overflow,
        draws=_draws,
        finds=_overflow,
    ),
)
