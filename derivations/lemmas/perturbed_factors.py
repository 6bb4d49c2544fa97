"""A product whose factors are off: what that costs, all orders included. Behind the bounds of sums of products."""

from __future__ import annotations

from sympy import Expr, Integer, symbols

from attnproof.derivations.bounds.growth import Reductions
from attnproof.derivations.bounds.parameters import ETA, U
from attnproof.derivations.bounds.products import Term, sum_of_products
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import Corners, Field, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import le

A, B, E, F = symbols("A a E e", nonnegative=True)  # sizes of two factors and their errors
S, T = symbols("s t", real=True)  # errors themselves
G, P, REST = symbols("G P R", positive=True)
DELTA, UNDER = symbols("delta omega", real=True)  # the errors of one multiplication
PRODUCT = (A + E) * (B + F) - A * B
MOVED, BOX = (A + S) * (B + T) - A * B, ((S, E), (T, F))
ROUNDED = (P - A) + (G - 1) * P
DOUBLED = (le(ETA / 2, P),)
LOST = G * ETA / 2 * REST  # by a rounding to 0, in the factors that follow


def one_product(bound: Expr) -> Corners:
    """A product of two, computed: at most ``bound`` off, u being r/(1 + r)."""
    ratio = REST / (1 + REST)
    box = (*BOX, (DELTA, REST), (UNDER, ETA / 2))
    return Corners((A + S) * (B + T) * (1 + DELTA) + UNDER - A * B, box, bound.subs(U, ratio))


IN_USE = sum_of_products([Term(Integer(1), (A, B))], lambda x: x, {A: E, B: F}.__getitem__, Reductions())

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
    met={
        "growth_of_roundings": {
            "Relative errors below 1 in size.": (Assumed("Round to nearest"),),
        },
    },
    steps=(
        closed(
            "telescoping: one factor a ± e more, A + E and A being products already",
            Field(PRODUCT, E * (B + F) + A * F),
        ),
        closed(
            "the change of a product of two: with A = |x| and a = |y|, signs put into s and t; extremes at the corners",
            Corners(MOVED, BOX, PRODUCT),
        ),
        closed(
            "then the roundings: P is the size of the computed product, G − 1 the most that they change",
            Field(ROUNDED, G * P - A),
            uses=("growth_of_roundings", "order_of_summation"),
        ),
        closed("what underflows upwards, to P + η/2 at most, at most doubles", Solver(le(P + ETA / 2, 2 * P), DOUBLED)),
        closed("and what is lost is multiplied by the other factors R", Solver(le(LOST, G * ETA * REST))),
        closed("so the bound in use, of one product of two, with u = R/(1 + R)", one_product(IN_USE)),
    ),
    altered={
        "without the errors' own product": Corners(MOVED, BOX, E * B + A * F),
        "telescoping with the exact factor twice": Field(PRODUCT, E * B + A * F),
        "roundings of the exact product": Field(ROUNDED, (P - A) + (G - 1) * A),
        "what underflows stays": Solver(le(P + ETA / 2, P), DOUBLED),
        "the bound in use without underflow": one_product(IN_USE.subs(ETA, 0)),
        "half of what is lost": Solver(le(LOST, ETA * REST / 2)),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, equations 2.4, 2.8 and 3.4",),
)
