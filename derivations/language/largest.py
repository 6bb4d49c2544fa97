"""The maximum over an index, which the notation of error bounds has beside the sum."""

from __future__ import annotations

from sympy import Expr, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits


class Largest(ExprWithLimits):  # type: ignore[misc]  # SymPy has no types
    """``max_l body`` for l = 0 .. size − 1: ``Largest(body, (l, 0, size - 1))``, unevaluated."""

    is_real = True
    is_commutative = True


def largest(body: Expr, index: Symbol, size: Expr) -> Expr:
    """The maximum of ``body`` over an index."""
    return Largest(body, (index, 0, size - 1))
