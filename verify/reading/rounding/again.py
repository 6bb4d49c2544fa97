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
from attnproof.verify.oracle.compare import Comparison, compare
from attnproof.verify.oracle.exactness import exact
from attnproof.verify.outcome import ABSTAIN, PASS
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.judging import explained, judged
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
) -> dict[str, Comparison]:
    """Judgements of those of the ``doubtful`` quantities that the recorded operations tell something about.

    values  the answer that it is about
    limits  the bounds of the formula, which did not do
    """
    rounding = _rounding(target, request)
    if rounding is None:
        return {}
    results = rounding.recording.calls[-1].results
    alike = {q: limits[q] for q in doubtful if q in results and results[q].shape == limits[q].bound.shape}
    replayed = [q for q in alike if np.array_equal(values[q], rounding.recording.values[results[q]], equal_nan=True)]
    found = _explained(rounding, request, replayed, limits)
    own = rounding.bounds(-1, alike, alike.keys() - found.keys())
    truth = exact(request.case, own, list(own))
    found |= judged(rounding, {q: truth[q] for q in own if q in replayed}, own, -1, limits)
    for quantity in own.keys() - set(replayed):
        # Asked again it answered otherwise, by state or chance: the operations' bounds hold for what it said first.
        found[quantity] = compare(values[quantity], truth[quantity], own[quantity], FORMATS[request.dtype])
    return found


def _explained(
    rounding: Rounding, request: Request, quantities: Collection[str], limits: Mapping[str, Bound]
) -> dict[str, Comparison]:
    """Of those that the formula's bounds tell nothing about the ones that nothing is left open of; figures are by these
    bounds.
    """
    results, values = rounding.recording.calls[-1].results, rounding.recording.values
    able = [q for q in quantities if not rounding.swept.lost[results[q]].any()]
    if rounding.beyond or not able:
        return {}
    radii = {q: rounding.radius(results[q]) for q in able}
    # No enclosure of what is no number of a format is sharper than a radius of 0.
    least = {q: np.where(limits[q].bound > 0.0, FORMATS[request.dtype].smallest_subnormal, 0.0) for q in able}
    sharp = {q: replace(limits[q], bound=np.where(radii[q] > 0.0, radii[q], least[q])) for q in able}
    truth = exact(request.case, sharp, able)
    first = {q: compare(values[results[q]], truth[q], limits[q], FORMATS[request.dtype]) for q in able}
    return {
        q: replace(got, outcome=PASS, reason=None)
        for q, got in first.items()
        if got.outcome == ABSTAIN and explained(rounding, truth[q], -1, q, limits[q].scale)
    }


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
