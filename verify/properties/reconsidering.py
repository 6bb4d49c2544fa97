"""A second opinion on what is beyond a bound, or what a bound tells nothing about: the operations that were recorded.

The bounds of ``attnproof.verify.bounds`` hold for the ways in which the formula is usually evaluated. A program that
goes another way (weights from the log-sum-exp, partial softmax results merged, single precision inside half) has errors
of its own: they are bounded by what it did. What is wrong in exact arithmetic, too, stays wrong: R, the exact value on
the recorded path, is no part of the bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.comparisons.compare import Comparison, compare
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.properties.exactness import exact
from attnproof.verify.properties.property import Finding
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.judging import judged
from attnproof.verify.reading.rounding.meaning import meant
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Request, Target

# Beyond a bound in a half format is mostly a sum that was accumulated in it, which is what it did, and wrong.
WIDE: Final = ("fp64", "fp32")


def reconsidered(
    target: Target,
    request: Request,
    values: Mapping[str, Array],
    found: list[Finding],
    limits: Mapping[str, Bound],
) -> list[Finding]:
    """The findings, those that fail or abstain judged again by the recorded operations where that can be done.

    values  the answer that they are about
    limits  the bounds by which they were judged
    What the contract declares about the arithmetic is not reconsidered: it is what the program is held to. What fails
    is excused by a bound that it is within, not by one that tells nothing.
    """
    outcomes = (FAIL, ABSTAIN) if request.dtype in WIDE else (ABSTAIN,)
    doubtful = [f.quantity for f in found if f.outcome in outcomes and f.quantity in limits]
    declared = (target.contract.computes_in, target.contract.accumulation)
    if not doubtful or any(word not in (None, request.dtype) for word in declared):
        return found
    rounding = _rounding(target, request)
    if rounding is None:
        return found
    results = rounding.recording.calls[-1].results
    alike = {q: limit for q, limit in limits.items() if q in results and results[q].shape == limit.bound.shape}
    own = {q: bound for q, bound in rounding.bounds(-1, alike).items() if q in alike and q in doubtful}
    if not own:
        return found
    truth = exact(request.case, own, list(own))
    again = judged(rounding, truth, own, -1, limits)
    for quantity, ids in results.items():
        if quantity in own and not np.array_equal(values[quantity], rounding.recording.values[ids], equal_nan=True):
            # Asked again it answered otherwise, by state or chance: the operations' bounds hold for what it said first.
            again[quantity] = compare(values[quantity], truth[quantity], own[quantity], FORMATS[request.dtype])
    return [_replaced(each, again.get(each.quantity)) for each in found]


def _replaced(finding: Finding, got: Comparison | None) -> Finding:
    if got is None or finding.outcome not in (FAIL, ABSTAIN):
        return finding
    if got.outcome == PASS:
        return Finding(PASS, quantity=finding.quantity, ratio=got.ratio)
    if got.outcome == ABSTAIN == finding.outcome:
        return replace(finding, reason=got.reason or finding.reason)
    return finding


def stands_for(least: str, values: Array, dtype: str) -> Array:
    """What constants stand for; one of a less precise format than the inputs is what it is: its rounding is a fault."""
    if dtype in FORMATS and FORMATS[dtype].precision < FORMATS[least].precision:
        return values
    return meant(values, dtype)


def _rounding(target: Target, request: Request) -> Rounding | None:
    """What the program does when it is asked again; None where that cannot be recorded."""
    try:
        recorder = recorder_for(target.framework)
        with recording(recorder):
            target.ask(request)
    except NotReadError:
        return None
    except Exception:  # noqa: BLE001 - it answered before: what it does now is for others to judge
        return None
    found = recorder.tape.finish()
    if not found.calls or found.unread:
        return None
    return Rounding.of(found, request.dtype, target.framework, request.device, partial(stands_for, request.dtype))
