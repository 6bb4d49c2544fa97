"""Certificates of impossibility: multipliers that lead linear demands to 0 > 0."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Rational, expand

from attnproof.derivations.proof.rules.closing import closed
from attnproof.derivations.proof.rules.domain import ZERO, check_defined, scalars
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.propositions.proposition import Both, Not, Proposition, lt
from attnproof.derivations.typesetting.latex import expr_latex


@dataclass(frozen=True)
class Contradiction(Rule):
    """Not every one of ``demands``, in real numbers, is positive: with ``multipliers`` that are at least 0, and not all
    0, they add up to 0 (Farkas), so that 0 > 0.
    """

    demands: tuple[Expr, ...]
    multipliers: tuple[Rational, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.demands or len(self.demands) != len(self.multipliers):
            raise RuleError(f"expected one multiplier a demand, got {len(self.multipliers)} of {len(self.demands)}")

    def before(self) -> str:
        """What the step starts from."""
        return ",\\; ".join(f"{expr_latex(each)} > 0" for each in self.demands)

    def after(self) -> str:
        """What it arrives at."""
        factors = ", ".join(map(expr_latex, self.multipliers))
        return rf"0 > 0 \qquad (\text{{multipliers }} {factors})"

    def holds(self) -> bool:
        """Decide it."""
        check_defined(self.demands)
        scalars(*self.demands)
        if not all(isinstance(factor, Rational) for factor in self.multipliers):
            raise RuleError(f"expected multipliers that are fractions, got {self.multipliers}")
        if any(factor < 0 for factor in self.multipliers) or not any(factor > 0 for factor in self.multipliers):
            return False
        total = Add(*(factor * each for factor, each in zip(self.multipliers, self.demands, strict=True)))
        return bool(expand(total) == 0)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        return closed(Not(Both(tuple(lt(ZERO, each) for each in self.demands))), ())
