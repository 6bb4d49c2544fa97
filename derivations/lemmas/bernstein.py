"""Polynomials approximate every continuous function on a box (Weierstrass), with a rate: Bernstein's proof."""

from __future__ import annotations

from functools import partial

from sympy import And, Expr, Ge, Gt, Integer, Le, Lt, Or, Rational, Symbol, binomial, diff, expand, simplify, symbols
from sympy.core.relational import Eq

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.orders import holds_at_every_order
from attnproof.derivations.proof.reasoning import nonnegative, same
from attnproof.derivations.proof.smt import proves

N = Symbol("n", integer=True, positive=True)  # degree
K = Symbol("k", integer=True, positive=True)
X, T, C = symbols("x t c", real=True)
COUNT, OMEGA, RADIUS, SPARE = symbols("m omega R s", positive=True)  # variables, ω(δ), half the box's edge
MASS, FIRST, SECOND = symbols("S_0 S_1 S_2", real=True)
PIECES, RATIO, U, LAM = symbols("p rho u lambda", real=True)


def pascal(weight: Expr) -> bool:
    """``p_(n+1,k) = x p_(n,k−1) + (1 − x) p_(n,k)`` for the weights ``p_(n,k)``, with ``p_(0,0) = 1``."""
    gap = weight.subs(N, N + 1) - X * weight.subs(K, K - 1) - (1 - X) * weight
    over = expand(simplify(gap / (X**K * (1 - X) ** (N - K))))
    return holds_at_every_order(over, N) and weight.subs({N: 0, K: 0}) == 1


def moments(first: Expr, second: Expr) -> bool:
    """``Σ k p = first``, ``Σ k² p = second`` at every n, where ``Σ p = 1``, by two roads.

    Induction with the recurrence: one more trial adds ``x Σ (k + 1)^i p + (1 − x) Σ k^i p − Σ k^i p``. And the
    generating function ``(x t + 1 − x)^n``, ``t d/dt`` once and twice at t = 1.
    """
    added = (X * (MASS + FIRST) - X * FIRST, X * (SECOND + 2 * FIRST + MASS) - X * SECOND)
    for value, more in zip((first, second), added, strict=True):
        put_in = more.subs({MASS: 1, FIRST: first, SECOND: second}, simultaneous=True)
        if expand(value.subs(N, 0)) != 0 or expand(value.subs(N, N + 1) - value - put_in) != 0:
            return False
    generating = (X * T + 1 - X) ** N
    once = T * diff(generating, T)
    twice = T * diff(once, T)
    return all(
        same(road.subs(T, 1), value) for road, value in ((generating, Integer(1)), (once, first), (twice, second))
    )


def spread(value: Expr, bound: Expr) -> bool:
    """``Σ (k/n − x)² p`` is ``value``, and at most ``bound``: what is missing is a square."""
    square = (SECOND - 2 * N * X * FIRST + N**2 * X**2 * MASS) / N**2
    exact = square.subs({MASS: 1, FIRST: N * X, SECOND: N * X * (1 - X) + N**2 * X**2}, simultaneous=True)
    return same(exact, value) and nonnegative(bound - value)


def spread_of_all(bound: Expr) -> bool:
    """``Σ_i (k_i/n − x_i)²`` under products of weights is at most ``bound`` at every number m of variables.

    One more variable: the mean of the old sum is multiplied by the new mass 1, and ``x(1 − x)/n`` times the old mass 1
    is added.
    """
    start = bound.subs(COUNT, 0).is_nonnegative
    old = bound - SPARE  # any value that the hypothesis allows
    new = old * 1 + 1 * X * (1 - X) / N
    return bool(start) and proves(Ge(expand(N * (bound.subs(COUNT, COUNT + 1) - new)), 0))


def pieces_needed(bound: Expr) -> bool:
    """A segment ρ times as long as δ in p pieces no longer than δ: p = 1 for ρ <= 1, else p − 1 < ρ; ``p <= bound``."""
    cut = Or(And(Eq(PIECES, 1), Ge(RATIO, 0), Le(RATIO, 1)), And(Gt(RATIO, 1), Lt(PIECES - 1, RATIO)))
    return proves(Le(PIECES, bound), [cut])


def inside(low: Expr, high: Expr) -> bool:
    """The points ``x + λ(u − x)`` between two points of a box stay in it, coordinate by coordinate."""
    ends = [Ge(X, 0), Le(X, 1), Ge(U, 0), Le(U, 1), Ge(LAM, 0), Le(LAM, 1)]
    point = X + LAM * (U - X)
    return proves(And(Ge(point, low), Le(point, high)), ends)


