"""Expectation of a polynomial in independent variables by brute-force expansion: a second road at small sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod

from sympy import Expr, Integer, Poly, Symbol, expand

Moment = Callable[[int], Expr]


def expectation(polynomial: Expr, moments: Mapping[Symbol, Moment]) -> Expr:
    """E of ``polynomial`` when the symbols in ``moments`` are independent; ``moments[x](m) = E[x^m]``.

    Every monomial is replaced by the product of the moments of its powers; other symbols are constants.
    """
    symbols = tuple(moments)
    poly = Poly(polynomial, *symbols)
    terms = (
        coefficient * prod((moments[x](power) for x, power in zip(symbols, powers, strict=True)), start=Integer(1))
        for powers, coefficient in poly.terms()
    )
    return expand(sum(terms, Integer(0)))


def symbolic_moment(name: str) -> Moment:
    """Moments as symbols: ``m -> name_m``, with ``name_0 = 1``."""
    return lambda m: Symbol(f"{name}_{m}", real=True) if m else Integer(1)


def centred_moment(name: str) -> Moment:
    """The same for a variable of mean 0: ``name_1 = 0``."""
    general = symbolic_moment(name)
    return lambda m: Integer(0) if m == 1 else general(m)
