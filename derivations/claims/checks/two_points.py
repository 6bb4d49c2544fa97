"""The mean of Σα² when each exponential is x with probability p, else y: by outcomes, and by claim T10's integral."""

from __future__ import annotations

from itertools import product

from sympy import Expr, Integer, Poly, expand, symbols

X, Y, MASS = symbols("x y p", positive=True)


def by_outcomes(keys: int) -> Expr:
    """``E[Σ_i (X_i/S)²]``, all outcomes added."""
    found = Integer(0)
    for outcome in product((X, Y), repeat=keys):
        chance = MASS ** outcome.count(X) * (1 - MASS) ** outcome.count(Y)
        found += chance * sum((x**2 for x in outcome), Integer(0)) / sum(outcome, Integer(0)) ** 2
    return found


def by_integral(keys: int) -> Expr:
    """``n ∫_0^∞ t E[X² e^(−tX)] E[e^(−tX)]^(n−1) dt``: the integrand is a sum of ``t e^(−t(ax + by))``, whose integrals
    are ``1/(ax + by)²``.
    """
    u, v = symbols("u v")  # e^(−tx), e^(−ty)
    one, all_others = MASS * X**2 * u + (1 - MASS) * Y**2 * v, (MASS * u + (1 - MASS) * v) ** (keys - 1)
    terms = Poly(expand(keys * one * all_others), u, v).terms()
    return sum((c / (a * X + b * Y) ** 2 for (a, b), c in terms), Integer(0))
