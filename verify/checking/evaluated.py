"""What of a JAX program is asked of XLA, and what of its primitives (``attnproof.verify.properties.evaluated``).

Questions about structure are put to the primitives, in every format, and those about state in all formats but the
first. Only passes come of it: whatever else is found is found once more with XLA, and that counts. Ordinary and extreme
numbers, ranges, what stands in rows without a key, and NaN are always XLA's.

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
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.evaluated import evaluated
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.targets.target import Target

# Of these, what is asked is about axes, lengths and features; at the settings of ``quick`` values are about numbers.
STRUCTURE: Final = (
    *("masks", "masks of a batch", "mask format", "batch apart", "layout", "gradient subsets", "grouped heads"),
    *("dropout mask", "combinations", "pairs of features", "far positions"),
)
STATE: Final = ("repeatable", "nothing kept", "inputs untouched")
FAR: Final = ("range through query and key", "low visible scores", "masked keys unseen")  # scores to the format's end
CONTRACTED: Final = "compiled by XLA it fails, and primitive by primitive it is right"
FURTHER: Final = frozenset(SETTINGS) - {setting.name for setting in settings_for("quick")}


def check(each: Property, target: Target, draw: Draw, profile: Profile) -> Sequence[Finding]:
    """What comes of the target at a draw; in ``thorough`` of what XLA compiled, everywhere."""
    if target.framework == "jax" and profile != "thorough" and _of_primitives(each, target, draw):
        found = each.check(evaluated(target), draw)
        if all(finding.outcome in (PASS, UNSUPPORTED) for finding in found):  # the latter: it raises, so or so
            return found
    found = each.check(target, draw)
    far = target.framework == "jax" and each.name in FAR and any(finding.outcome == FAIL for finding in found)
    if far and all(finding.outcome == PASS for finding in each.check(evaluated(target), draw)):
        return [_contracted(finding) for finding in found]
    return found


def _of_primitives(each: Property, target: Target, draw: Draw) -> bool:
    if each.name == "values":
        return draw.setting.name in FURTHER
    return each.name in STRUCTURE or (each.name in STATE and draw.dtype != target.dtypes[0])


def _contracted(finding: Finding) -> Finding:
    if finding.outcome != FAIL:
        return finding
    return replace(finding, outcome=ABSTAIN, reason=f"{CONTRACTED}: {finding.reason}")
