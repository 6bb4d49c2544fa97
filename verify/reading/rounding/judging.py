"""Judging what a recorded program returned, with bounds from its own operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, FP64, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.comparisons.compare import Comparison, compare
from attnproof.verify.oracle import Enclosure
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.reading.rounding.api import Rounding


def judged(
    rounding: Rounding, truth: Mapping[str, Enclosure], limits: Mapping[str, Bound], call: int = -1
) -> dict[str, Comparison]:
    """Every result of a call that there is a truth for, elementwise against its bound.

    Where the errors are so large that the bound tells nothing, the operations are looked at instead: if each is within
    what it may err by, and without their errors the answer is the truth (R̃, within its radius), it is right.

    limits  ``rounding.bounds(call, …)``, which the enclosures have to be sharp enough for
    """
    results = rounding.recording.calls[call].results
    found = {}
    for quantity, exact in truth.items():
        if quantity not in results:
            continue
        ids = results[quantity]
        got = compare(rounding.recording.values[ids], exact, limits[quantity], FORMATS[rounding.dtype])
        if got.outcome == ABSTAIN and explained(rounding, exact, call, quantity):
            got = replace(got, outcome=PASS, reason=None)
        found[quantity] = got
    return found


def explained(rounding: Rounding, exact: Enclosure, call: int, quantity: str) -> bool:
    """Whether every operation is within what it may err by, and exact arithmetic on the recorded path gives the
    truth.
    """
    ids = rounding.recording.calls[call].results[quantity]
    if rounding.beyond or np.any(rounding.swept.lost[ids]):
        return False
    reference = rounding.swept.reference[ids]
    limit: Array = rounding.radius(ids)
    return compare(reference, exact, Bound(limit, np.abs(reference)), FP64).outcome != FAIL
