"""What kind of fault a failure shows: the formula, the range of the format, its rounding, state, or the contract.

Whether the formula is right where a sampled property fails is not guessed from the size of the error. The failing call
is recorded, and exact arithmetic on its operations (``attnproof.verify.reading.rounding``) gives the truth or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.properties.asking import certified
from attnproof.verify.properties.property import Finding
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.reading.ranged import ranged
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.causes import causes, lost_at
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import NotReadError, Recording
from attnproof.verify.targets.target import Request, Target

Kind = Literal["algebra", "state", "range", "rounding", "contract"]
KINDS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "algebra": "the formula is wrong",
        "state": "a result depends on earlier calls, or a call changes what it was given",
        "range": "the formula is right; a number on the way leaves the range that it has to be in",
        "rounding": "the formula is right; its error is beyond the bound",
        "contract": "another behaviour was declared",
    }
)
# Properties that speak of one kind, whatever numbers they find.
BY_PROPERTY: Final[Mapping[str, Kind]] = MappingProxyType(
    {"repeatable": "state", "inputs untouched": "state", "masked row": "contract"}
)
# With a right formula these fail where a finite number that masks is not below every score.
OUTRANGED: Final = ("masked keys unseen", "low visible scores")


@dataclass(frozen=True)
class Told:
    """The kind, and the operation that it comes from, in words; empty where none is named."""

    kind: Kind
    cause: str = ""


def by_numbers(finding: Finding) -> Kind:
    """Range or rounding, of a failure whose formula is known to be right."""
    if finding.property in OUTRANGED:
        return "range"
    if not finding.worst:
        return "rounding"
    got, exact = float.fromhex(finding.worst["got"]), float(str(finding.worst["exact"]))
    lost = np.isfinite(exact) and exact != 0.0 and (not np.isfinite(got) or got == 0.0)
    return "range" if lost or not np.isfinite(got) else "rounding"


def told(target: Target, request: Request, finding: Finding) -> Told | None:
    """The kind of a failure that one call shows, from what it was seen to compute; None where that does not tell.

    It is the formula's where exact arithmetic on the recorded operations is beyond the bound as well.
    """
    try:
        recorder = recorder_for(target.framework)
        with recording(recorder):
            ask(target, request)
    except (TargetError, NotReadError):  # it answered before: what it does now, recorded, tells nothing of that
        return None
    found = recorder.tape.finish()
    ids = found.calls[-1].results.get(finding.quantity) if found.calls else None
    due = certified(target, request, finding.quantity)
    if ids is None or not finding.worst or due is None:
        return None
    truth, limit = due
    place = tuple(finding.worst["index"])
    if limit.bound.shape != ids.shape or len(place) != ids.ndim:
        return None  # it has another shape in the truth: heads that are merged, say
    rounding = Rounding.of(found, request.dtype, target.framework, request.device)
    swept, element = rounding.swept, int(ids[place])
    if swept.lost[element]:
        cause = lost_at(swept, element)
        return None if cause is None else Told("range", str(cause))
    without = float(truth.error(swept.reference[ids])[place])
    if not without <= limit.bound[place] + rounding.radius(ids)[place]:
        return Told("algebra")
    most = causes(swept, element, 1)
    return Told("rounding", str(most[0]) if most else _rounded_constant(found, request.dtype))


def why_out_of_range(target: Target, request: Request) -> str:
    """What the numbers of one call say of exponentials and masked scores (``ranged``); empty where nothing."""
    try:
        recorder = recorder_for(target.framework)
        with recording(recorder):
            ask(target, request)
    except (TargetError, NotReadError):
        return ""
    case = request.case
    shape = (*case.batch, case.sizes["n_q"], case.sizes["n_k"])
    scores = np.broadcast_to(certain(case, ("scores",))["scores"].midpoint(), shape)
    hidden = np.broadcast_to(np.isneginf(case.inputs["bias"]) if "bias" in case.inputs else False, shape)
    return ranged(recorder.tape.finish(), scores, hidden)


def _rounded_constant(recording: Recording, dtype: str) -> str:
    """Where a number of the program's own has a narrower format, which no operation on the arguments errs by."""
    unit = FORMATS[dtype].unit_roundoff
    narrow = {name for name, fmt in FORMATS.items() if fmt.unit_roundoff > unit}
    for operation in recording.operations:
        if operation.name == "constant" and operation.dtype in narrow:
            values = recording.values[operation.output]
            if not np.array_equal(values, np.round(values), equal_nan=True):
                return (
                    f"a constant of {operation.dtype} ({operation.library} at {operation.where or 'an unknown place'})"
                )
    return ""
