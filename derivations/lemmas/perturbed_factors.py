"""A product whose factors are off: what that costs, all orders included. Behind the bounds of sums of products."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import bounded_on_box, nonnegative, vanishes

A, B, E, F = symbols("A a E e", nonnegative=True)  # sizes of two factors and their errors
S, T = symbols("s t", real=True)  # errors themselves
G, P, Q = symbols("G P Q", positive=True)
ETA, REST, LEFT = symbols("eta R r", positive=True)


def one_more_factor(telescoped: Expr) -> bool:
    """``(A + E)(a + e) − A a``, A + E and A being products already, is one term of the sum more."""
    return vanishes((A + E) * (B + F) - A * B - telescoped)


def change(bound: Expr) -> bool:
    """``|(x + s)(y + t) − x y| <= bound`` for |s| <= E, |t| <= e, with x = A and y = a (signs go into s and t)."""
    return bounded_on_box((A + S) * (B + T) - A * B, {S: E, T: F}, bound)


def rounded(total: Expr) -> bool:
    """Propagated ``P − A``, and factors within 1 ± (G − 1) on computed products of size P: together ``total``."""
    return vanishes((P - A) + (G - 1) * P - total)


def doubled(bound: Expr) -> bool:
    """A product p of at least η/2, half the subnormals' spacing, rounded: at most ``bound``; less rounds to 0."""
    product = ETA / 2 + LEFT
    return nonnegative(bound.subs(P, product) - (product + ETA / 2))


def carried(bound: Expr) -> bool:
    """An error of η/2 in a partial product, times the rest R of the factors, each rounded within G: ``bound``."""
    return nonnegative(bound.subs(G, 1 + LEFT) - (1 + LEFT) * ETA / 2 * REST)


LEMMA = Lemma(
    name="perturbed_factors",
    title="Sums of products of factors that are off",
    statement=(
        r"With $|\hat{x}_k - x_k| \le \Delta x_k$: $|\prod \hat{x}_k - \prod x_k| \le \prod(|x_k| + \Delta x_k) - "
        r"\prod |x_k|$. A sum of such products, each with a factor within $1 \pm (G - 1)$, is off by at most $G "
        r"\sum\prod(|x_k| + \Delta x_k) - \sum\prod |x_k|$. A product that underflows is off by at most $\eta/2$, "
        r"which the factors R still to come multiply, and rises to at most twice itself."
    ),
    assumptions={"Round to nearest with gradual underflow; no overflow.": "rounding"},
    steps=(
        Step(
            "telescoping: one factor more",
            "(A + E)(a + e) - Aa => ((A + E) - A)(a + e) + A e",
            partial(one_more_factor, E * (B + F) + A * F),
        ),
        Step(
            "the change of a product of two: extremes at the corners",
            r"|(x + s)(y + t) - xy|,\ |s| \le E,\ |t| \le e => \le (|x| + E)(|y| + e) - |x||y|",
            partial(change, (A + E) * (B + F) - A * B),
        ),
        Step(
            "then the roundings",
            "(P - A) + (G - 1) P => G P - A",
            partial(rounded, G * P - A),
            uses=("growth_of_roundings", "order_of_summation"),
        ),
        Step(
            "what underflows upwards at most doubles",
            r"p + \tfrac{\eta}{2},\ p \ge \tfrac{\eta}{2} => \le 2p",
            partial(doubled, 2 * P),
        ),
        Step(
            "and what is lost is multiplied by the other factors",
            r"G \tfrac{\eta}{2} R => \le G \eta R",
            partial(carried, G * ETA * REST),
        ),
    ),
    altered={
        "without the errors' own product": partial(change, E * B + A * F),
        "telescoping with the exact factor twice": partial(one_more_factor, E * B + A * F),
        "roundings of the exact product": partial(rounded, (P - A) + (G - 1) * A),
        "what underflows stays": partial(doubled, P + Integer(0)),
        "half of what is lost": partial(carried, ETA * REST / 2),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, equations 2.4, 2.8 and 3.4",),
)