def together(bound: Expr) -> bool:
    """``(1 + m/(4 n δ²)) ω(δ)`` at ``δ = n^(−1/2)`` is ``bound``."""
    delta = 1 / N ** Rational(1, 2)
    return same((1 + COUNT / (4 * N * delta**2)) * OMEGA, bound)


def carried_over(stretch: Expr) -> bool:
    """``x = R(2c − 1)`` takes [0, 1] onto [−R, R], and lengths to ``stretch`` times what they were."""
    x = RADIUS * (2 * C - 1)
    return same(x.subs(C, 0), -RADIUS) and same(x.subs(C, 1), RADIUS) and same(x.subs(C, U) - x, stretch * (U - C))


VARIANCE = X * (1 - X) / N
LEMMA = Lemma(
    name="bernstein",
    title="Weierstrass' theorem on a box",
    statement=(
        r"For f continuous on $[-R, R]^m$ with modulus of continuity $\omega$ (Euclidean length), the Bernstein "
        r"polynomial $B_n f$, of degree n in each variable, has $\sup |B_n f - f| \le (1 + \tfrac m4)\, "
        r"\omega(2R/\sqrt n)$, which tends to 0."
    ),
    assumptions={
        "f is continuous on the closed box, hence uniformly: ω(δ) tends to 0 with δ (Heine, Cantor).": "smoothness",
        "Any number m of variables, any degree n >= 1.": "domain",
    },
    steps=(
        Step(
            "the weights of n + 1 trials from those of n (Pascal's rule): by induction not negative, of sum 1",
            r"\binom{n+1}{k} x^k (1-x)^{n+1-k}"
            r" => x\, p_{n,k-1} + (1 - x)\, p_{n,k},\ p_{n,k} = \tbinom nk x^k (1-x)^{n-k}",
            partial(pascal, binomial(N, K) * X**K * (1 - X) ** (N - K)),
        ),
        Step(
            "first and second moment: by induction, and from the generating function (xt + 1 − x)^n",
            r"\textstyle\sum_k k\, p_{n,k},\ \sum_k k^2 p_{n,k} => n x,\ n x (1 - x) + n^2 x^2",
            partial(moments, N * X, N * X * (1 - X) + N**2 * X**2),
        ),
        Step(
            "the spread around x",
            r"\textstyle\sum_k (\tfrac kn - x)^2 p_{n,k} => \tfrac{x(1-x)}{n} \le \tfrac{1}{4n}",
            partial(spread, VARIANCE, 1 / (4 * N)),
        ),
        Step(
            "m variables, products of weights: one variable more adds at most 1/(4n)",
            r"\textstyle\sum_k \prod_i p_{n,k_i} \sum_i (\tfrac{k_i}{n} - x_i)^2 => \le \tfrac{m}{4n}",
            partial(spread_of_all, COUNT / (4 * N)),
        ),
        Step(
            "the box is convex: a segment between two of its points stays in it",
            r"x_i + \lambda (u_i - x_i) => \in [0, 1]",
            partial(inside, Integer(0), Integer(1)),
        ),
        Step(
            "a segment ρδ long, in pieces of length at most δ, over each of which f moves by at most ω(δ)",
            r"|f(u) - f(x)| \le p\, \omega(\delta) => \le \left(1 + \tfrac{|u - x|^2}{\delta^2}\right) \omega(\delta)",
            partial(pieces_needed, 1 + RATIO**2),
        ),
        Step(
            "the mean of that under the weights, δ = 1/√n",
            r"|B_n f - f| \le \left(1 + \tfrac{m}{4 n \delta^2}\right) \omega(\delta)"
            r" => (1 + \tfrac m4)\, \omega(1/\sqrt n)",
            partial(together, (1 + COUNT / 4) * OMEGA),
        ),
        Step(
            "the box [−R, R]^m: polynomials stay polynomials under an affine map, lengths are 2R times as large",
            r"x = R(2c - 1) => \omega(2R/\sqrt n)",
            partial(carried_over, 2 * RADIUS),
        ),
    ),
    altered={
        "the second moment without n²x²": partial(moments, N * X, N * X * (1 - X)),
        "a spread of at most 1/(5n)": partial(spread, VARIANCE, 1 / (5 * N)),
        "the spread of m variables stays 1/(4n)": partial(spread_of_all, 1 / (4 * N)),
        "as many pieces as ρ²": partial(pieces_needed, RATIO**2),
        "half the rate": partial(together, (1 + COUNT / 8) * OMEGA),
    },
    references=("Bernstein 1912, Démonstration du théorème de Weierstrass fondée sur le calcul des probabilités",),
)
