"""Functions that are differentiable as often as one likes by their form."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Indexed, Mul, Number, Pow, Sum, Symbol, cosh, exp, sech, sinh, tanh

from attnproof.derivations.proof.rules.domain import Given, check_defined, hypotheses, shown
from attnproof.derivations.proof.rules.rule import Rule
from attnproof.derivations.proof.rules.something import check_possible
from attnproof.derivations.typesetting.latex import expr_latex

_EVERYWHERE = (Add, Mul, exp, tanh, sech, sinh, cosh)


@dataclass(frozen=True)
class Smooth(Rule):
    """``of`` is put together from sums, products, exp, tanh and their like, and powers whose base is positive, or whose
    exponent is a natural number: it is differentiable in everything that stands in it, as often as one likes.

    given  what an expression's form does not say of a part of it: ``0 < x``
    """

    of: Expr
    given: Given = ()

    def before(self) -> str:
        """What the step starts from."""
        return expr_latex(self.of)

    def after(self) -> str:
        """What it arrives at."""
        return r"C^\infty" + shown(hypotheses((self.of,), (), self.given))

    def holds(self) -> bool:
        """Decide it."""
        check_possible(self.given)
        check_defined((self.of,), (), self.given)
        return _smooth(self.of)


def _smooth(expr: Expr) -> bool:
    if isinstance(expr, Indexed | Symbol | Number):
        return True
    if isinstance(expr, Sum):
        return _smooth(expr.function)
    if isinstance(expr, Pow):  # a root of what may be 0 is defined there and not differentiable
        return _smooth(expr.base) and bool(expr.exp.is_Integer or (expr.exp.is_Rational and expr.base.is_positive))
    return isinstance(expr, _EVERYWHERE) and all(map(_smooth, expr.args))
