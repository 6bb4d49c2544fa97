"""Judging what a recorded program returned, with bounds from its own operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, FP64, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.oracle import Enclosure
from attnproof.verify.oracle.compare import Comparison, compare
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.causes import range_findings
from attnproof.verify.reading.rounding.kept import Mask


def judged(
    rounding: Rounding,
    truth: Mapping[str, Enclosure],
    limits: Mapping[str, Bound],
    call: int = -1,
    derived: Mapping[str, Bound] | None = None,
) -> dict[str, Comparison]:
    """Every result of a call that there is a truth for, elementwise against its bound.

    Where the errors are so large that the bound tells nothing, the operations are looked at instead: if each is within
    what it may err by, and without their errors the answer is the truth (R̃, within its radius), it is right. Where
    something left the range of its format the reason says what and where; that is a failure where no evaluation of the
    formula leaves it.

    limits   ``rounding.bounds(call, …)``, which the enclosures have to be sharp enough for
    derived  the bounds of the formula (``attnproof.verify.bounds``): finite where no evaluation of it leaves the range
    """
    results = rounding.recording.calls[call].results
    found = {}
    for quantity, exact in truth.items():
        if quantity in results:
            got = compare(
                rounding.recording.values[results[quantity]], exact, limits[quantity], FORMATS[rounding.dtype]
            )
            if got.outcome == ABSTAIN:
                away = None if derived is None else derived.get(quantity)
                got = _settled(rounding, exact, got, call, quantity, limits[quantity].scale, away)
            found[quantity] = got
    return found


def _settled(
    rounding: Rounding,
    exact: Enclosure,
    got: Comparison,
    call: int,
    quantity: str,
    scale: Array,
    derived: Bound | None,
) -> Comparison:
    """What the bound does not say."""
    ids = rounding.recording.calls[call].results[quantity]
    if explained(rounding, exact, call, quantity, scale):
        return replace(got, outcome=PASS, reason=None)
    cause = range_findings(rounding.swept, {quantity: ids}).get(quantity)
    if cause is None:
        return got
    away = rounding.swept.lost[ids] & (derived is not None and np.isfinite(derived.bound))
    return replace(got, outcome=FAIL if np.any(away) else ABSTAIN, reason=str(cause))


def explained(
    rounding: Rounding, exact: Enclosure, call: int, quantity: str, scale: Array, counts: Mask | None = None
) -> bool:
    """Whether every operation that a quantity depends on is within what it may err by, and exact arithmetic on the
    recorded path gives the truth, within a radius that tells right from wrong beside the quantity's scale.

    counts  which elements are looked at; None: all
    """
    ids = rounding.recording.calls[call].results[quantity]
    if not rounding.faithful(ids if counts is None else ids[counts]):
        return False
    reference = rounding.swept.reference[ids]
    limit: Array = rounding.radius(ids)
    if counts is not None:
        reference = np.where(counts, reference, exact.midpoint())
        limit = np.where(counts, limit, exact.error(reference))
    return compare(reference, exact, Bound(limit, scale), FP64).outcome == PASS
