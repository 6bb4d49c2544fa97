"""A second opinion on what is beyond a bound, or what a bound tells nothing about: the operations that were recorded.

The bounds of ``attnproof.verify.bounds`` hold for the ways in which the formula is usually evaluated. A program that
goes another way (weights from the log-sum-exp, partial softmax results merged, single precision inside half) has errors
of its own: they are bounded by what it did. What is wrong in exact arithmetic, too, stays wrong: R, the exact value on
the recorded path, is no part of the bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Final

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds import Bound
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle.compare import Comparison
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.properties.property import Finding
from attnproof.verify.reading.rounding.again import own_bound, second_opinion
from attnproof.verify.reading.rounding.kept import Mask
from attnproof.verify.targets.target import Request, Target

# Beyond a bound in a half format is mostly a sum that was accumulated in it, which is what it did, and wrong.
WIDE: Final = ("fp64", "fp32")
# While a formula is known to be wrong without any feature, what is beyond a bound is so by that.
DECIDED: Final = ContextVar("formula known to be wrong", default=False)


@contextmanager
def decided(wrong: bool) -> Iterator[None]:
    """While it lasts, whether the formula is known to be wrong."""
    token = DECIDED.set(wrong)
    try:
        yield
    finally:
        DECIDED.reset(token)


def reconsidered(
    target: Target,
    request: Request,
    case: Case,
    values: Mapping[str, Array],
    found: list[Finding],
    limits: Mapping[str, Bound],
    counted: Mapping[str, Mask] | None = None,
) -> list[Finding]:
    """The findings, those that fail or abstain judged again by the recorded operations where that can be done.

    case     what the answer has to be of: the request's, with what the target always does
    values   the answer that they are about
    limits   the bounds by which they were judged
    counted  which elements of a quantity the question is about; those that are not named: all
    What the contract declares about the arithmetic is not reconsidered: it is what the program is held to. What fails
    is excused by a bound that it is within, not by one that tells nothing.
    """
    outcomes = (FAIL, ABSTAIN) if request.dtype in WIDE else (ABSTAIN,)
    doubtful = [f.quantity for f in found if f.outcome in outcomes and f.quantity in limits]
    if not doubtful or _declared(target, request) or DECIDED.get():
        return found
    again = second_opinion(target, request, values, doubtful, limits, case=case, counted=counted)
    return [_replaced(each, again.get(each.quantity)) for each in found]


def operations_bound(target: Target, request: Request, quantity: str, limit: Bound) -> Array | None:
    """The bound of a result that the formula's ``limit`` rejects, by the recorded operations; None: there is none."""
    if request.dtype not in WIDE or _declared(target, request) or DECIDED.get():
        return None
    found = own_bound(target, request, quantity, limit)
    return None if found is None else found.bound


def _declared(target: Target, request: Request) -> bool:
    """Whether the contract says in which formats it computes."""
    words = (target.contract.computes_in, target.contract.accumulation)
    return any(word not in (None, request.dtype) for word in words)


def _replaced(finding: Finding, got: Comparison | None) -> Finding:
    if got is None or finding.outcome not in (FAIL, ABSTAIN):
        return finding
    if got.outcome == PASS:
        return Finding(PASS, quantity=finding.quantity, ratio=got.ratio)
    if got.outcome == ABSTAIN == finding.outcome:
        return replace(finding, reason=got.reason or finding.reason)
    return finding
