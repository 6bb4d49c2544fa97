"""The standard normal law in statements: its density, and integrals as differences of limits of an antiderivative."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Rational, Symbol, exp, oo, pi, sqrt
from sympy.core.function import UndefinedFunction

from attnproof.derivations.propositions.proposition import Both, Every, Limit, Number, Proposition, Slope
from attnproof.derivations.statements._parts import T

X: Final = Symbol("x", real=True)


def density(x: Expr) -> Expr:
    """φ(x)."""
    return exp(-(x**2) * Rational(1, 2)) / sqrt(2 * pi)


def antiderivative(whole: UndefinedFunction, of: Expr) -> Proposition:
    """``whole`` has the derivative ``of``, an expression in x, everywhere."""
    return Every((Number(X),), Slope(whole(T), T, X, of))


def integral(whole: UndefinedFunction, of: Expr, low: Expr, high: Expr) -> Proposition:
    """``whole`` is an antiderivative of ``of`` with these limits: the integral over all numbers is ``high − low``."""
    ends = (Limit(whole(T), T, -oo, low), Limit(whole(T), T, oo, high))
    return Both((antiderivative(whole, of), *ends))
