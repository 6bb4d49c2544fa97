"""Equalities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Expr, Sum, Symbol

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.system import Equation
from attnproof.derivations.proof.deltas import without_deltas
from attnproof.derivations.proof.identities import cut, written_out
from attnproof.derivations.proof.in_ring import ring_says
from attnproof.derivations.proof.reasoning import same, vanishes
from attnproof.derivations.proof.rules.closing import closed
from attnproof.derivations.proof.rules.domain import Given, Least, check_defined, hypotheses, shown
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.proof.rules.something import check_possible
from attnproof.derivations.propositions.proposition import Proposition, eq
from attnproof.derivations.typesetting.latex import equation_latex, expr_latex


@dataclass(frozen=True)
class _Equality(Rule):
    """``left = right``.

    given    what an expression's form does not say of a part of it: ``0 < x``, ``0 ≤ x``, ``x ≠ 0``
    least    sizes that are at least so large, where 1 is not enough
    definitions  of tensors in the sides, which are written out before the sides are compared, the last one first
    """

    ALTERED: ClassVar = ("right",)
    left: Expr
    right: Expr
    given: Given = ()
    least: Least = ()
    definitions: tuple[Equation, ...] = ()

    def before(self) -> str:
        """What the step starts from."""
        return expr_latex(self.left)

    def after(self) -> str:
        """What it arrives at."""
        where = ",\\; ".join(map(equation_latex, self.definitions))
        return expr_latex(self.right) + shown(self._given()) + (rf" \quad\text{{where }} {where}" if where else "")

    def _given(self) -> tuple[Proposition, ...]:
        return hypotheses((self.left, self.right), self.least, self.given)

    def _sides(self) -> tuple[Expr, Expr]:
        if self.left == self.right:
            raise RuleError(f"{self.left} = {self.right} says nothing: both sides are the same")
        check_possible(self.given, self.least)
        self._check_definitions()
        left, right = self.written_out()
        check_defined((left, right), self.least, self.given)
        return left, right

    def _check_definitions(self) -> None:
        """Each defines something once, by what stands before it, and is defined itself: what is undefined in it may
        cancel once it is written out.
        """
        bound = {s for e in (self.left, self.right, *(d.rhs for d in self.definitions)) for s in bound_in(e)}
        for number, each in enumerate(self.definitions):
            later = {d.target.base for d in self.definitions[number:]}
            if each.rhs.has(*later):
                raise RuleError(f"{each.target.symbol} is defined by itself or what comes after it")
            if any(d.target == each.target and d.indices == each.indices for d in self.definitions[:number]):
                raise RuleError(f"{each.target.symbol} is defined twice")
            own = {s for where in each.indices for s in where.free_symbols}
            if (each.rhs.free_symbols - own) & bound:
                raise RuleError(f"{each.target.symbol}: an index of its definition would be one of a sum around it")
            rhs = written_out(each.rhs, *reversed(self.definitions[:number]))
            check_defined((rhs,), self.least, self.given)

    def written_out(self) -> tuple[Expr, Expr]:
        """The sides without the definitions."""
        last_first = tuple(reversed(self.definitions))
        return written_out(self.left, *last_first), written_out(self.right, *last_first)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        left, right = self.written_out()
        if left == right:  # by the definitions alone
            return ()
        return closed(eq(left, right), self._given(), self.least)


def bound_in(expr: Expr) -> set[Symbol]:
    """The indices of its sums."""
    return {limits[0] for each in expr.atoms(Sum) for limits in each.limits}


@dataclass(frozen=True)
class Equal(_Equality):
    """Two index expressions are equal at every size: their canonical forms are the same, which is a proof, and in the
    exponential ring, at sizes of 1 and at others, they are not different.

    Kronecker's deltas are summed away before the forms are compared; the ring has them as they are.

    at  a size: sums over it and something more are cut there, into two blocks, before the forms are compared
    """

    at: Expr | None = None

    def holds(self) -> bool:
        """Decide it."""
        sides = self._sides()
        left, right = without_deltas(*sides), without_deltas(*reversed(sides))
        if self.at is not None:
            left, right = cut(left, self.at), cut(right, self.at)
        return equal(left, right) and ring_says(*sides) is not False


@dataclass(frozen=True)
class Field(_Equality):
    """Two expressions in numbers are equal: the numerator of their difference is 0 once multiplied out (or SymPy
    simplifies the difference to 0), and balls at random points agree.
    """

    def holds(self) -> bool:
        """Decide it."""
        left, right = self._sides()
        return vanishes(left - right) or same(left, right)
