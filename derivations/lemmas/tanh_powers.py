"""A power of one number by tanh units: an iterated difference at a point where the derivative does not vanish."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, binomial, factorial, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Because
from attnproof.derivations.proof.orders import FIRST
from attnproof.derivations.proof.rules import All, Cases, Cited, Field
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq

K = Symbol("k", integer=True, nonnegative=True)
J = Symbol("j", integer=True, positive=True)
PART = Symbol("i", integer=True, nonnegative=True)
# step, |z|, |tanh^(k)(b)|, bound of the next derivative
H, SIZE, LEAD, NEXT = symbols("h s p M", positive=True)
EMPTY = binomial(Integer(0), PART)
LARGEST = 2 ** (K + 1) * factorial(K + 1)
MISSED = (H * SIZE) ** K * NEXT * H * SIZE * K / 2 / (H**K * LEAD)
BOUND = K * NEXT * H * SIZE ** (K + 1) / (2 * LEAD)
IN_NUMBERS = K * 2**K * factorial(K + 1) * H * SIZE ** (K + 1) / LEAD


def pascal(count: Expr) -> Field:
    """``count`` subsets of k steps have j elements: so many of k + 1, those with the last one and those without."""
    return Field(count.subs(K, K + 1), count + count.subs(J, J - 1))


LEMMA = Lemma(
    name="tanh_powers",
    title="A power by tanh units",
    statement=(
        r"For every order k there is a b with $p = |\tanh^{(k)}(b)| > 0$, for odd k also $b = 0$; and with the $k + 1$ "
        r"units of arguments $b + jhz$ $\left|\frac{1}{h^k \tanh^{(k)}(b)} \sum_{j=0}^{k} (-1)^{k-j} \binom{k}{j} "
        r"\tanh(b + jhz) - z^k\right| \le \frac{k\, 2^k (k+1)!}{p}\, h\, |z|^{k+1}$ for every $h > 0$ and every real z."
    ),
    assumptions={"k + 1 units are enough; they are not claimed to be the fewest.": "convention"},
    met={
        "iterated_differences": {
            "Any number m of differences, by induction; the empty one is g(b) itself.": (
                Because("k differences of one step, k a whole number from 0 on"),
            ),
        },
        "tanh_derivatives": {
            "Every order k >= 0.": (Because("the orders are k and k + 1, k from 0 on"),),
        },
    },
    steps=(
        closed(
            "k differences with the same step hz: subsets of equal size give equal terms; those of k + 1 steps with j "
            "elements have the last step or not (Pascal's rule)",
            pascal(binomial(K, J)),
            uses=("iterated_differences",),
        ),
        closed(
            "of no steps there is one subset, the empty one",
            All(
                (
                    Cases(eq(EMPTY, Integer(1)), ((PART, (Integer(0),)),)),
                    Cases(eq(EMPTY, Integer(0)), ((PART, tuple(map(Integer, range(1, FIRST)))),)),
                )
            ),
        ),
        closed(
            "the difference is (hz)^k times a mean of the derivative, which moves by M |w| at most, w = hz Σ u",
            Cited(
                r"|\tanh^{(k+1)}| \le M",
                r"|\tanh^{(k)}(b + w) - \tanh^{(k)}(b)| \le M |w|",
                "mean value theorem: Rudin 1976, Principles of Mathematical Analysis, theorem 5.10",
            ),
            uses=("iterated_differences", "tanh_derivatives"),
        ),
        closed(
            "in the mean, with s = |z| and k/2 the mean of Σ u, over the factor h^k p in front", Field(MISSED, BOUND)
        ),
        closed(
            "the bound M of the next derivative put in",
            Field(BOUND.subs(NEXT, LARGEST), IN_NUMBERS),
            uses=("tanh_derivatives",),
        ),
    ),
    altered={
        "subsets of k + j + 1 steps": pascal(binomial(K + J + 1, J)),
        "an error of the order of h²": Field(MISSED, BOUND * H * SIZE),
        "half the bound": Field(BOUND.subs(NEXT, LARGEST), IN_NUMBERS / 2),
    },
    references=(
        "Leshno, Lin, Pinkus, Schocken 1993, Multilayer feedforward networks with a nonpolynomial activation function",
    ),
)
