"""Cumulants of sums of independent variables, at every order: behind claims T3 to T5.

A moment or cumulant of symbolic order r is ``r!`` times a coefficient of a formal power series, so nothing needs to
converge. Each check takes what it checks as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sympy import (
    QQ,
    Expr,
    Function,
    Integer,
    Symbol,
    binomial,
    expand,
    factorial,
    gamma,
    gammasimp,
    ring,
    simplify,
    symbols,
)
from sympy.polys.ring_series import rs_log

from attnproof.derivations.language.notation import D
from attnproof.derivations.moments import calculus
from attnproof.derivations.moments.calculus import Undefined, Value
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.points import equal_at_points

ORDER_R, ORDER_I = symbols("r i", integer=True, nonnegative=True)
SERIES_ORDER = 8
KAPPA, MOMENT, OTHER = Function("kappa"), Function("m"), Function("n")


def same(left: Value, right: Value) -> bool:
    """Whether both exist, their difference simplifies to 0 and they agree at random points in ball arithmetic."""
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return False
    return bool(simplify(left - right) == 0) and equal_at_points(left, right)


def recursion_is_log(order: int, cumulants: Callable[[Sequence[Value]], tuple[Value, ...]]) -> bool:
    """The recursion against the power series of ``log Σ m_r t^r / r!``, all moments symbols."""
    names = tuple(f"m{r}" for r in range(1, order + 1))
    series_ring, t = ring("t", QQ[names])
    moment = symbols(names)
    generating = series_ring(1)
    for r in range(1, order + 1):
        generating += t**r * series_ring.domain.from_sympy(moment[r - 1]) / series_ring.domain(int(factorial(r)))
    logarithm = rs_log(generating, t, order + 1)
    found = cumulants((Integer(1), *moment))
    return all(
        same(series_ring.domain.to_sympy(logarithm.coeff(t**r)) * factorial(r), found[r]) for r in range(1, order + 1)
    )


def cumulants_add(order: int) -> bool:
    """Cumulants of X + Y from ``E[(X+Y)^r] = Σ_i C(r,i) m_i n_{r−i}`` against the sum of cumulants."""
    m = tuple(Symbol(f"m{r}") if r else Integer(1) for r in range(order + 1))
    n = tuple(Symbol(f"n{r}") if r else Integer(1) for r in range(order + 1))
    total = tuple(
        expand(sum((binomial(r, i) * m[i] * n[r - i] for i in range(r + 1)), Integer(0))) for r in range(order + 1)
    )
    return calculus.cumulants(total) == calculus.independent_sum(calculus.cumulants(m), calculus.cumulants(n))


def recursion_at(term: Expr) -> bool:
    """Term i of the recursion for m_r at symbolic r and i: ``(r−1)! [t^{r−1}]`` of the product ``K' M`` is ``term``.

    ``K' = Σ_j κ_{j+1} t^j/j!`` and ``M = Σ_i m_i t^i/i!``, so that j = r − 1 − i. Where only r moments exist, M and K
    are polynomials modulo ``t^{r+1}``, and nothing changes.
    """
    cauchy = factorial(ORDER_R - 1) / (factorial(ORDER_R - 1 - ORDER_I) * factorial(ORDER_I)) * KAPPA(ORDER_R - ORDER_I)
    return _same_factorials(cauchy * MOMENT(ORDER_I), term)


def moments_multiply(term: Expr) -> bool:
    """Term i of ``E[(X+Y)^r]`` at symbolic r and i is ``r! [t^r]`` of the product of the two generating functions."""
    cauchy = factorial(ORDER_R) / (factorial(ORDER_I) * factorial(ORDER_R - ORDER_I))
    return _same_factorials(cauchy * MOMENT(ORDER_I) * OTHER(ORDER_R - ORDER_I), term)


def _same_factorials(left: Expr, right: Expr) -> bool:
    return bool(gammasimp((left / right).rewrite(gamma)) == 1)


def generating_functions_add(total: Callable[[Expr, Expr], Expr]) -> bool:
    """Cumulants of every order: with ``M_X' = K_X' M_X`` and ``M_Y' = K_Y' M_Y``, ``M = M_X M_Y`` has ``M' = K' M`` for
    ``K = total(K_X, K_Y)``.

    K with ``K(0) = 0`` is unique, since the recursion solves for each cumulant in turn (κ_r stands there with the
    factor ``m_0 = 1``).
    """
    t = Symbol("t")
    m_x, m_y, k_x, k_y = (Function(name)(t) for name in ("M_X", "M_Y", "K_X", "K_Y"))
    derivative = (m_x * m_y).diff(t).subs({m_x.diff(t): k_x.diff(t) * m_x, m_y.diff(t): k_y.diff(t) * m_y})
    at_zero = total(k_x, k_y).subs({k_x: 0, k_y: 0})
    return bool(expand(derivative - total(k_x, k_y).diff(t) * m_x * m_y) == 0 and at_zero == 0)


def copies_add(following: Expr, order: int = SERIES_ORDER) -> bool:
    """Induction: one copy gives κ, and d copies and one more give those of ``following`` = d + 1 copies.

    The calculus treats each order by itself; the last symbol stands for a cumulant of any order.
    """
    kappa = (Integer(0), *symbols(f"kappa1:{order + 1}"), Symbol("kappa_m"))
    return calculus.iid_sum(kappa, Integer(1)) == kappa and calculus.iid_sum(kappa, following) == (
        calculus.independent_sum(calculus.iid_sum(kappa, D), kappa)
    )


LEMMA = Lemma(
    name="cumulants_add",
    title="Cumulants of independent variables add",
    statement=(
        r"With $M' = K' M$ for the formal series of moments and cumulants, $m_r = \sum_{i<r} \binom{r-1}{i} "
        r"\kappa_{r-i} m_i$ at every order; $\kappa_m(X + Y) = \kappa_m(X) + \kappa_m(Y)$ for independent X and Y, and "
        r"$d$ independent copies of X have $d\,\kappa_m(X)$."
    ),
    assumptions={"The moments up to the order of the cumulant exist.": "moments"},
    steps=(
        Step(
            "cumulants from moments: M' = K'M, against the power series of log M with symbolic moments up to order 8",
            r"\log \sum_r m_r t^r/r! => m_r = \sum_{i<r} \binom{r-1}{i} \kappa_{r-i} m_i",
            partial(recursion_is_log, SERIES_ORDER, calculus.cumulants),
        ),
        Step(
            "the recursion at symbolic order: a coefficient of the product of the series K' and M",
            r"(r-1)!\,[t^{r-1}]\, K'M => \sum_{i<r} \binom{r-1}{i} \kappa_{r-i} m_i",
            partial(recursion_at, binomial(ORDER_R - 1, ORDER_I) * KAPPA(ORDER_R - ORDER_I) * MOMENT(ORDER_I)),
        ),
        Step(
            "moments of a sum of independent variables at symbolic order: a coefficient of the product of their series",
            r"r!\,[t^r]\, M_X M_Y => \sum_i \binom{r}{i} E[X^i] E[Y^{r-i}]",
            partial(moments_multiply, binomial(ORDER_R, ORDER_I) * MOMENT(ORDER_I) * OTHER(ORDER_R - ORDER_I)),
        ),
        Step(
            "so cumulants of independent variables add at every order: M' = K'M for the product and the sum",
            r"(M_X M_Y)' => (K_X + K_Y)'\, M_X M_Y",
            partial(generating_functions_add, lambda x, y: x + y),
        ),
        Step(
            "the same by expansion of E[(X+Y)^r], symbolic moments, up to order 6",
            r"\kappa_m(X+Y) => \kappa_m(X)+\kappa_m(Y)",
            partial(cumulants_add, 6),
        ),
        Step(
            "induction on the width, at any order: d copies and one more",
            r"\kappa_m\Big(\sum_{r=1}^{d} X_r\Big) => d\,\kappa_m(X_1)",
            partial(copies_add, D + 1),
        ),
    ),
    altered={
        "the recursion with C(r, i)": partial(
            recursion_at, binomial(ORDER_R, ORDER_I) * KAPPA(ORDER_R - ORDER_I) * MOMENT(ORDER_I)
        ),
        "cumulants multiply": partial(generating_functions_add, lambda x, y: x * y),
        "one copy more adds two": partial(copies_add, D + 2),
    },
    references=("McCullagh 1987, Tensor Methods in Statistics, chapter 2",),
)
