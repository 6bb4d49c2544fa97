"""Partial derivatives of an index expression with respect to every tensor element that stands in it.

``y = Σ_l exp(t[i,l])`` has the one partial ``exp(t[i,l])`` at the leaf ``t[i,l]``, to be summed over l. Where a
textbook would write ``∂y/∂t[i,m] = Σ_l exp(t[i,l]) δ[l,m]``, the delta is kept as the pair (leaf, derivative) and is
contracted when the partial is used, so that no ``KroneckerDelta`` ever has to be removed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType

from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, erf, exp, pi, sqrt

from attnproof.derivations.language.functions import ELEMENTARY
from attnproof.derivations.language.indexing import Bounds, bounds, substitute, symbols_of
from attnproof.derivations.language.notation import index

DERIVATIVES: Mapping[type[Expr], Callable[[Expr], Expr]] = MappingProxyType(
    {**{one.symbol: one.derivative for one in ELEMENTARY.values()}, erf: lambda x: 2 * exp(-(x**2)) / sqrt(pi)}
)


@dataclass(frozen=True)
class Partial:
    """``Σ_over derivative · d leaf`` is one term of the differential of an expression.

    leaf        a tensor element (``Indexed``, or a ``Symbol`` for a scalar)
    derivative  its factor
    over        summation indices around it, with temporary names (``_s0``, ``_s1`` ...) that occur nowhere else
    """

    leaf: Expr
    derivative: Expr
    over: Bounds


def partials(expr: Expr, is_tensor: Callable[[Expr], bool]) -> tuple[Partial, ...]:
    """Every term of the differential of ``expr``, in order of appearance.

    is_tensor  tells whether a base (``IndexedBase``, or the ``Symbol`` of a scalar) is a tensor; other symbols are
               sizes and indices, hence constants.

    Raises ValueError for a function without a known derivative, for an exponent that depends on a tensor, and for any
    other node that is not part of the notation.
    """
    return tuple(_walk(expr, Integer(1), (), is_tensor, count()))


def depends(expr: Expr, is_tensor: Callable[[Expr], bool]) -> bool:
    """Whether any tensor stands in ``expr``."""
    return bool(expr.has(Indexed)) or any(is_tensor(symbol) for symbol in symbols_of(expr))


def _walk(
    expr: Expr, factor: Expr, over: Bounds, is_tensor: Callable[[Expr], bool], numbers: Iterator[int]
) -> Iterator[Partial]:
    if isinstance(expr, Indexed):
        if not is_tensor(expr.base):
            raise ValueError(f"{expr} is not an element of a tensor of the system")
        if any(depends(where, is_tensor) for where in expr.indices):
            raise ValueError(f"an index may not depend on a tensor: {expr}")
        yield Partial(expr, factor, over)
    elif isinstance(expr, Symbol):
        if is_tensor(expr):
            yield Partial(expr, factor, over)
    elif not depends(expr, is_tensor):
        return
    elif isinstance(expr, Add):
        for term in expr.args:
            yield from _walk(term, factor, over, is_tensor, numbers)
    elif isinstance(expr, Mul):
        for position, term in enumerate(expr.args):
            others = Mul(*expr.args[:position], *expr.args[position + 1 :])
            yield from _walk(term, factor * others, over, is_tensor, numbers)
    elif isinstance(expr, Sum):
        letters = {symbol: index(f"_s{next(numbers)}") for symbol, _ in bounds(expr)}
        opened = tuple((letters[symbol], size) for symbol, size in bounds(expr))
        yield from _walk(substitute(expr.function, letters), factor, over + opened, is_tensor, numbers)
    elif isinstance(expr, Pow) and not depends(expr.exp, is_tensor):
        yield from _walk(expr.base, factor * expr.exp * expr.base ** (expr.exp - 1), over, is_tensor, numbers)
    elif expr.func in DERIVATIVES:
        (argument,) = expr.args
        slope = DERIVATIVES[expr.func](argument)
        if slope != 0:
            yield from _walk(argument, factor * slope, over, is_tensor, numbers)
    else:
        known = ", ".join(sorted(function.__name__ for function in DERIVATIVES))
        raise ValueError(
            f"cannot differentiate {expr.func.__name__} in {expr}; known: sums, products, powers with a constant "
            f"exponent, Sum, {known}"
        )
