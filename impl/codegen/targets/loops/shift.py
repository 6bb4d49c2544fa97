"""Quotients of exponentials, shifted by the largest exponent: nothing overflows, and a row of −∞ gives 0.

exp(t[i,j]) / Σ_l exp(t[i,l])      becomes  exp(t[i,j] − m[i]) / s[i]
m[i] = max_l t[i,l], or 0 where that is −∞
s[i] = Σ_l exp(t[i,l] − m[i]), or 1 where that is 0, which it is where every t[i,l] is −∞ and nowhere else
log Σ_l exp(t[i,l])                becomes  m[i] + log Σ_l exp(t[i,l] − m[i])
"""

from __future__ import annotations

from typing import Protocol

from sympy import Expr, Indexed, Mul, Pow, Sum, Symbol, exp, log

from attnproof.derivations.language.indexing import alpha, bounds, substitute
from attnproof.impl.codegen.targets.loops.step import letters


class Helpers(Protocol):
    """Where further steps are put; each method returns the element of its result."""

    def largest(self, x: Expr, over: tuple[Symbol, Expr]) -> Expr:
        """``max x`` over an index."""

    def total(self, terms: Sum) -> Expr:
        """A sum below a bar."""


def shifted(expr: Expr, helpers: Helpers) -> Expr:
    """``expr`` with the same value, its sums of exponentials below a bar or in a logarithm shifted.

    Raises ValueError where exponentials stand above such a sum in another form than its own.
    """
    if not expr.args or isinstance(expr, Indexed):
        return expr
    if isinstance(expr, Mul):
        factors = list(expr.args)
        for factor in expr.args:
            if isinstance(factor, Pow) and factor.exp == -1 and _is_sum_of_powers(factor.base):
                factors.remove(factor)
                return _quotient([shifted(other, helpers) for other in factors], factor.base, helpers)
    if isinstance(expr, log) and _is_sum_of_powers(expr.args[0]):
        ((letter, size),) = bounds(expr.args[0])
        x = expr.args[0].function.args[0]
        top = helpers.largest(x, (letter, size))
        return top + log(Sum(exp(x - top), *expr.args[0].limits))
    if isinstance(expr, Sum):
        return Sum(shifted(expr.function, helpers), *expr.limits)
    return expr.func(*(shifted(argument, helpers) for argument in expr.args))


def _is_sum_of_powers(expr: Expr) -> bool:
    return isinstance(expr, Sum) and len(expr.limits) == 1 and isinstance(expr.function, exp)


def _quotient(above: list[Expr], below: Sum, helpers: Helpers) -> Expr:
    ((letter, size),) = bounds(below)
    x = below.function.args[0]
    top = helpers.largest(x, (letter, size))
    replaced = [_lowered(factor, below, letter, top) for factor in above]
    if replaced == above:
        raise ValueError(f"exponentials stand below the bar alone, which cannot be shifted: 1/{below}")
    return Mul(*replaced) / helpers.total(Sum(exp(x - top), *below.limits))


def _lowered(expr: Expr, below: Sum, letter: Symbol, top: Expr) -> Expr:
    """Every ``exp(t[i,j])`` that is a term of ``below`` as ``exp(t[i,j] − top)``, in a product or a sum of products."""
    if isinstance(expr, exp):
        found = any(alpha(substitute(expr, {own: letter})) == alpha(below.function) for own in letters(expr))
        return exp(expr.args[0] - top) if found else expr
    if isinstance(expr, Sum):
        return Sum(_lowered(expr.function, below, letter, top), *expr.limits)
    if isinstance(expr, Mul):
        return Mul(*(_lowered(factor, below, letter, top) for factor in expr.args))
    return expr
