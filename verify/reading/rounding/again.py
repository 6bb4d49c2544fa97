"""A second opinion: a target is asked again while a recorder listens, and what it had returned is judged by the
operations that it was seen to carry out.

What each of them may err by is known, and exact arithmetic on them gives the truth or not. Where that leaves nothing
open (``explained``) the answer is right, however far rounding took it; bounds of their errors together, which take
longest, are made of the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle.compare import Comparison, compare
from attnproof.verify.oracle.exactness import exact
from attnproof.verify.outcome import ABSTAIN, PASS
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.judging import explained, judged
from attnproof.verify.reading.rounding.kept import Mask
from attnproof.verify.reading.rounding.meaning import meant
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Request, Target


def second_opinion(
    target: Target,
    request: Request,
    values: Mapping[str, Array],
    doubtful: Collection[str],
    limits: Mapping[str, Bound],
    *,
    case: Case,
    counted: Mapping[str, Mask] | None = None,
) -> dict[str, Comparison]:
    """Judgements of those of the ``doubtful`` quantities that the recorded operations tell something about.

    values   the answer that it is about
    limits   the bounds of the formula, which did not do
    case     what the answer has to be of
    counted  which elements of a quantity the question is about; those that are not named: all
    """
    rounding = _rounding(target, request)
    if rounding is None:
        return {}
    results = rounding.recording.calls[-1].results
    alike = {q: limits[q] for q in doubtful if q in results and results[q].shape == limits[q].bound.shape}
    replayed = [q for q in alike if np.array_equal(values[q], rounding.recording.values[results[q]], equal_nan=True)]
    found = _explained(rounding, case, replayed, limits, counted or {})
    own = rounding.bounds(-1, alike, alike.keys() - found.keys())
    truth = exact(case, own, list(own))
    found |= judged(rounding, {q: truth[q] for q in own if q in replayed}, own, -1, limits)
    for quantity in own.keys() - set(replayed):
        # Asked again it answered otherwise, by state or chance: the operations' bounds hold for what it said first.
        found[quantity] = compare(values[quantity], truth[quantity], own[quantity], FORMATS[request.dtype])
    return found


def own_bound(target: Target, request: Request, quantity: str, limit: Bound) -> Bound | None:
    """The bound of one result by the recorded operations; None where they cannot be recorded, or it tells nothing.

    limit  the bound of the formula, in the shape of the result
    """
    rounding = _rounding(target, request)
    ids = None if rounding is None else rounding.recording.calls[-1].results.get(quantity)
    if rounding is None or ids is None or ids.shape != limit.bound.shape:
        return None
    found = rounding.bounds(-1, {quantity: limit}, (quantity,))[quantity]
    return found if found.finite and found.meaningful else None


def _explained(
    rounding: Rounding,
    case: Case,
    quantities: Collection[str],
    limits: Mapping[str, Bound],
    counted: Mapping[str, Mask],
) -> dict[str, Comparison]:
    """Of those that the formula's bounds tell nothing about the ones that nothing is left open of; figures are by these
    bounds.
    """
    results, values, fmt = rounding.recording.calls[-1].results, rounding.recording.values, FORMATS[case.dtype]
    counts = {q: counted.get(q, np.ones(results[q].shape, bool)) for q in quantities}
    able = {q: results[q] for q in quantities if rounding.faithful(results[q][counts[q]])}
    radii = {q: np.where(counts[q], rounding.radius(ids), 0.0) for q, ids in able.items()}
    # No enclosure of what is no number of a format is sharper than a radius of 0.
    least = {q: np.where(limits[q].bound > 0.0, fmt.smallest_subnormal, 0.0) for q in able}
    truth = exact(
        case,
        {q: replace(limits[q], bound=np.where(radius > 0.0, radius, least[q])) for q, radius in radii.items()},
        list(able),
    )
    found = {}
    for q, ids in able.items():
        first = compare(np.where(counts[q], values[ids], truth[q].midpoint()), truth[q], limits[q], fmt)
        if first.outcome == ABSTAIN and explained(rounding, truth[q], -1, q, limits[q].scale, counts[q]):
            found[q] = replace(first, outcome=PASS, reason=None)
    return found


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
    except Exception:  # noqa: BLE001 - it answered before: the abstention stays, and counts against the limit
        return None
    found = recorder.tape.finish()
    if not found.calls or found.unread:
        return None
    return Rounding.of(found, request.dtype, target.framework, request.device, partial(stands_for, request.dtype))
