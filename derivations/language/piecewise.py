"""Piecewise linear functions: ``relu(x) = max(0, x)``, its derivative ``step``, and what is written with them.

``relu`` has a kink at 0. Its derivative there is a matter of convention; ``step(0) = 0``, as in torch, where both
``relu`` and ``leaky_relu`` take the branch of the negative numbers at 0.
"""

from __future__ import annotations

from sympy import Expr, Function, Integer, Rational, S, sympify


class relu(Function):  # type: ignore[misc]  # SymPy is untyped; it names functions so, and formulas print the name
    """``relu(x) = max(0, x)`` of a real x."""

    nargs = 1

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        """Numbers are evaluated, anything else is left as it stands."""
        return (argument if argument > 0 else S.Zero) if argument.is_Rational else None

    def fdiff(self, argindex: int = 1) -> Expr:
        """``step``, the convention of this file at 0."""
        del argindex
        return step(self.args[0])

    def _eval_is_extended_real(self) -> bool | None:
        real: bool | None = self.args[0].is_extended_real
        return real


class step(Function):  # type: ignore[misc]
    """``step(x) = 1`` for x > 0, else 0: the derivative of ``relu``; its own is taken to be 0 everywhere."""

    nargs = 1

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        """Numbers are evaluated, anything else is left as it stands."""
        return (S.One if argument > 0 else S.Zero) if argument.is_Rational else None

    def fdiff(self, argindex: int = 1) -> Expr:
        """0, at the jump too, as every framework has it."""
        del argindex
        return S.Zero

    def _eval_is_extended_real(self) -> bool | None:
        real: bool | None = self.args[0].is_extended_real
        return real


def leaky_relu(x: Expr, slope: Rational | str = "1/5") -> Expr:
    """``LeakyReLU(x) = x`` for x > 0, else ``slope · x``, written as ``slope x + (1 − slope) relu(x)``.

    slope  an exact number from 0 to 1, such as ``"1/5"``; 0.2 is no exact number

    Raises ValueError for another slope.
    """
    exact = sympify(slope, rational=True) if isinstance(slope, str) else sympify(slope)
    if not exact.is_Rational or not 0 <= exact <= 1:
        raise ValueError(f"the slope of leaky_relu is an exact number from 0 to 1, such as '1/5'; got {slope!r}")
    return exact * x + (Integer(1) - exact) * relu(x)
