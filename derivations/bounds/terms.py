"""From the right-hand side of an equation to a sum of terms: products of factors under one summation.

    (ᾱ[i,j] − ρ[i]) α[i,j]              →   + ᾱ α   − ρ α
    Σ_r W[a,r] q[i,r] + b[a]            →   + Σ_r W q   + b
    κ tanh(e[i,j]/κ)                    →   + κ · tanh(e · 1/κ)

Flattening is what makes the bounds independent of association: an implementation may multiply out, factor or reorder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sympy import Add, Dummy, Expr, Indexed, Integer, Mul, Number, Pow, Rational, Sum, Symbol, exp, log, sech, sqrt

from attnproof.derivations.language.functions import USER
from attnproof.derivations.language.sigmoid import sigmoid

BOUNDED: Final[Mapping[type[Expr], str]] = MappingProxyType({**USER, sigmoid: "sigmoid"})  # with a rule of rounding


@dataclass(frozen=True)
class Factor:
    """A factor: ``element`` (``argument`` itself), ``reciprocal``, ``root``, ``sech2``, a function of user scores."""

    kind: str
    argument: Expr


@dataclass(frozen=True)
class FlatTerm:
    """``coefficient · Σ_over ∏ factors``; the coefficient is an expression in numbers and sizes only."""

    coefficient: Expr
    factors: tuple[Factor, ...]
    over: tuple[tuple[Symbol, Expr], ...] = ()  # index symbol and its size


@lru_cache(maxsize=1024)
def flatten(expr: Expr) -> tuple[FlatTerm, ...]:
    """The terms whose sum ``expr`` is. Raises ValueError for an expression outside the notation."""
    if isinstance(expr, Add):
        return tuple(term for part in expr.args for term in flatten(part))
    if isinstance(expr, Mul):
        result: tuple[FlatTerm, ...] = (FlatTerm(Integer(1), ()),)
        for part in expr.args:
            result = tuple(_product(a, b) for a in result for b in flatten(part))
        return result
    if isinstance(expr, Sum):
        over = tuple((symbol, (high - low + 1)) for symbol, low, high in expr.limits)
        if any(low != 0 for _, low, _ in expr.limits):
            raise ValueError(f"a sum has to start at 0: {expr}")
        return tuple(FlatTerm(t.coefficient, t.factors, t.over + over) for t in flatten(expr.function))
    if _is_constant(expr):
        return (FlatTerm(expr, ()),)
    if isinstance(expr, Pow):
        return _power(expr)
    if expr.func in BOUNDED:
        return (FlatTerm(Integer(1), (Factor(BOUNDED[expr.func], expr.args[0]),)),)
    if isinstance(expr, (Indexed, Symbol)):
        return (FlatTerm(Integer(1), (Factor("element", expr),)),)
    raise ValueError(f"no rule bounds the rounding errors of {expr}")


def softmax_argument(expr: Expr) -> tuple[Expr, Symbol] | None:
    """For ``exp(t[…, j]) / Σ_l exp(t[…, l])``: the logits ``t[…, j]`` and the index j; None for anything else."""
    if not isinstance(expr, Mul) or len(expr.args) != 2:
        return None
    numerator = next((part for part in expr.args if isinstance(part, exp)), None)
    inverse = next((part for part in expr.args if isinstance(part, Pow) and part.exp == -1), None)
    if numerator is None or inverse is None or not isinstance(inverse.base, Sum) or len(inverse.base.limits) != 1:
        return None
    summed, low, _ = inverse.base.limits[0]
    for symbol in numerator.free_symbols:
        if low == 0 and isinstance(symbol, Symbol) and numerator.subs(symbol, summed) == inverse.base.function:
            return numerator.args[0], symbol
    return None


def logsumexp_argument(expr: Expr) -> tuple[Expr, Symbol, Expr] | None:
    """For ``log Σ_l exp(t[…, l])``: the logits ``t[…, l]``, the index l and how many; None for anything else."""
    if not isinstance(expr, log) or not isinstance(expr.args[0], Sum) or len(expr.args[0].limits) != 1:
        return None
    inner, (summed, low, high) = expr.args[0].function, expr.args[0].limits[0]
    return (inner.args[0], summed, high + 1) if isinstance(inner, exp) and low == 0 else None


def _is_constant(expr: Expr) -> bool:
    """Whether an expression consists of numbers and sizes (positive integer symbols)."""
    return not expr.has(Indexed) and all(
        isinstance(symbol, Symbol) and symbol.is_integer and symbol.is_positive for symbol in expr.free_symbols
    )


def _power(expr: Pow) -> tuple[FlatTerm, ...]:
    base, exponent = expr.base, expr.exp
    if isinstance(base, sech) and exponent == 2:
        return (FlatTerm(Integer(1), (Factor("sech2", base.args[0]),)),)
    if isinstance(exponent, Number) and exponent.is_Integer:
        if exponent > 0:
            return flatten(Mul(*[base] * int(exponent), evaluate=False))
        return (FlatTerm(Integer(1), (Factor("reciprocal", base),) * int(-exponent)),)
    if exponent.is_Rational and exponent.q == 2:  # x^(n + 1/2) = xⁿ √x, x^(−n/2) = (1/√x)ⁿ
        if exponent < 0:
            return (FlatTerm(Integer(1), (Factor("reciprocal", sqrt(base)),) * int(-2 * exponent)),)
        root = FlatTerm(Integer(1), (Factor("root", base),))
        return tuple(_product(term, root) for term in flatten(base ** int(exponent - Rational(1, 2))))
    raise ValueError(f"no rule bounds the rounding errors of {expr}")


def _product(left: FlatTerm, right: FlatTerm) -> FlatTerm:
    """The product of two terms; summation indices that both have are renamed on the right."""
    used = {symbol for symbol, _ in left.over} | {s for factor in left.factors for s in factor.argument.free_symbols}
    renaming = {symbol: Dummy(symbol.name, **symbol.assumptions0) for symbol, _ in right.over if symbol in used}
    factors = tuple(Factor(f.kind, f.argument.xreplace(renaming)) for f in right.factors)
    over = tuple((renaming.get(symbol, symbol), size) for symbol, size in right.over)
    return FlatTerm(left.coefficient * right.coefficient, left.factors + factors, left.over + over)
