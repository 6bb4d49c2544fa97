"""Inequalities that the form of an expression shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sympy import Expr, Symbol, diff, factor, together

from attnproof.derivations.proof.identities import is_sum_of_squares
from attnproof.derivations.proof.points import nonnegative_at_points
from attnproof.derivations.proof.reasoning import bounded_on_box, no_minus, nonnegative, nonnegative_from_zero, same
from attnproof.derivations.proof.rules.closing import closed
from attnproof.derivations.proof.rules.domain import ZERO, Given, Least, check_defined, hypotheses, scalars, shown
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.proof.rules.something import check_possible, check_says
from attnproof.derivations.propositions.proposition import Both, Compare, Proposition, le
from attnproof.derivations.typesetting.latex import expr_latex

Order = Literal["≤", "<"]
SIGNS: Final = {"≤": r"\le", "<": "<"}


@dataclass(frozen=True)
class _Inequality(Rule):
    """``left relation right``.

    given    what an expression's form does not say of a part of it: ``0 < x``, ``0 ≤ x``, ``x ≠ 0``
    least    sizes that are at least so large
    """

    left: Expr
    relation: Order
    right: Expr
    given: Given = ()
    least: Least = ()

    def before(self) -> str:
        """What the step starts from."""
        return expr_latex(self.left)

    def after(self) -> str:
        """What it arrives at."""
        return f"{SIGNS[self.relation]} {expr_latex(self.right)}{shown(self._given())}"

    def _given(self) -> tuple[Proposition, ...]:
        return hypotheses((self.left, self.right), self.least, self.given)

    def _gap(self) -> Expr:
        check_says(Compare(self.left, self.relation, self.right), self.given)
        check_possible(self.given, self.least)
        check_defined((self.left, self.right), self.least, self.given)
        return self.right - self.left

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        return closed(Compare(self.left, self.relation, self.right), self._given(), self.least)


@dataclass(frozen=True)
class Sign(_Inequality):
    """The difference of the sides factors into things whose signs follow from the hypotheses."""

    def holds(self) -> bool:
        """Decide it."""
        gap = self._gap()
        if self.relation == "≤":
            return nonnegative(gap)
        shapes = (gap, together(gap), factor(together(gap)), factor(together(gap.expand())))
        return nonnegative_at_points(gap) and any(bool(shape.is_positive) for shape in shapes)


@dataclass(frozen=True)
class Coefficients(_Inequality):
    """Numerator and denominator of the difference of the sides multiply out, in ``variables``, which are at least 0 by
    their symbols, to coefficients that are at least 0. Only for ``≤``.
    """

    variables: tuple[Symbol, ...] = ()

    def holds(self) -> bool:
        """Decide it."""
        if self.relation != "≤":
            raise RuleError("coefficients that are not negative show ≤ only")
        if not self.variables:
            raise RuleError("expected the variables to multiply out in")
        for x in self.variables:
            if not x.is_nonnegative:
                raise RuleError(f"{x} may be negative; expected variables that are at least 0")
        gap = self._gap()
        return no_minus(gap, *self.variables) and nonnegative_at_points(gap)


@dataclass(frozen=True)
class FromZero(_Inequality):
    """The difference of the sides is 0 at ``variable`` = 0, and its derivative is not negative from there on; or the
    same holds of its derivative, and so on, up to the derivative of the given ``order``. Only for ``≤``, and a
    variable that is at least 0 by its symbol.
    """

    variable: Symbol | None = None
    order: int = 1

    def holds(self) -> bool:
        """Decide it."""
        if self.relation != "≤" or self.variable is None or not self.variable.is_nonnegative:
            raise RuleError("expected ≤, and a variable that is at least 0")
        gap = self._gap()
        for _ in range(self.order - 1):
            if not same(gap.subs(self.variable, 0), ZERO):
                return False
            gap = diff(gap, self.variable)
        return nonnegative_from_zero(gap, self.variable)


@dataclass(frozen=True)
class Squares(Rule):
    """``of`` is at least 0: a sum of squares of real expressions, with weights that are positive by their form."""

    of: Expr
    least: Least = ()

    def before(self) -> str:
        """What the step starts from."""
        return expr_latex(self.of)

    def after(self) -> str:
        """What it arrives at."""
        return rf"\ge 0{shown(self._given())}"

    def _given(self) -> tuple[Proposition, ...]:
        return hypotheses((self.of,), self.least)

    def holds(self) -> bool:
        """Decide it."""
        check_defined((self.of,), self.least)
        return is_sum_of_squares(self.of)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        return closed(le(ZERO, self.of), self._given(), self.least)


@dataclass(frozen=True)
class Corners(Rule):
    """``|of| <= bound`` where each symbol of ``box`` lies within ± its entry: ``of`` is affine in each, so that it is
    largest and smallest at the corners.
    """

    of: Expr
    box: tuple[tuple[Symbol, Expr], ...]
    bound: Expr

    def before(self) -> str:
        """What the step starts from."""
        return rf"\left|{expr_latex(self.of)}\right|"

    def after(self) -> str:
        """What it arrives at."""
        return rf"\le {expr_latex(self.bound)}{shown((*self._inside(), *self._given()))}"

    def _given(self) -> tuple[Proposition, ...]:
        return hypotheses((self.of, self.bound, *(edge for _, edge in self.box)))

    def _inside(self) -> tuple[Proposition, ...]:
        return tuple(part for x, edge in self.box for part in (le(-edge, x), le(x, edge)))

    def holds(self) -> bool:
        """Decide it."""
        check_defined((self.of, self.bound, *(edge for _, edge in self.box)))
        check_possible(tuple(le(ZERO, edge) for _, edge in self.box))
        scalars(self.of, self.bound)
        return bounded_on_box(self.of, dict(self.box), self.bound)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        says = Both((le(-self.bound, self.of), le(self.of, self.bound)))
        return closed(says, (*self._inside(), *self._given()))
