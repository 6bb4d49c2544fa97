"""Comparisons of constants, decided by ball arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from attnproof.derivations.proof.points import positive_at_points
from attnproof.derivations.proof.rules.closing import closed
from attnproof.derivations.proof.rules.domain import check_defined, is_constant
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.propositions.proposition import Proposition, lt
from attnproof.derivations.typesetting.latex import expr_latex


@dataclass(frozen=True)
class Enclosed(Rule):
    """``low < of < high`` for constants: the balls of both gaps are above 0. Either end may be left out."""

    of: Expr
    low: Expr | None = None
    high: Expr | None = None

    def before(self) -> str:
        """What the step starts from."""
        return expr_latex(self.of)

    def after(self) -> str:
        """What it arrives at."""
        if self.low is not None and self.high is not None:
            return rf"\in \left({expr_latex(self.low)},\; {expr_latex(self.high)}\right)"
        return f"> {expr_latex(self.low)}" if self.low is not None else f"< {expr_latex(self.high)}"

    def _gaps(self) -> list[tuple[Expr, Expr]]:
        ends = [(self.low, self.of), (self.of, self.high)]
        return [(left, right) for left, right in ends if left is not None and right is not None]

    def holds(self) -> bool:
        """Decide it."""
        gaps = [right - left for left, right in self._gaps()]
        ends = [end for end in (self.low, self.of, self.high) if end is not None]
        if not gaps or not all(map(is_constant, ends)):
            raise RuleError(f"expected constants and at least one end, got {self.of}, {self.low}, {self.high}")
        check_defined(ends)
        return all(positive_at_points(gap) for gap in gaps)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        return tuple(fact for left, right in self._gaps() for fact in closed(lt(left, right), ()))
