"""``sigmoid(x) = 1 / (1 + exp(−x))``, and its derivative in terms of itself: ``σ (1 − σ)``."""

from __future__ import annotations

from sympy import Expr, Function


class sigmoid(Function):  # type: ignore[misc]  # SymPy is untyped; it names functions so, and formulas print the name
    """``sigmoid(x) = 1 / (1 + exp(−x))`` of a real x."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """``σ (1 − σ)``."""
        del argindex
        return self * (1 - self)

    def _eval_is_extended_real(self) -> bool | None:
        real: bool | None = self.args[0].is_extended_real
        return real
