"""Polynomials approximate every continuous function on a box (Weierstrass), with a rate: Bernstein's proof."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, Symbol, binomial, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Field, Induction, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, Either, eq, le, lt

TRIALS, BEYOND = symbols("n j", integer=True, nonnegative=True)
K = Symbol("k", integer=True, positive=True)
X, Y, C, U, LAM, N, COUNT = symbols("x y c u lambda n m", real=True)  # y = 1 − x; n and m as numbers
OMEGA, DELTA, RADIUS, OLD = symbols("omega delta R s", real=True)  # ω(δ), δ, half the box's edge, a sum so far
MASS, FIRST, SECOND = symbols("S_0 S_1 S_2", real=True)  # Σ p, Σ k p, Σ k² p
PIECES, RATIO, WEIGHT, OTHER = symbols("p rho v w", real=True)
ONE = Integer(1)
SOME = (lt(ZERO, N),)
UNIT = tuple(part for x in (X, U, LAM) for part in (le(ZERO, x), le(x, ONE)))


def pascal(other: Expr) -> Field:
    """``p_(n+1,k) = x p_(n,k−1) + (1 − x) p_(n,k)`` for the weights ``C(n, k) x^k y^(n−k)``, n = k + j, with ``other``
    for ``1 − x``.
    """
    left = binomial(K + BEYOND + 1, K) * X**K * Y ** (BEYOND + 1)
    before = binomial(K + BEYOND, K - 1) * X ** (K - 1) * Y ** (BEYOND + 1)
    return Field(left, X * before + other * binomial(K + BEYOND, K) * X**K * Y**BEYOND)


def second_moment(value: Expr) -> Induction:
    """One more trial adds ``x (2 Σ k p + 1)``, with ``Σ k p = n x``."""
    return Induction(value, TRIALS, ZERO, PREVIOUS + X * (2 * TRIALS * X + 1))


def spread(bound: Expr) -> Solver:
    """``x (1 − x)/n`` is at most ``bound``."""
    return Solver(le(X * (1 - X) / N, bound), SOME)


def spread_of_all(more: Expr) -> Solver:
    """``Σ_i (k_i/n − x_i)²`` under products of weights, m variables, is at most ``m/(4n)``: for one variable more the
    mean of the old sum is multiplied by the new mass 1, and ``x(1 − x)/n`` times the old mass 1 is added.
    """
    return Solver(le(OLD * 1 + 1 * X * (1 - X) / N, COUNT / (4 * N) + more), (le(OLD, COUNT / (4 * N)), *SOME))


def pieces_needed(bound: Expr) -> Solver:
    """A segment ρ times as long as δ in p pieces no longer than δ: p = 1 for ρ <= 1, else p − 1 < ρ; ``p <= bound``."""
    one = Both((eq(PIECES, ONE), le(ZERO, RATIO), le(RATIO, ONE)))
    return Solver(le(PIECES, bound), (Either((one, Both((lt(ONE, RATIO), lt(PIECES - 1, RATIO))))),))


def inside(low: Expr, high: Expr) -> Solver:
    """The points ``x + λ(u − x)`` between two points of a box stay in it, coordinate by coordinate."""
    point = X + LAM * (U - X)
    return Solver(Both((le(low, point), le(point, high))), UNIT)


def together(bound: Expr) -> Solver:
    """``(1 + m/(4 n δ²)) ω(δ)`` at ``δ = n^(−1/2)`` is ``bound``."""
    return Solver(eq((1 + COUNT / (4 * N * DELTA**2)) * OMEGA, bound), (eq(DELTA**2 * N, ONE), *SOME))


def carried_over(stretch: Expr) -> Solver:
    """``x = R(2c − 1)`` takes [0, 1] into [−R, R], and lengths to ``stretch`` times what they were."""
    given = (eq(X, RADIUS * (2 * C - 1)), eq(Y, RADIUS * (2 * U - 1)), le(ZERO, C), le(C, ONE), lt(ZERO, RADIUS))
    return Solver(Both((le(-RADIUS, X), le(X, RADIUS), eq(Y - X, stretch * (U - C)))), given)


LEMMA = Lemma(
    name="bernstein",
    title="Weierstrass' theorem on a box",
    statement=(
        r"For f continuous on $[-R, R]^m$ with modulus of continuity $\omega$ (Euclidean length), the Bernstein "
        r"polynomial $B_n f$, of degree n in each variable, has $\sup |B_n f - f| \le (1 + \tfrac m4)\, "
        r"\omega(2R/\sqrt n)$, which tends to 0."
    ),
    assumptions={
        "f is continuous on the closed box.": "smoothness",
        "Any number m of variables, any degree n >= 1.": "domain",
    },
    steps=(
        closed(
            "the weights of n + 1 trials, n = k + j, from those of n, with y = 1 − x (Pascal's rule); those of no and "
            "of n + 1 successes have one term",
            pascal(Y),
        ),
        closed(
            "so by induction they are not negative (here v and w), and their sum S_0 stays 1",
            All(
                (
                    Solver(
                        le(ZERO, X * WEIGHT + (1 - X) * OTHER),
                        (le(ZERO, X), le(X, ONE), le(ZERO, WEIGHT), le(ZERO, OTHER)),
                    ),
                    Field(X * MASS + (1 - X) * MASS, MASS),
                )
            ),
        ),
        closed(
            "what one more trial adds to Σ k p and to Σ k² p",
            All(
                (
                    Field(X * (FIRST + MASS) + (1 - X) * FIRST - FIRST, X * MASS),
                    Field(X * (SECOND + 2 * FIRST + MASS) + (1 - X) * SECOND - SECOND, X * (2 * FIRST + MASS)),
                )
            ),
        ),
        closed("so the first moment, by induction", Induction(TRIALS * X, TRIALS, ZERO, PREVIOUS + X)),
        closed("and the second", second_moment(TRIALS * X * (1 - X) + TRIALS**2 * X**2)),
        closed(
            "the spread around x: Σ (k/n − x)² p",
            Solver(
                eq((SECOND - 2 * N * X * FIRST + N**2 * X**2 * MASS) / N**2, X * (1 - X) / N),
                (eq(MASS, ONE), eq(FIRST, N * X), eq(SECOND, N * X * (1 - X) + N**2 * X**2), *SOME),
            ),
        ),
        closed("is at most 1/(4n)", spread(1 / (4 * N))),
        closed(
            "m variables, products of weights: one variable more adds at most 1/(4n) to s", spread_of_all(1 / (4 * N))
        ),
        closed("the box is convex: a segment between two of its points stays in it", inside(ZERO, ONE)),
        closed(
            "f is uniformly continuous",
            Cited(
                r"f \text{ continuous on a closed box}",
                r"\omega(\delta) = \sup_{|u - x| \le \delta} |f(u) - f(x)| \to 0 \text{ for } \delta \to 0",
                "Heine's theorem: Rudin 1976, Principles of Mathematical Analysis, theorem 4.19",
            ),
        ),
        closed(
            "a segment ρδ long, in p pieces of length at most δ, over each of which f moves by at most ω(δ)",
            pieces_needed(1 + RATIO**2),
        ),
        closed(
            "the mean of that under the weights, where that of ρ² is m/(4nδ²) at most: at δ = 1/√n",
            together((1 + COUNT / 4) * OMEGA),
        ),
        closed(
            "the box [−R, R]^m: polynomials stay polynomials under an affine map, lengths are 2R times as large",
            carried_over(2 * RADIUS),
        ),
    ),
    altered={
        "weights of another trial": pascal(1 + X),
        "the second moment without n²x²": second_moment(TRIALS * X * (1 - X)),
        "a spread of at most 1/(5n)": spread(1 / (5 * N)),
        "the spread of m variables stays 1/(4n)": spread_of_all(ZERO),
        "a segment that leaves the box": inside(Rational(1, 10), ONE),
        "as many pieces as ρ²": pieces_needed(RATIO**2),
        "half the rate": together((1 + COUNT / 8) * OMEGA),
        "a box of another size": carried_over(RADIUS),
    },
    references=("Bernstein 1912, Démonstration du théorème de Weierstrass fondée sur le calcul des probabilités",),
)
