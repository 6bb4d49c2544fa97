"""Iterated differences: as a signed sum, and as a mean of the derivative; polarisation is the case of a power."""

from __future__ import annotations

from itertools import combinations
from math import prod

from sympy import Expr, Function, Integer, Rational, Symbol, factorial, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Differentiated, Field, Induction, Integrated
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed

M = Symbol("m", integer=True, nonnegative=True)  # number of differences
B, Y, U, V, W, Z, SIGN = symbols("b y u v w z sigma", real=True)
XS = symbols("x_1:5", real=True)
G = Function("g")  # the derivative of order m
PATH = G(B + W + U * Y)
ONE = Integer(1)
GAINED = SIGN * V + (-SIGN) * W


def mean_of_steps(value: Expr) -> All:
    """The mean of ``u_1 + … + u_m`` over the cube [0, 1]^m: each new variable adds the mean of u, 1/2."""
    half = Rational(1, 2)
    return All((Integrated(U, U, Integer(0), ONE, half, U**2 / 2), Induction(value, M, Integer(0), PREVIOUS + half)))


def multiplied_out(order: int, factor: Expr) -> Field:
    """The signed sum of the powers of a given order is ``factor · x_1 … x_m``."""
    xs = XS[:order]
    total = sum(
        Integer(-1) ** (order - part) * sum(chosen, Integer(0)) ** order
        for part in range(order + 1)
        for chosen in combinations(xs, part)
    )
    return Field(total, factor * prod(xs))


LEMMA = Lemma(
    name="iterated_differences",
    title="Iterated differences and polarisation",
    statement=(
        r"For $g$ with $m$ continuous derivatives, $\Delta_x g(b) = g(b + x) - g(b)$ and $x_S = \sum_{i \in S} x_i$: "
        r"$\Delta_{x_1} \cdots \Delta_{x_m} g(b) = \sum_S (-1)^{m - |S|} g(b + x_S) = x_1 \cdots x_m \int_{[0, 1]^m} "
        r"g^{(m)}(b + u \cdot x)\, du$, and $\sum_i u_i$ has the mean $m/2$. Hence $m!\, x_1 \cdots x_m = \sum_S "
        r"(-1)^{m - |S|} x_S^m$: every monomial of degree m, in any number of variables, is a combination of m-th "
        r"powers $(\omega \cdot x)^m$ with whole-number $\omega$ (take each $x_i$ to be a variable)."
    ),
    assumptions={"Any number m of differences, by induction; the empty one is g(b) itself.": "domain"},
    steps=(
        closed(
            "one more difference, v at a point moved by y less w there: a subset of p of the m steps has the sign "
            "σ = (−1)^(m − p), and keeps it with the new step, p + 1 of m + 1; without it the sign changes",
            Field(SIGN * (V - W), GAINED),
        ),
        closed(
            "the path of the new step: the chain rule, for g^(m) (here g)",
            Differentiated(PATH, U, Y * G(Z).diff(Z).subs(Z, B + W + U * Y)),
        ),
        closed(
            "the fundamental theorem, for g^(m), whose derivative is continuous",
            Cited(
                r"h(u) = g^{(m)}(b + w + u y)",
                r"h(1) - h(0) = \textstyle\int_0^1 h'(u)\, du",
                "fundamental theorem of calculus: Rudin 1976, Principles of Mathematical Analysis, theorem 6.21",
            ),
        ),
        closed("the mean of the steps: each variable adds 1/2", mean_of_steps(M * Rational(1, 2))),
        closed(
            "polarisation: the derivative of z^(m + 1), so that of order m + 1 is m + 1 times that of order m of z^m",
            Differentiated(Z ** (M + 1), Z, (M + 1) * Z**M),
        ),
        closed("by induction it is m!", Induction(factorial(M), M, ONE, (M + 1) * PREVIOUS)),
        closed(
            "orders 2 and 3 multiplied out",
            All((multiplied_out(2, factorial(2)), multiplied_out(3, factorial(3)))),
        ),
    ),
    altered={
        "all signs +": Field(SIGN * (V - W), SIGN * V + SIGN * W),
        "the derivative without its factor": Differentiated(PATH, U, G(Z).diff(Z).subs(Z, B + W + U * Y)),
        "steps with the mean 1": mean_of_steps(M),
        "polarisation without m!": multiplied_out(3, ONE),
    },
    references=("Milne-Thomson 1933, The Calculus of Finite Differences",),
)
