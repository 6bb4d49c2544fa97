"""A target whose boolean masks mean the opposite of what nothing declared means: True masks.

That is a failure of one property, which says the word under which it is right. What else is asked about masks is asked
in the target's own polarity: else every such property fails by what one word explains, and hides what does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.targets.target import Target

SHOWN_BY: Final = "masks"  # the property that is asked as declared, and so tells
REVERSED: Final = "true masks"


def in_own_polarity(target: Target, seed: int) -> Target:
    """The target with the polarity found by asking where none is declared: for all properties but ``SHOWN_BY``."""
    if "mask" not in target.takes or target.contract.polarity is not None:
        return target
    found = settled_choice(target, target.dtypes[0], target.devices[0], seed)["polarity"]
    return replace(target, contract=replace(target.contract, polarity=REVERSED)) if found == REVERSED else target
