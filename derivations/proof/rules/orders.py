"""Induction over a whole number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from sympy import Expr, Symbol, expand

from attnproof.derivations.proof.orders import holds_at_every_order
from attnproof.derivations.proof.rules.domain import hypotheses, scalars, shown
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.typesetting.latex import expr_latex

PREVIOUS: Final = Symbol("A", real=True)  # the value before, in a recursion


@dataclass(frozen=True)
class Induction(Rule):
    """The sequence that begins with ``first`` at ``order`` = 0 and goes on by ``following``, an expression in
    ``order`` = k and ``PREVIOUS``, the value at k, is ``value``, an expression in ``order``.

    Shown at every order by SymPy's simplification, and exactly at the first dozen.
    """

    ALTERED: ClassVar = ("value",)
    value: Expr
    order: Symbol
    first: Expr
    following: Expr

    def before(self) -> str:
        """What the step starts from."""
        k = expr_latex(self.order)
        return rf"A_0 = {expr_latex(self.first)},\; A_{{{k}+1}} = {expr_latex(self.following)},\; A = A_{k}"

    def after(self) -> str:
        """What it arrives at."""
        return rf"A_{expr_latex(self.order)} = {expr_latex(self.value)}{shown(hypotheses((self.value, self.first)))}"

    def holds(self) -> bool:
        """Decide it."""
        if not (self.order.is_integer and self.order.is_nonnegative):
            raise RuleError(f"{self.order} is no whole number from 0 on")
        scalars(self.value, self.first, self.following, self.order)
        if self.value.has(PREVIOUS) or self.first.has(PREVIOUS):
            raise RuleError(f"{PREVIOUS} is the value before, and stands for nothing else")
        if expand(self.value.subs(self.order, 0) - self.first) != 0:
            return False
        step = self.value.subs(self.order, self.order + 1) - self.following.subs(PREVIOUS, self.value)
        return holds_at_every_order(step, self.order)
