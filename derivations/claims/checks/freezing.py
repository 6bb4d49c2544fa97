"""Checks of the limit of Σα² for many keys and a spread σ = β √(2 ln n), β > 1 (claim T10): the mean stays between two
bounds.

``s = √(2 ln n)``, ``M = E[max Z]``, ``m = E[Σ α Z]``, ``g(σ)`` and ``g(s)`` the means of the logarithms of the sums of
exponentials.
"""

from __future__ import annotations

from typing import Final

from sympy import Add, Expr, Ge, Gt, Le, diff, exp, limit, oo, sqrt, symbols

from attnproof.derivations.lemmas.checks.concentration import MORE, SIGMA, SLACK, WIDTH, N, Z, radius
from attnproof.derivations.lemmas.exponential_tangent import above
from attnproof.derivations.proof.reasoning import nonnegative, same, vanishes
from attnproof.derivations.proof.smt import proves

FIELD, MAXIMUM, EDGE, UPPER, LOWER = symbols("m M s g_sigma g_s", real=True)
BETA, DELTA, LOGARITHM, GAP, EPSILON = symbols("beta delta L gamma epsilon", positive=True)
OTHERS, SHARE = symbols("T alpha", positive=True)
CONSTANT: Final = symbols("C", positive=True)  # that of the lemma on the largest of n normal variables


def own_slope(expected: Expr) -> bool:
    """``∂α/∂z`` of a key by its own z is ``expected`` in α; the other exponentials are T > 0 together, so 0 < α < 1."""
    weight = exp(SIGMA * Z) / (exp(SIGMA * Z) + OTHERS)
    inside = nonnegative(weight) and nonnegative(1 - weight)
    return inside and vanishes(diff(weight, Z) - expected.subs(SHARE, weight))


def upper_end(bound: Expr) -> bool:
    """``1 − E[Σα²] = m/σ <= bound``, from m <= M <= s."""
    given = [Le(FIELD, MAXIMUM), Le(MAXIMUM, EDGE)]
    return proves(Le(FIELD, bound * SIGMA), given)


def lower_end(bound: Expr) -> bool:
    """``m/σ >= bound`` for σ > s > 0, from ``(σ − s) m >= g(σ) − g(s)``, ``g(σ) >= σM`` and ``g(s) <= s²``."""
    given = [
        Gt(SIGMA, EDGE),
        Gt(EDGE, 0),
        Ge((SIGMA - EDGE) * FIELD, UPPER - LOWER),
        Ge(UPPER, SIGMA * MAXIMUM),
        Le(LOWER, EDGE**2),
    ]
    return proves(Ge(FIELD, bound * SIGMA), given)


def of_a_head(bound: Expr) -> bool:
    """``M/σ`` in the mean over σ = |q| ~ chi_d, with ``M <= s``, ``s = √(2L)`` and ``E[1/|q|] <= 1/√(d − 2)``."""
    width = MORE + 3
    product = sqrt(2 * LOGARITHM) / sqrt(width - 2)
    return same(product, bound.subs(WIDTH, width)) and radius(1 / sqrt(WIDTH - 2))


def in_ratio(lower: Expr, bound: Expr) -> bool:
    """The lower end at ``σ = β s``, ``M = s (1 − δ)`` is ``bound`` in β and δ, 1/β less ``δ/(β − 1)``."""
    at = lower.subs({SIGMA: BETA * EDGE, MAXIMUM: EDGE * (1 - DELTA)}, simultaneous=True)
    return same(at, bound) and same(1 / BETA - bound, DELTA / (BETA - 1))


def closes(gap: Expr, enough: Expr) -> bool:
    """``gap`` in L falls, is ε at ``L = enough``, and tends to 0; β = 1 + γ.

    So the distance is below ε from ln n = ``enough`` on: the limit by an explicit inequality beside SymPy's.
    """
    gap, enough = gap.subs(BETA, 1 + GAP), enough.subs(BETA, 1 + GAP)
    falls = nonnegative(-diff(gap, LOGARITHM))
    return falls and same(gap.subs(LOGARITHM, enough), EPSILON) and bool(limit(gap, LOGARITHM, oo) == 0)


def more_than(bound: Expr, few: Expr, log_n: Expr, width: Expr) -> bool:
    """``few = 2d/ln n + (8 √n − 4)/n`` is at most ``bound = (2d + c)/ln n``, hence below 1/K once ln n exceeds K (2d +
    c).

    ``8/√n = 8 e^(−L/2) <= 8/(1 + L/2)`` by the tangent of the exponential, which is at most ``16/L``.
    """
    kept = 2 * width / log_n + 8 / (log_n / 2)
    parts = Add(*[term for term in Add.make_args(few.expand()) if not term.is_nonpositive])
    root = same(parts - 2 * width / log_n, 8 / sqrt(N))
    smaller = nonnegative(8 / (LOGARITHM / 2) - 8 / (1 + LOGARITHM / 2)) and above(1 + SLACK, 2)
    return root and smaller and nonnegative((bound - kept) * log_n)
