"""What is asked of a JAX program primitive by primitive in NumPy: XLA compiles every primitive anew at every shape.

What a program does with axes, lengths and features is in its primitives, so those questions may be answered by their
evaluation, in the program's own formats. Only passes come of it: whatever else is found is found once more with XLA,
and that counts. Ordinary and extreme numbers, ranges and state are always XLA's.

What XLA compiles together it contracts: in ``softmax(s / c)`` the maximum is rounded, and ``s · (1/c) − max`` is not,
so that where a rounding error of a score exceeds what exp has room for a right program comes to 0/0. What fails there
and passes primitive by primitive is no fault of the program; nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.recording.active import active, recording
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Answer, Laid, Request, Target

# Of these, what is asked is about axes, lengths and features; at the settings of ``quick`` values are about numbers.
STRUCTURE: Final = ("layout", "masks of a batch", "combinations", "pairs of features")
FAR: Final = ("range through query and key", "low visible scores", "masked keys unseen")  # scores to the format's end
CONTRACTED: Final = "compiled by XLA it fails, and primitive by primitive it is right"
FURTHER: Final = frozenset(SETTINGS) - {setting.name for setting in settings_for("quick")}


def check(each: Property, target: Target, draw: Draw, profile: Profile) -> Sequence[Finding]:
    """What comes of the target at a draw; in ``thorough`` of what XLA compiled, everywhere."""
    structure = each.name in STRUCTURE or (each.name == "values" and draw.setting.name in FURTHER)
    if target.framework == "jax" and structure and profile != "thorough":
        found = each.check(evaluated(target), draw)
        if all(finding.outcome == PASS for finding in found):
            return found
    found = each.check(target, draw)
    far = target.framework == "jax" and each.name in FAR and any(finding.outcome == FAIL for finding in found)
    if far and all(finding.outcome == PASS for finding in each.check(evaluated(target), draw)):
        return [_contracted(finding) for finding in found]
    return found


def _contracted(finding: Finding) -> Finding:
    if finding.outcome != FAIL:
        return finding
    return replace(finding, outcome=ABSTAIN, reason=f"{CONTRACTED}: {finding.reason}")


def evaluated(target: Target) -> Target:
    """The target, its answers evaluated from its primitives; XLA's where it cannot be read whole, and where somebody
    listens already.
    """

    def asked(request: Request) -> Answer:
        if active():
            return target.ask(request)
        try:
            recorder = recorder_for(target.framework)
            with recording(recorder):
                answer = ask(target, request)
        except (TargetError, NotReadError):  # what it raises when nobody listens is its answer
            return target.ask(request)
        whole = len(recorder.tape.calls) == 1 and not recorder.tape.unread
        return answer if whole else target.ask(request)

    def otherwise(name: str) -> list[Laid]:
        return [replace(laid, target=evaluated(laid.target)) for laid in (target.otherwise or _none)(name)]

    return replace(target, ask=asked, otherwise=otherwise)


def _none(name: str) -> Sequence[Laid]:
    del name
    return ()
