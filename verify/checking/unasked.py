"""What a target was not asked, of what its features and its own numbers make possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attnproof.verify.composing.constants import constants_of
from attnproof.verify.composing.covering import Pair
from attnproof.verify.composing.own_sizes import own_rows
from attnproof.verify.composing.plan import plan
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.targets.target import Target


@dataclass(frozen=True)
class NotAsked:
    """What "no fault found" does not speak of.

    pairs     two levels that no question has together -> why
    sizes     around the program's own numbers that were not tried, with why
    complete  False: the program has more numbers than were looked for
    """

    pairs: Mapping[Pair, str]
    sizes: tuple[str, ...]
    complete: bool = True

    def by_reason(self) -> dict[str, list[str]]:
        """Why -> pairs in words: ``causal on with lengths some``."""
        found: dict[str, list[str]] = {}
        for ((one, this), (two, that)), why in self.pairs.items():
            found.setdefault(why, []).append(f"{one} {this or 'off'} with {two} {that or 'off'}")
        return found


def not_asked(target: Target, seed: int) -> NotAsked:
    """Of composed questions in the widest format, under the contract as it turned out."""
    choice = settled_choice(target, target.dtypes[0], "cpu", seed)
    constants = constants_of(target.ask)
    sizes = own_rows(target, choice, constants, target.dtypes[0]).not_tried
    return NotAsked(dict(plan(target, choice, target.dtypes[0]).not_asked), sizes, constants.complete)
