"""A power of one number by tanh units: an iterated difference at a point where the derivative does not vanish."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Rational, Symbol, binomial, combsimp, factorial, simplify, symbols

from attnproof.derivations.lemmas.tanh_derivatives import centre, in_tanh
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.orders import FIRST, holds_at_every_order
from attnproof.derivations.proof.points import equal_at_points

K = Symbol("k", integer=True, nonnegative=True)
J = Symbol("j", integer=True, positive=True)
H, SIZE, LEAD, NEXT = symbols("h |z| p M", positive=True)  # step, |z|, |tanh^(k)(b)|, bound of the next derivative


def subsets(count: Expr) -> bool:
    """``count`` subsets of k steps have j elements: those with and those without the last step, and one empty set."""
    rule = count.subs(K, K + 1) - count - count.subs(J, J - 1)
    start = count.subs({K: 0, J: 0}) == 1 and all(count.subs({K: 0, J: j}) == 0 for j in range(1, FIRST))
    seen = all(rule.subs({K: k, J: j}) == 0 for k in range(FIRST) for j in range(1, k + 1))
    return bool(start) and seen and bool(combsimp(rule / count) == 0)


def remainder(bound: Expr) -> bool:
    """``(h|z|)^k ∫ M h|z| Σu du`` over ``h^k p`` is ``bound``: the mean of Σu is k/2."""
    missed = (H * SIZE) ** K * NEXT * H * SIZE * K / 2 / (H**K * LEAD)
    return bool(simplify(missed / bound) == 1) and equal_at_points(missed, bound)


def with_constants(bound: Expr, first: int = 6) -> bool:
    """``M = 2^(k+1) (k+1)!`` in ``(k/2) M h |z|^(k+1) / p`` gives ``bound``; at first orders p ≠ 0 and M suffices."""
    largest = 2 ** (K + 1) * factorial(K + 1)
    seen = all(
        in_tanh(k).eval(centre(k)) != 0
        and sum(map(abs, in_tanh(k + 1).all_coeffs())) <= largest.subs(K, k)
        and (k % 2 == 0 or in_tanh(k).eval(0) != 0)
        for k in range(first)
    )
    return seen and holds_at_every_order((Rational(1, 2) * K * largest - bound * LEAD / (H * SIZE ** (K + 1))), K)


LEMMA = Lemma(
    name="tanh_powers",
    title="A power by tanh units",
    statement=(
        r"For every order k there is a b with $p = |\tanh^{(k)}(b)| > 0$, for odd k also $b = 0$; and with the $k + 1$ "
        r"units of arguments $b + jhz$ $\left|\frac{1}{h^k \tanh^{(k)}(b)} \sum_{j=0}^{k} (-1)^{k-j} \binom{k}{j} "
        r"\tanh(b + jhz) - z^k\right| \le \frac{k\, 2^k (k+1)!}{p}\, h\, |z|^{k+1}$ for every $h > 0$ and every real z."
    ),
    assumptions={"k + 1 units are enough; they are not claimed to be the fewest.": "convention"},
    steps=(
        Step(
            "k differences with the same step hz: subsets of equal size give equal terms (Pascal's rule)",
            r"\textstyle\sum_S (-1)^{k - |S|} \tanh(b + |S| h z)"
            r" => \textstyle\sum_j (-1)^{k-j} \binom{k}{j} \tanh(b + j h z)",
            partial(subsets, binomial(K, J)),
            uses=("iterated_differences",),
        ),
        Step(
            "the difference is (hz)^k times a mean of the derivative, which moves by M|w| at most (mean value theorem)",
            r"\frac{|hz|^k}{h^k p} \int_{[0,1]^k} |\tanh^{(k)}(b + hz \textstyle\sum_i u_i) - \tanh^{(k)}(b)|\, du"
            r" => \le \frac{k M}{2 p} h |z|^{k+1}",
            partial(remainder, K * NEXT * H * SIZE ** (K + 1) / (2 * LEAD)),
            uses=("iterated_differences", "tanh_derivatives"),
        ),
        Step(
            "the bound of the next derivative put in",
            r"M = 2^{k+1} (k+1)! => \frac{k M}{2 p} h |z|^{k+1} = \frac{k\, 2^k (k+1)!}{p}\, h\, |z|^{k+1}",
            partial(with_constants, K * 2**K * factorial(K + 1) * H * SIZE ** (K + 1) / LEAD),
            uses=("tanh_derivatives",),
        ),
    ),
    altered={
        "2^k terms of their own": partial(subsets, 2**K),
        "an error of the order of h²": partial(remainder, K * NEXT * H**2 * SIZE ** (K + 2) / (2 * LEAD)),
        "half the bound": partial(with_constants, K * 2**K * factorial(K + 1) * H * SIZE ** (K + 1) / LEAD / 2),
    },
    references=(
        "Leshno, Lin, Pinkus, Schocken 1993, Multilayer feedforward networks with a nonpolynomial activation function",
    ),
)
