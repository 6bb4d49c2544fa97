"""Whether a program that is handed fp64 computes in fp32, by casts that it makes itself.

``softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)`` and ``.float()`` are right for fp32 and what is
narrower. In fp64 such a program is not wrong, it computes in another format than its inputs': that differs by contract,
and it is judged in fp32. Nothing narrower than fp32 is taken for that, and no constant: what rounds only the program's
own numbers, √d say, moves the exact value on the recorded path away from the truth by no error of any operation.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from attnproof.verify.options import Profile
from attnproof.verify.oracle.exactness import exact
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.always import truth_of
from attnproof.verify.properties.asking import asked, case_of, limits_of, request_of
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.reading.rounding.again import stands_for
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.judging import judged
from attnproof.verify.reading.rounding.sweep import Swept
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Target

WIDE: Final = "fp64"
NARROWER: Final = "fp32"
SHOWN_BY: Final = "values"  # whose first question is asked, and in whose name it is told


def in_own_format(target: Target, profile: Profile, seed: int) -> tuple[Target, Finding | None]:
    """The target in the formats that it computes in, and the finding that says which it does not: fp64 is left out
    where it casts to fp32, is beyond its bounds by that, and right within those of what it did. Else as it was, None.
    """
    contract = target.contract
    if WIDE not in target.dtypes or contract.computes_in is not None or contract.accumulation is not None:
        return target, None
    first = next(iter(PROPERTIES[SHOWN_BY].draws(target, profile, WIDE, target.devices[0], seed)), None)
    if first is None or first.device != "cpu":
        return target, None
    request = request_of(target, case_of(target, first), first.device)
    try:
        beyond = [each.quantity for each in asked(target, request) if each.outcome == FAIL]
        if not beyond:
            return target, None
        recorder = recorder_for(target.framework)
        with recording(recorder):
            ask(target, request)
    except (TargetError, NotReadError):  # what it raises is told by the property that asks it
        return target, None
    found = recorder.tape.finish()
    if not found.calls or found.unread:
        return target, None
    # Operations may err as in fp32; what constants stand for is a matter of the inputs' format.
    rounding = Rounding.of(found, NARROWER, target.framework, first.device, partial(stands_for, WIDE))
    place = _cast(rounding.swept)
    limits = {quantity: limit for quantity, limit in limits_of(target, request).items() if quantity in beyond}
    own = {quantity: bound for quantity, bound in rounding.bounds(-1, limits).items() if quantity in limits}
    if place is None or set(own) != set(beyond):
        return target, None
    truth = exact(truth_of(target, request), own, list(own))
    if any(each.outcome != PASS for each in judged(rounding, truth, own, -1, limits).values()):
        return target, None
    rest = tuple(dtype for dtype in target.dtypes if dtype != WIDE) or (NARROWER,)
    why = f"what is handed over in {WIDE} is cast to {NARROWER} ({place}), not declared, and right within the bounds "
    why += f"of that; judged as --dtype {','.join(rest)} asks"
    return replace(target, dtypes=rest), Finding(DIFFERS, why, property=SHOWN_BY, draw=first)


def _cast(swept: Swept) -> str | None:
    """The first cast of anything but constants from fp64 to fp32, in words."""
    narrow = np.zeros(swept.recording.elements, bool)
    for operation in swept.recording.operations:
        if operation.dtype != WIDE:
            narrow[operation.output] = True
        if operation.name == "cast" and operation.dtype == NARROWER:
            (given,) = operation.inputs
            if np.any(~swept.fixed[given] & ~narrow[given]):
                return f"{operation.library} at {operation.where}" if operation.where else operation.library
    return None
