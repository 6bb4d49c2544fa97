"""``rounded(x, p, e_max)``: the number nearest to x in a floating-point format, ties to even, with subnormals.

A format has p bits and the largest exponent e_max; its least normal number is 2^(1 − e_max). Exponents have no upper
end here: a result of 2^(e_max + 1) or more is what overflows. That x is a number of the format is ``rounded(x) = x``.
"""

from __future__ import annotations

from sympy import Expr, Function


class rounded(Function):  # type: ignore[misc]  # SymPy is untyped; it names functions so, and formulas print the name
    """``rounded(x, p, e_max)`` of a real x, for a format of p bits with the largest exponent e_max."""

    nargs = 3

    @classmethod
    def eval(cls, argument: Expr, bits: Expr, largest: Expr) -> Expr | None:
        """Nothing is evaluated. Raises ValueError for a format that has no bit or no exponent."""
        del argument
        check_format(bits, largest)
        return None

    def _eval_is_extended_real(self) -> bool | None:
        real: bool | None = self.args[0].is_extended_real
        return real


def check_format(bits: Expr, largest: Expr) -> None:
    """Raises ValueError for a format that has no bit or no exponent."""
    if not (bits.is_integer and bits.is_positive and largest.is_integer and largest.is_positive):
        raise ValueError(f"a format has whole numbers of bits and exponents, from 1 on: not {bits}, {largest}")
