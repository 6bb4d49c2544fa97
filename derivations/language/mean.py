"""Means over abstract outcomes: the notation of statements about random scores.

What is random depends on an outcome. Of the outcomes nothing is known but an expectation on their functions, so that
finitely many outcomes and continuous laws are alike.
"""

from __future__ import annotations

from sympy import Basic, Expr, Symbol


class Outcomes(Symbol):  # type: ignore[misc]  # SymPy has no types
    """A space of outcomes, in the place of an axis' size; it is no number."""


class Mean(Expr):  # type: ignore[misc]  # SymPy has no types
    """The mean of ``body`` over the outcomes ``outcome`` of ``space``: ``Mean(body, outcome, space)``, unevaluated."""

    is_real = True
    is_commutative = True

    @property
    def body(self) -> Expr:
        """What the mean is of; it may depend on ``outcome``."""
        return self.args[0]

    @property
    def outcome(self) -> Symbol:
        """The letter of an outcome; the mean binds it."""
        return self.args[1]

    @property
    def space(self) -> Outcomes:
        """Where the outcomes are from."""
        found: Outcomes = self.args[2]
        return found

    @property
    def free_symbols(self) -> set[Basic]:
        """Those of ``body`` but for the outcome, and the space."""
        found: set[Basic] = (self.body.free_symbols - {self.outcome}) | {self.space}
        return found
