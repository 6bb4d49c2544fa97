"""Facts of analysis and probability that are not proved here."""

from __future__ import annotations

from dataclasses import dataclass

from attnproof.derivations.proof.rules.rule import Rule, RuleError


@dataclass(frozen=True)
class Cited(Rule):
    """A fact with its source: it closes a step, and the verdict says that it is cited.

    hypothesis, conclusion  LaTeX: what it needs and what it gives
    source                  author, work, theorem
    """

    hypothesis: str
    conclusion: str
    source: str

    def before(self) -> str:
        """What the step starts from."""
        return self.hypothesis

    def after(self) -> str:
        """What it arrives at."""
        return rf"{self.conclusion} \qquad\text{{({self.source})}}"

    def holds(self) -> bool:
        """Decide it."""
        if not (self.source.strip() and self.conclusion.strip()):
            raise RuleError("a cited fact has a conclusion and names its source")
        return True
