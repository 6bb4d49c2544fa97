"""Which known fault a failure looks like: the one whose wrong implementation gives the same wrong result on the same input."""

from __future__ import annotations

import numpy as np

from verify.bounds import Bound
from verify.checking.report import Example
from verify.faults import Fault, faults
from verify.properties import PROPERTIES
from verify.properties.asking import ask, handed_over, limits_of
from verify.properties.property import TargetError
from verify.targets.target import Array, Target


def likely(target: Target, example: Example) -> str | None:
    """One sentence that names the likely fault, or None when the table knows none."""
    found = [fault for fault in faults().values() if _same(target, example, fault)]
    if found:
        names = " or ".join(_named(fault) for fault in found[:3])
        return f"looks like {names}: its result is the same within the bounds"
    rows = PROPERTIES[example.property].exposes
    known = [fault for fault in faults().values() if fault.key in rows and fault.wrong.score == target.score]
    if 0 < len(known) <= 3:
        return f"the same property fails for {' or '.join(_named(fault) for fault in known)}"
    return None


def _named(fault: Fault) -> str:
    return fault.name if fault.row is None else f"fault {fault.row} ({fault.name})"


def _same(target: Target, example: Example, fault: Fault) -> bool:
    wrong, case = fault.wrong, example.case
    if wrong.score != target.score or case.dtype not in wrong.dtypes:
        return False
    theirs, known = handed_over(target, case, example.draw.device), handed_over(wrong, case)
    if theirs is None or known is None:
        return False
    try:
        got, expected = ask(target, theirs).values(), ask(wrong, known).values()
        right = ask(fault.repaired, known).values()
    except TargetError:
        return False
    limits = limits_of(target, theirs)
    shared = [q for q in got if q in expected and q in right and q in limits]
    return bool(shared) and (
        all(_close(got[q], expected[q], limits[q]) for q in shared)
        and not all(_close(got[q], right[q], limits[q]) for q in shared)
    )


def _close(one: Array, other: Array, limit: Bound) -> bool:
    """Within twice the bound of each other (each may be off by one bound), the same NaN and infinities."""
    if one.shape != other.shape or one.shape != limit.bound.shape:
        return False
    finite = np.isfinite(one) & np.isfinite(other)
    same = np.isnan(one) & np.isnan(other) | (one == other)
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= 2.0 * limit.bound
    return bool(np.all(np.where(finite, near, same)))
