"""Cumulants of sums of independent variables, at every order: behind claims T3 to T5.

A moment or cumulant of symbolic order r is ``r!`` times a coefficient of a formal power series, so nothing needs to
converge.
"""

from __future__ import annotations

from sympy import QQ, Expr, Function, Integer, Symbol, binomial, expand, factorial, ring, simplify, symbols
from sympy.polys.ring_series import rs_log

from attnproof.derivations.language.notation import D
from attnproof.derivations.moments import calculus
from attnproof.derivations.moments.calculus import Undefined, Value
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.points import equal_at_points
from attnproof.derivations.proof.rules import Computed, Differentiated, Field, Induction, Solver
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq

ABOVE, BELOW = symbols("j i", integer=True, nonnegative=True)  # r = i + j + 1, or i + j
COPIES = Symbol("n", integer=True, nonnegative=True)
EXPANDED, IN_SERIES = 4, 6  # orders of the second roads
KAPPA, MOMENT, OTHER = Function("kappa"), Function("m"), Function("n")
T, ONE_CUMULANT = symbols("t kappa_m", real=True)
M_X, M_Y = Function("M_X")(T), Function("M_Y")(T)
# the moment series of X and Y and their slopes, the slopes of the cumulant series, and those of the sum
SERIES_X, SERIES_Y, SLOPE_X, SLOPE_Y, CUMULANTS_X, CUMULANTS_Y = symbols("x y u v k l", real=True)


def same(left: Value, right: Value) -> bool:
    """Whether both exist, their difference simplifies to 0 and they agree at random points in ball arithmetic."""
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return False
    return bool(simplify(left - right) == 0) and equal_at_points(left, right)


def moments(letter: str, order: int) -> tuple[Expr, ...]:
    """1 and symbols for the moments up to ``order``."""
    return (Integer(1), *symbols(f"{letter}_1:{order + 1}", real=True))


def of_log(order: int) -> tuple[Expr, ...]:
    """``r!`` times the coefficients of ``log Σ m_r t^r / r!``, all moments symbols, for r = 0 … ``order``."""
    symbolic = moments("m", order)[1:]
    series_ring, t = ring("t", QQ[symbolic])
    generating = series_ring(1)
    for r in range(1, order + 1):
        generating += t**r * series_ring.domain.from_sympy(symbolic[r - 1]) / series_ring.domain(int(factorial(r)))
    logarithm = rs_log(generating, t, order + 1)
    found = [series_ring.domain.to_sympy(logarithm.coeff(t**r)) * factorial(r) for r in range(1, order + 1)]
    return (Integer(0), *found)


def of_a_sum(order: int) -> tuple[Value, ...]:
    """Cumulants of X + Y from ``E[(X + Y)^r] = Σ_i C(r, i) m_i n_{r−i}``."""
    m, n = moments("m", order), moments("n", order)
    total = tuple(
        expand(sum((binomial(r, i) * m[i] * n[r - i] for i in range(r + 1)), Integer(0))) for r in range(order + 1)
    )
    return calculus.cumulants(total)


def of_both(order: int) -> tuple[Value, ...]:
    """Cumulants of X and of Y, added."""
    return calculus.independent_sum(*(calculus.cumulants(moments(letter, order)) for letter in ("m", "n")))


def recursion_at(weight: Expr) -> Field:
    """Term i of the recursion for m_r, r = i + j + 1: ``(r−1)! [t^{r−1}]`` of the product ``K' M``, where ``K' = Σ_j
    κ_{j+1} t^j/j!`` and ``M = Σ_i m_i t^i/i!``. Where only r moments exist, M and K are polynomials modulo ``t^{r+1}``,
    and nothing changes.
    """
    both = KAPPA(ABOVE + 1) * MOMENT(BELOW)
    return Field(factorial(BELOW + ABOVE) / (factorial(ABOVE) * factorial(BELOW)) * both, weight * both)


def moments_multiply(weight: Expr) -> Field:
    """Term i of ``E[(X+Y)^r]``, r = i + j, is ``r! [t^r]`` of the product of the two generating functions."""
    both = MOMENT(BELOW) * OTHER(ABOVE)
    return Field(factorial(BELOW + ABOVE) / (factorial(BELOW) * factorial(ABOVE)) * both, weight * both)


def generating_functions_add(slope: Expr) -> Solver:
    """With ``M_X' = K_X' M_X`` and ``M_Y' = K_Y' M_Y``, ``M = M_X M_Y`` has ``M' = slope · M``."""
    given = (eq(SLOPE_X, CUMULANTS_X * SERIES_X), eq(SLOPE_Y, CUMULANTS_Y * SERIES_Y))
    return Solver(eq(SLOPE_X * SERIES_Y + SERIES_X * SLOPE_Y, slope * SERIES_X * SERIES_Y), given)


def copies_add(following: Expr) -> Induction:
    """No copy has 0, one more ``following``: n copies have n κ_m."""
    return Induction(COPIES * ONE_CUMULANT, COPIES, Integer(0), following)


def _in_use(count: Expr) -> Computed:
    kappa = (Integer(0), *symbols("kappa_1:5", real=True))
    return Computed("moments.calculus:iid_sum", (kappa, D), tuple(count * k for k in kappa))


ONE_MORE = copies_add(PREVIOUS + ONE_CUMULANT)
IN_USE = _in_use(D)

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
        closed(
            "cumulants from moments: M' = K'M, at every order r = i + j + 1: a coefficient of the product",
            recursion_at(binomial(BELOW + ABOVE, BELOW)),
        ),
        closed(
            "the recursion in use, solved for the cumulant, against the power series of log M",
            Computed("lemmas.cumulants_add:of_log", (IN_SERIES,), calculus.cumulants(moments("m", IN_SERIES))),
        ),
        closed(
            "moments of a sum of independent variables, r = i + j: a coefficient of the product of their series",
            moments_multiply(binomial(BELOW + ABOVE, BELOW)),
        ),
        closed("the slope of that product", Differentiated(M_X * M_Y, T, M_X.diff(T) * M_Y + M_X * M_Y.diff(T))),
        closed(
            "so cumulants add at every order: with x, y for the series, u, v for their slopes, k, l for those of the "
            "cumulants; the recursion solves for each cumulant in turn, so no other series has this",
            generating_functions_add(CUMULANTS_X + CUMULANTS_Y),
        ),
        closed(
            "the same by expansion of E[(X + Y)^r]",
            Computed("lemmas.cumulants_add:of_a_sum", (EXPANDED,), of_both(EXPANDED)),
        ),
        closed("induction on the number of copies, at any order m", ONE_MORE),
        closed("as it is in use, order by order", IN_USE),
    ),
    altered={
        "the recursion with C(r, i)": recursion_at(binomial(BELOW + ABOVE + 1, BELOW)),
        "moments of a sum with C(r+1, i)": moments_multiply(binomial(BELOW + ABOVE + 1, BELOW)),
        "cumulants multiply": generating_functions_add(CUMULANTS_X * CUMULANTS_Y),
        "cumulants subtract": generating_functions_add(CUMULANTS_X - CUMULANTS_Y),
        "one copy more adds two": copies_add(PREVIOUS + 2 * ONE_CUMULANT),
        "d + 1 copies": _in_use(D + 1),
    },
    references=("McCullagh 1987, Tensor Methods in Statistics, chapter 2",),
)
