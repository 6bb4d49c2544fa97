"""Evaluation of expressions at random points in ball arithmetic: a second road beside symbolic simplification.

A ball holds the exact value, so two expressions whose balls do not meet at one point are certainly not equal. Agreement
at points proves nothing by itself; it keeps a wrong simplification from passing for a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from flint import arb, ctx, fmpq
from sympy import (
    Abs,
    Add,
    Derivative,
    Expr,
    I,
    Indexed,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Subs,
    Sum,
    Symbol,
    atanh,
    binomial,
    factorial,
    gamma,
    nan,
    oo,
    zoo,
)
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1, Pi

from attnproof.derivations.language.functions import BALLS

PRECISION = 200
POINTS = 2  # at which both sides must be defined and known
TRIES = 40  # some points lie outside the domain

_FUNCTIONS: Mapping[type[Expr], Callable[..., arb]] = {
    **BALLS,
    gamma: arb.gamma,
    atanh: arb.atanh,
    factorial: lambda n: (n + 1).gamma(),
    binomial: lambda n, k: (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma(),
    Abs: abs,
    Max: lambda *values: _fold(arb.max, values),
    Min: lambda *values: _fold(arb.min, values),
}


def equal_at_points(left: Expr, right: Expr) -> bool:
    """Whether the two are equal, to 100 bits, at every one of ``POINTS`` random points.

    The symbols, and elements of tensors, are taken as real and obey the signs that are assumed of them; sizes are 1 at
    the first point, else between 2 and 9; a function without a definition, and its derivative at a point, have one
    random value for each of their arguments. False where no such points are found. Raises ValueError for an expression
    that cannot be evaluated.
    """
    return _everywhere(left - right, lambda value: abs(value) < arb(2) ** -100)


def nonnegative_at_points(expr: Expr) -> bool:
    """The same for ``expr >= 0``: at no point certainly below -2^-100."""
    return _everywhere(expr, lambda value: value > -(arb(2) ** -100))


def positive_at_points(expr: Expr) -> bool:
    """Whether ``expr`` is certainly above 0 at every one of the points; for a constant that is a proof."""
    return _everywhere(expr, lambda value: value > 0)


def near_at_points(expr: Expr, variable: Symbol, value: Expr) -> bool:
    """``expr`` is within 2^-20 of ``value`` at ``variable`` 2^60: so is a limit reached no slower than 2^20/x."""
    return _everywhere(expr.subs(variable, 2**60) - value, lambda gap: abs(gap) < arb(2) ** -20)


def nonzero_at_points(expr: Expr) -> bool:
    """Whether ``expr`` certainly differs from 0 at every one of the points; for a constant that is a proof."""
    return _everywhere(expr, lambda value: not value.contains(0))


def holds_at(left: Expr, relation: str, right: Expr, attempt: int) -> bool:
    """Whether ``left relation right`` certainly holds at the point of this number; False where a side is no real
    number.
    """
    if (right - left).has(I):
        return False
    before, ctx.prec = ctx.prec, PRECISION
    try:
        gap = _value(right - left, attempt)
        if not gap.is_finite():
            return False
        certain = {"<": gap > 0, "≤": gap >= 0, "≠": not gap.contains(0), "=": gap.is_zero()}
        return bool(certain[relation])
    finally:
        ctx.prec = before


def _everywhere(expr: Expr, holds: Callable[[arb], bool]) -> bool:
    before, ctx.prec = ctx.prec, PRECISION
    try:
        found = 0
        for attempt in range(TRIES):
            value = _value(expr, attempt)
            if not value.is_finite():
                continue  # outside the domain
            if not holds(value):
                return False
            found += 1
            if found == POINTS:
                return True
        return False
    finally:
        ctx.prec = before


def _draw(unknown: Expr, attempt: int) -> arb:
    """A value that depends on the name and the attempt alone, so that every occurrence has the same."""
    random = Random(f"{attempt} {unknown}")
    whole = 1 if attempt == 0 else random.randint(2, 9)  # what holds at every size holds at 1
    size = whole if unknown.is_integer else fmpq(random.randint(1, 3000), 1009)
    negative = unknown.is_nonpositive or (not unknown.is_nonnegative and random.random() < 0.5)
    return arb(-size if negative else size)


def _fold(function: Callable[[arb, arb], arb], values: tuple[arb, ...]) -> arb:
    found, *rest = values
    for value in rest:
        found = function(found, value)
    return found


def _value(expr: Expr, attempt: int) -> arb:
    if isinstance(expr, Symbol | Indexed | AppliedUndef) or _is_slope(expr):
        return _draw(expr, attempt)
    if isinstance(expr, Rational):
        return arb(fmpq(int(expr.p), int(expr.q)))
    if expr in (nan, zoo, oo, -oo):  # 0/0, 1/0, infinities: no number at any point
        return arb.nan()
    if isinstance(expr, Exp1):
        return arb.const_e()
    if isinstance(expr, Pi):
        return arb.pi()
    if isinstance(expr, Sum):
        return _sum(expr, attempt)
    function = _FUNCTIONS.get(expr.func)
    if function is None and not isinstance(expr, Add | Mul | Pow):
        raise ValueError(f"{expr.func.__name__} cannot be evaluated in ball arithmetic: {expr}")
    values = [_value(argument, attempt) for argument in expr.args]
    if function is not None:
        return function(*values)
    if isinstance(expr, Add):
        return sum(values, arb(0))
    if isinstance(expr, Mul):
        return _fold(arb.__mul__, tuple(values))
    return values[0] ** int(expr.exp) if expr.exp.is_Integer else values[0] ** values[1]


def _is_slope(expr: Expr) -> bool:
    """A derivative, at a point, of a function without a definition: one more number that nothing is known of."""
    slope = expr.expr if isinstance(expr, Subs) else expr
    return isinstance(slope, Derivative) and isinstance(slope.expr, AppliedUndef)


def _sum(expr: Sum, attempt: int) -> arb:
    """A sum at the size that was drawn, its indices replaced by numbers one after the other."""
    *inner, (symbol, first, last) = expr.limits
    body = Sum(expr.function, *inner) if inner else expr.function
    low, high = (round(float(_value(bound, attempt))) for bound in (first, last))
    return sum((_value(body.subs(symbol, number), attempt) for number in range(low, high + 1)), arb(0))
