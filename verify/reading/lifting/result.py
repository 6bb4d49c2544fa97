"""What was read of a program, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from attnproof.derivations.language.system import Equation
from attnproof.derivations.typesetting.latex import equation_latex, equation_text

SCHEMA: Final = "attnproof.read/1"
Verdict = Literal["equal", "different", "undecided", "not lifted"]
# The end of words about a gradient that tell of a formula, or what stands within them.
TOLD, TOLD_BESIDE = " times it", "; derived: "
UNDECIDED: Final = "equal at the recorded numbers, and the canonical form does not decide more"
EVERY_SIZE: Final = "proved equal at every size where the code runs as at the two it was read at"


@dataclass(frozen=True)
class Reading:
    """What was read.

    target       its name
    score        the score beside which it was put: the declared one, or the nearest known
    verdict      ``equal``: the canonical form is the derivation's; ``different``; ``undecided``: the numbers recorded
                 are the derivation's, the canonical form is not; ``not lifted``: no index notation was found for the
                 context
    equations    what the program computes
    differences  from the derivation, in words
    options      what it does beside the score: masks, a soft-cap
    gradients    input -> ``equal``, or the difference in words, or why it could not be lifted
    notes        what the verdict rests on
    reasons      quantity -> why it could not be lifted, with the line
    """

    target: str
    score: str
    verdict: Verdict
    equations: tuple[Equation, ...] = ()
    differences: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    gradients: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """Whether all that was asked for, context and gradients, was lifted and is the derivation's, at every size."""
        alike = self.verdict == "equal" and not self.differences and not self.reasons
        return alike and all(said == "equal" for said in self.gradients.values())

    @property
    def differs(self) -> bool:
        """Whether something that was lifted is another than the derivation's."""
        found = self.verdict == "different" or bool(self.differences)
        return found or any(said != "equal" and not said.endswith(UNDECIDED) for said in self.gradients.values())

    @property
    def told(self) -> tuple[str, ...]:
        """What is said of gradients that were lifted and are others than the derived ones, by formula."""
        return tuple(words for words in self.gradients.values() if words.endswith(TOLD) or TOLD_BESIDE in words)

    def text(self) -> str:
        """For people."""
        lines = [self.target, ""]
        lines += [f"    {equation_text(equation)}" for equation in self.equations] + [""] * bool(self.equations)
        lines += self._verdict()
        lines += [f"  {said}" for said in self.differences]
        proved = [name for name, said in self.gradients.items() if said == "equal"]
        if proved:
            lines.append(f"gradients of {', '.join(proved)}: {EVERY_SIZE}")
        lines += [f"  {said}" for said in self.gradients.values() if said != "equal"]
        lines += [f"{name} cannot be lifted here: {why}" for name, why in self.reasons.items()]
        lines += [f"({note})" for note in self.notes]
        return "\n".join(lines)

    def _verdict(self) -> list[str]:
        beside = self.score + "".join(f", {option}" for option in self.options)
        if self.verdict == "equal":
            return [f"context: {beside}: {EVERY_SIZE}"]
        if self.verdict == "undecided":
            return [f"context: {beside}: {UNDECIDED}"]
        return [f"beside {beside}:"] if self.verdict == "different" else []

    def latex(self) -> str:
        """The equations, one a line."""
        return "\n".join(equation_latex(equation) for equation in self.equations)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "schema": SCHEMA,
            "target": self.target,
            "score": self.score,
            "verdict": self.verdict,
            "equal": self.equal,
            "equations": [
                {"tensor": e.target.name, "text": equation_text(e), "latex": equation_latex(e)} for e in self.equations
            ],
            "differences": list(self.differences),
            "options": list(self.options),
            "gradients": dict(self.gradients),
            "notes": list(self.notes),
            "reasons": dict(self.reasons),
        }
