"""Equality of rational functions in symbols, exponentials and hyperbolic tangents, decided exactly.

Polynomials over the rationals are python-flint's; a fraction is kept in lowest terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import lcm

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy import Add, Expr, Function, Integer, Mul, Pow, Rational, Symbol, exp, sech, tanh

from attnproof.derivations.language.functions import USER


@dataclass(frozen=True, slots=True)
class Fraction:
    """A quotient of two polynomials."""

    above: fmpq_mpoly
    below: fmpq_mpoly

    def _reduced(self) -> Fraction:
        divisor = self.above.gcd(self.below)
        return self if divisor.is_one() else Fraction(self.above // divisor, self.below // divisor)

    def plus(self, other: Fraction) -> Fraction:
        """The sum."""
        if self.below == other.below:
            return Fraction(self.above + other.above, self.below)._reduced()
        return Fraction(self.above * other.below + other.above * self.below, self.below * other.below)._reduced()

    def times(self, other: Fraction) -> Fraction:
        """The product."""
        return Fraction(self.above * other.above, self.below * other.below)._reduced()

    def power(self, exponent: int) -> Fraction:
        """An integer power. Raises ZeroDivisionError for a negative power of zero."""
        if exponent >= 0:
            return Fraction(self.above**exponent, self.below**exponent)
        if self.above.is_zero():
            raise ZeroDivisionError("negative power of zero")
        return Fraction(self.below**-exponent, self.above**-exponent)

    def equals(self, other: Fraction) -> bool:
        """Whether the two are the same function."""
        return bool(self.above * other.below == other.above * self.below)


class Decision:
    """Equality of rational functions in symbols, exponentials and hyperbolic tangents, by exact field arithmetic.

    ``exp(2 x + y/3)`` is ``X⁶ Y`` with generators ``X = exp(x/3)`` ..., one for each term that stands in an exponent;
    ``sech²`` is ``1 − tanh²``. Another function of user scores gives one more generator for each argument, without any
    relation.
    """

    def __init__(self, expressions: Sequence[Expr]) -> None:
        functions = sorted({f for e in expressions for f in e.atoms(Function)}, key=str)
        denominators: dict[Expr, int] = {}
        symbols = {s for e in expressions for s in e.free_symbols}
        self.generators: dict[tuple[str, Expr], Symbol] = {}
        for function in functions:
            if isinstance(function, exp):
                for coefficient, rest in _exponents(function):
                    denominators[rest] = lcm(denominators.get(rest, 1), int(coefficient.q))
            elif isinstance(function, tanh | sech):
                self.generators.setdefault(("tanh", function.args[0]), Symbol(f"T{len(self.generators)}_"))
            elif function.func in USER:
                key = USER[function.func], function.args[0]
                self.generators.setdefault(key, Symbol(f"P{len(self.generators)}_"))
            else:
                known = ", ".join((*USER.values(), "sech"))
                raise ValueError(f"equality is decided for {known} only, got {function.func.__name__}")
        for rest in denominators:
            self.generators["exp", rest] = Symbol(f"E{len(self.generators)}_")
        self.denominators = denominators
        letters = sorted(symbols | set(self.generators.values()), key=str)
        self.ring = fmpq_mpoly_ctx.get(tuple(f"x{n}" for n in range(max(1, len(letters)))), "degrevlex")
        self.variables = dict(zip(letters, self.ring.gens(), strict=False))
        self.cache: dict[Expr, Fraction] = {}

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether the two are the same function."""
        return self.convert(left).equals(self.convert(right))

    def convert(self, expr: Expr) -> Fraction:
        """``expr`` as an element of the field. Raises ValueError for what the field does not have."""
        if expr not in self.cache:
            self.cache[expr] = self._convert(expr)
        return self.cache[expr]

    def _number(self, value: Expr) -> Fraction:
        return Fraction(self.ring.constant(fmpq(int(value.p), int(value.q))), self.ring.constant(1))

    def _variable(self, symbol: Symbol) -> Fraction:
        return Fraction(self.variables[symbol], self.ring.constant(1))

    def _convert(self, expr: Expr) -> Fraction:
        if isinstance(expr, Symbol):
            return self._variable(expr)
        if isinstance(expr, Rational):
            return self._number(expr)
        if isinstance(expr, Add):
            return reduce(Fraction.plus, (self.convert(term) for term in expr.args))
        if isinstance(expr, Mul):
            return reduce(Fraction.times, (self.convert(factor) for factor in expr.args))
        if isinstance(expr, Pow) and isinstance(expr.base, sech) and expr.exp.is_Integer and expr.exp % 2 == 0:
            t = self._variable(self.generators["tanh", expr.base.args[0]])
            return self._number(Integer(1)).plus(t.power(2).times(self._number(Integer(-1)))).power(int(expr.exp / 2))
        if isinstance(expr, Pow) and expr.exp.is_Integer:
            return self.convert(expr.base).power(int(expr.exp))
        if isinstance(expr, tanh):
            return self._variable(self.generators["tanh", expr.args[0]])
        if isinstance(expr, exp):
            powers = (
                self._variable(self.generators["exp", rest]).power(int(coefficient * self.denominators[rest]))
                for coefficient, rest in _exponents(expr)
            )
            return reduce(Fraction.times, powers)
        if expr.func in USER:
            return self._variable(self.generators[USER[expr.func], expr.args[0]])
        raise ValueError(f"no rational function: {expr.func.__name__} in {expr}")


def _exponents(function: Expr) -> list[tuple[Expr, Expr]]:
    """The terms of the exponent as rational coefficient and rest."""
    return [term.as_coeff_Mul(rational=True) for term in Add.make_args(function.args[0].expand())]
