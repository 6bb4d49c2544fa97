"""What a target was asked together, and what not, of what its features and its own numbers make possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attnproof.verify.composing.coincident import coincident
from attnproof.verify.composing.constants import constants_of
from attnproof.verify.composing.covering import Pair
from attnproof.verify.composing.own_sizes import own_rows
from attnproof.verify.composing.plan import plan
from attnproof.verify.options import Profile
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.targets.target import Target


@dataclass(frozen=True)
class Together:
    """The covering array, and the sizes at which two axes are one number.

    questions, pairs  rows, and pairs of levels that are in one of them
    alike      pairs of axes that are equal in some question, all others being different, and different in the rest
    unlike     pairs that are never so: heads of keys are fewer than those of queries
    """

    questions: int
    pairs: int
    alike: tuple[tuple[str, str], ...]
    unlike: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NotAsked:
    """What "no fault found" does not speak of.

    pairs     two levels that no question has together -> why
    sizes     around the program's own numbers that were not tried, with why
    complete  False: the program has more numbers than were looked for
    asked     what it does speak of; None: in a profile that asks a part
    """

    pairs: Mapping[Pair, str]
    sizes: tuple[str, ...]
    complete: bool = True
    asked: Together | None = None

    def by_reason(self) -> dict[str, list[str]]:
        """Why -> pairs in words: ``causal on with lengths some``."""
        found: dict[str, list[str]] = {}
        for ((one, this), (two, that)), why in self.pairs.items():
            found.setdefault(why, []).append(f"{one} {this or 'off'} with {two} {that or 'off'}")
        return found


def not_asked(target: Target, seed: int, profile: Profile = "standard") -> NotAsked:
    """Of composed questions in the widest format, under the contract as it turned out."""
    choice = settled_choice(target, target.dtypes[0], "cpu", seed)
    constants = constants_of(target.ask)
    sizes = own_rows(target, choice, constants, target.dtypes[0]).not_tried
    planned = plan(target, choice, target.dtypes[0])
    met = coincident(target, choice, target.dtypes[0])
    together = Together(len(planned.rows) + len(met.rows), planned.pairs, met.pairs, met.never)
    whole = profile != "quick"
    return NotAsked(dict(planned.not_asked), sizes, constants.complete, together if whole else None)
