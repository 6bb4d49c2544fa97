"""Derivatives, limits and integrals of functions of one variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from sympy import Dummy, Expr, Indexed, Poly, Symbol, diff, fraction, limit, oo, together

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.proof.identities import EPSILON, equal_twice, variation
from attnproof.derivations.proof.points import equal_at_points, near_at_points, positive_at_points
from attnproof.derivations.proof.reasoning import same, vanishes
from attnproof.derivations.proof.rules.domain import (
    ZERO,
    Given,
    check_continuous,
    check_defined,
    check_nonzero,
    check_variable,
    hypotheses,
    scalars,
    shown,
)
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.proof.rules.something import check_possible
from attnproof.derivations.typesetting.latex import expr_latex, letter_latex

ENDS = {oo: r"\infty", -oo: r"-\infty"}


def _limit(of: Expr, variable: Symbol, at: Expr, side: str = "+") -> Expr:
    try:
        return limit(of, variable, at, side)
    except NotImplementedError as error:  # SymPy's word for a limit that depends on what is not known
        raise RuleError(f"no certain limit of {of}: {error}") from error


def _check_side(variable: Symbol, at: Expr, *, above: bool) -> None:
    """Raises RuleError where the variable, by its symbol, is no number beside ``at``."""
    if variable.is_nonnegative:
        possible = at is oo or bool(at.is_positive or (at.is_nonnegative and above))
    elif variable.is_nonpositive:
        possible = at is -oo or bool(at.is_negative or (at.is_nonpositive and not above))
    else:
        possible = not variable.is_nonzero
    if not possible:
        raise RuleError(f"{variable} is assumed to have a sign that numbers beside {at} may not have")


def _by_degrees(moved: Expr, far: Symbol) -> Expr | None:
    """The limit of a quotient of polynomials whose leading coefficients cannot be 0 where it depends on that, and so
    the limit for all values of the parameters; None where it is not of that form.
    """
    parts = fraction(together(moved))
    if not all(part.is_polynomial(far) for part in parts):
        return None
    above, below = (Poly(part, far) for part in parts)
    more, first = above.degree() - below.degree(), above.LC() / below.LC()
    try:
        check_nonzero(below.LC())
    except RuleError:
        return None
    if more <= 0:
        return first if more == 0 else ZERO
    return oo if first.is_positive else -oo if first.is_negative else None


def _specials(moved: Expr, far: Symbol) -> Iterator[dict[Symbol, Expr]]:
    """Values of the parameters at which a limit may be another one than nearly everywhere: SymPy takes a coefficient to
    be other than 0.
    """
    free = sorted((s for s in moved.free_symbols - {far} if not s.is_integer), key=str)
    yield from ({s: ZERO} for s in free if not s.is_nonzero)
    for one, other in combinations(free, 2):
        yield {one: other}
        if not (one.is_nonnegative or other.is_nonnegative):
            yield {one: -other}


def _is_reached(found: Expr, moved: Expr, far: Symbol, value: Expr) -> bool:
    """Whether the limit that was found is the value, and balls agree."""
    if value in ENDS:
        return bool(found == value) and positive_at_points(moved.subs(far, 2**60) * (1 if value is oo else -1))
    return same(found, value) and near_at_points(moved, far, value)


def _end(value: Expr) -> str:
    return ENDS.get(value) or expr_latex(value)


@dataclass(frozen=True)
class Differentiated(Rule):
    """The derivative of ``of`` with respect to ``variable``, ``times`` times, is ``value``: SymPy's differentiation,
    and equality as in ``Field`` or ``Equal``.

    given    what an expression's form does not say of a part of it: ``0 < x``, ``0 ≤ x``, ``x ≠ 0``
    """

    ALTERED: ClassVar = ("value",)
    of: Expr
    variable: Symbol
    value: Expr
    times: int = 1
    given: Given = ()

    def before(self) -> str:
        """What the step starts from."""
        letter, power = expr_latex(self.variable), f"^{{{self.times}}}" if self.times > 1 else ""
        return rf"\frac{{\partial{power}}}{{\partial {letter}{power}}} \left({expr_latex(self.of)}\right)"

    def after(self) -> str:
        """What it arrives at."""
        return expr_latex(self.value) + shown(hypotheses((self.of, self.value), (), self.given))

    def holds(self) -> bool:
        """Decide it."""
        check_variable(self.variable)
        if self.times < 1:
            raise RuleError(f"expected a derivative of some order, got {self.times}")
        check_possible(self.given)
        check_defined((self.of, self.value), (), self.given)
        check_continuous(self.of, self.value)
        found = diff(self.of, self.variable, self.times)
        indexed = found.has(Indexed) and equal_twice(found, self.value)
        return indexed or vanishes(found - self.value) or same(found, self.value)


@dataclass(frozen=True)
class Along(Rule):
    """The derivative of an index expression along a direction is ``value``: of ``of`` with every tensor x of ``moving``
    moved to ``x + ε ẋ``, with respect to ε at 0, in the canonical form and in the ring.

    moving  each tensor with the letter of its direction
    given   what an expression's form does not say of a part of it: ``0 < x``, ``0 ≤ x``, ``x ≠ 0``
    """

    ALTERED: ClassVar = ("value",)
    of: Expr
    moving: tuple[tuple[Tensor, Tensor], ...]
    value: Expr
    given: Given = ()

    def before(self) -> str:
        """What the step starts from."""
        moved = (rf"{letter_latex(x.symbol)} + \varepsilon {letter_latex(to.symbol)}" for x, to in self.moving)
        return rf"\frac{{d}}{{d\varepsilon}} \left({expr_latex(self.of)}\right)_{{{', '.join(moved)}}}"

    def after(self) -> str:
        """What it arrives at."""
        return expr_latex(self.value) + shown(hypotheses((self.of, self.value), (), self.given))

    def holds(self) -> bool:
        """Decide it."""
        check_possible(self.given)
        check_defined((self.of, self.value), (), self.given)
        check_continuous(self.of, self.value)
        if any(each.has(EPSILON) for each in (self.of, self.value)):
            raise RuleError(f"{EPSILON} is the size of the step, and stands for nothing else")
        if len({tensor for tensor, _ in self.moving}) < len(self.moving):
            raise RuleError("a tensor with two directions")
        return equal_twice(variation(self.of, self.moving), self.value)


@dataclass(frozen=True)
class Tends(Rule):
    """``of`` tends to ``value`` as ``variable`` tends to ``at`` (from above, or below with ``from_below``; for
    infinity there is one side): by the leading coefficients of a quotient of polynomials, else by SymPy's limit; and
    balls near the end are near the value.

    ``value`` may be infinite.
    """

    ALTERED: ClassVar = ("value",)
    of: Expr
    variable: Symbol
    at: Expr
    value: Expr
    from_below: bool = False

    def before(self) -> str:
        """What the step starts from."""
        side = "" if self.at in ENDS else "^-" if self.from_below else "^+"
        return rf"\lim_{{{expr_latex(self.variable)} \to {_end(self.at)}{side}}} {expr_latex(self.of)}"

    def after(self) -> str:
        """What it arrives at."""
        return _end(self.value) + shown(hypotheses((self.of,)))

    def holds(self) -> bool:
        """Decide it."""
        if self.at is not oo:
            check_variable(self.variable)
        check_defined((self.of, *(end for end in (self.at, self.value) if end not in ENDS)))
        scalars(self.of, self.variable, self.at, self.value)
        _check_side(self.variable, self.at, above=self.at is oo or (self.at is not -oo and not self.from_below))
        far = Dummy(f"{self.variable.name}'", positive=True)  # no symbol of the expression's, whatever its name
        near = {oo: far, -oo: -far}.get(self.at, self.at - 1 / far if self.from_below else self.at + 1 / far)
        moved = self.of.subs(self.variable, near)
        found = _by_degrees(moved, far)
        if found is not None:
            return _is_reached(found, moved, far, self.value)
        cases = ((moved.xreplace(each), self.value.xreplace(each)) for each in ({}, *_specials(moved, far)))
        return all(_is_reached(_limit(of, far, oo), of, far, value) for of, value in cases)


@dataclass(frozen=True)
class Integrated(Rule):
    """The integral of ``of`` from ``low`` to ``high`` is ``value``: ``antiderivative`` has ``of`` as its derivative
    and ``value`` as the difference of its limits at the ends, which exist.

    Ends may be infinite; the integrand is defined between them.
    """

    ALTERED: ClassVar = ("value",)
    of: Expr
    variable: Symbol
    low: Expr
    high: Expr
    value: Expr
    antiderivative: Expr

    def before(self) -> str:
        """What the step starts from."""
        return rf"\int_{{{_end(self.low)}}}^{{{_end(self.high)}}} {expr_latex(self.of)}\, d{expr_latex(self.variable)}"

    def after(self) -> str:
        """What it arrives at."""
        return expr_latex(self.value) + shown(hypotheses((self.of, self.value)))

    def holds(self) -> bool:
        """Decide it."""
        check_variable(self.variable)
        finite = tuple(end for end in (self.low, self.high) if end not in ENDS)
        check_defined((self.of, self.antiderivative, self.value, *finite))
        scalars(self.of, self.antiderivative, self.value, self.variable, *finite)
        if any(end.has(self.variable) for end in (*finite, self.value)):
            raise RuleError(f"{self.variable} is bound")
        _check_side(self.variable, self.low, above=True)
        _check_side(self.variable, self.high, above=False)
        check_continuous(self.of, self.antiderivative)
        slope = diff(self.antiderivative, self.variable)
        if not (same(slope, self.of) and equal_at_points(slope, self.of)):
            return False
        ends = [
            _limit(self.antiderivative, self.variable, end, side) for end, side in ((self.high, "-"), (self.low, "+"))
        ]
        if any(end.has(oo, -oo) or not end.is_finite for end in ends):
            raise RuleError(f"{self.antiderivative} has no certain finite limit at an end: {ends}")
        return same(ends[0] - ends[1], self.value)
