"""Results of operations in a floating-point format by IEEE 754: numbers, the infinities ``oo``, ``-oo``, and ``nan``.

A result is no real number: ``value(x)`` is the result that is the number x. Operations are rounded to nearest in the
format of p bits with the largest exponent e_max, ties to even, with subnormals; what overflows is infinite. A 0 has no
sign: a divisor 0 counts as +0.
"""

from __future__ import annotations

from sympy import Expr, Function, Symbol, nan, oo

from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.rounded import check_format

NO_NUMBERS = frozenset({oo, -oo, nan})


class value(Function):  # type: ignore[misc]  # SymPy is untyped; it names functions so, and formulas print the name
    """``value(x)``, the result that is the real number x."""

    nargs = 1

    @classmethod
    def eval(cls, number: Expr) -> Expr | None:
        """Nothing is evaluated. Raises ValueError for what is no real number."""
        if number in NO_NUMBERS or isinstance(number, Result):
            raise ValueError(f"{number} is a result, no real number")
        return None


class Operation(Function):  # type: ignore[misc]
    """An operation on results: its operands, then the bits of the format and its largest exponent."""

    @classmethod
    def eval(cls, *arguments: Expr) -> Expr | None:
        """Nothing is evaluated. Raises ValueError for a format that is none."""
        check_format(*arguments[-2:])
        return None


class added(Operation):
    """``added(a, b, p, e_max)``."""

    nargs = 4


class subtracted(Operation):
    """``subtracted(a, b, p, e_max)`` is a less b."""

    nargs = 4


class divided(Operation):
    """``divided(a, b, p, e_max)`` is a over b."""

    nargs = 4


class exponential(Operation):
    """``exponential(a, p, e_max)``."""

    nargs = 3


class Highest(Largest):
    """The highest of the results ``body`` over an index, NaN where one is: ``Highest(body, (l, 0, size - 1))``."""


Result = value | Operation | Highest


def highest(body: Expr, index: Symbol, size: Expr) -> Expr:
    """The highest of the results ``body`` over an index."""
    return Highest(body, (index, 0, size - 1))
