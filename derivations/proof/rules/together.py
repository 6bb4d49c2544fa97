"""Several rules in one step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from attnproof.derivations.proof.rules.cited import Cited
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.propositions.proposition import Proposition


@dataclass(frozen=True)
class All(Rule):
    """Every one of ``parts`` holds."""

    parts: tuple[Rule, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.parts) < 2:
            raise RuleError("expected two rules or more")
        if any(isinstance(part, Cited) for part in self.parts):
            raise RuleError("a cited fact has a step of its own, so that it is counted")

    def before(self) -> str:
        """What the step starts from."""
        return r";\quad ".join(dict.fromkeys(part.before() for part in self.parts))

    def after(self) -> str:
        """What it arrives at."""
        return r";\quad ".join(part.after() for part in self.parts)

    def holds(self) -> bool:
        """Decide it."""
        return all(part.holds() is True for part in self.parts)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        return tuple(fact for part in self.parts for fact in part.facts())

    def alterations(self) -> Iterator[tuple[str, Self]]:
        """Those of each part."""
        for number, part in enumerate(self.parts):
            for what, new in part.alterations():
                yield what, replace(self, parts=(*self.parts[:number], new, *self.parts[number + 1 :]))
