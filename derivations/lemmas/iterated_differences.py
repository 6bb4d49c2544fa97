"""Iterated differences: as a signed sum, and as a mean of the derivative; polarisation is the case of a power."""

from __future__ import annotations

from functools import partial
from itertools import combinations

from sympy import Expr, Function, Integer, Rational, Symbol, expand, factorial, integrate, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.orders import by_induction, holds_at_every_order

M = Symbol("m", integer=True, nonnegative=True)  # number of differences
PART = Symbol("p", integer=True, nonnegative=True)  # number of elements of the subset S
B, Y, U, W, Z = symbols("b y u w z", real=True)
G = Function("g")
FULL = 4  # the second road multiplies out up to this order


def sign(order: Expr, part: Expr) -> Expr:
    """The sign of a subset of ``part`` out of ``order`` steps."""
    return Integer(-1) ** (order - part)


def signed_sum(with_step: Expr, without: Expr) -> bool:
    """One more difference, ``G(b + y) − G(b)``: a subset that gains the step has the sign ``with_step``, one that does
    not ``without``.

    Both must be those of m + 1 steps, for subsets of p + 1 and of p elements.
    """
    gains, stays = sign(M, PART), -sign(M, PART)
    return all(
        holds_at_every_order(expected - found, M)
        for expected, found in (
            (gains, with_step),
            (stays, without),
            (with_step, sign(M + 1, PART + 1)),
            (without, sign(M + 1, PART)),
        )
    )


def derivative_along(factor: Expr) -> bool:
    """``d/du g(b + w + u y) = factor · g'(b + w + u y)``: integrated over u in [0, 1], the difference with step y."""
    path = B + W + U * Y
    inner = G(Z).diff(Z).subs(Z, path)
    chain = expand(G(path).diff(U).doit() - (factor * inner).doit()) == 0
    # the same on functions that can be integrated in full: powers, at b + w = z
    full = all(
        expand(integrate(expand(factor * k * (Z + U * Y) ** (k - 1)), (U, 0, 1)) - ((Z + Y) ** k - Z**k)) == 0
        for k in range(1, FULL + 1)
    )
    return bool(chain) and full


def mean_of_steps(value: Expr) -> bool:
    """The mean of ``|u_1| + … + |u_m|`` over the cube [0, 1]^m: each new variable adds the mean of u, 1/2."""
    one = integrate(U, (U, 0, 1))
    start = value.subs(M, 0) == 0
    return bool(start) and bool(expand(value.subs(M, M + 1) - value - one) == 0)


def polarised(value: Expr) -> bool:
    """The m-th derivative of z^m is ``value``; the signed sum of the powers is ``value · x_1 … x_m`` up to order 4."""
    slope = ((Z**M).diff(Z) - M * Z ** (M - 1)) * Z ** (1 - M)
    if not (by_induction(value, M, Integer(1), M + 1) and holds_at_every_order(expand(slope), M)):
        return False
    for order in range(1, FULL + 1):
        xs = symbols(f"x1:{order + 1}")
        total = sum(
            sign(Integer(order), Integer(part)) * sum(chosen, Integer(0)) ** order
            for part in range(order + 1)
            for chosen in combinations(xs, part)
        )
        product: Expr = value.subs(M, order)
        for x in xs:
            product *= x
        if expand(total - product) != 0:
            return False
    return True


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
        Step(
            "one more difference: a subset gains the new step and keeps its sign, or does not and changes it",
            r"(-1)^{m - |S|} \left(g(b + y + x_S) - g(b + x_S)\right)"
            r" => (-1)^{(m+1) - (|S| + 1)} g(b + x_{S \cup \{m+1\}}) + (-1)^{(m+1) - |S|} g(b + x_S)",
            partial(signed_sum, sign(M + 1, PART + 1), sign(M + 1, PART)),
        ),
        Step(
            "one more difference: the chain rule, and the fundamental theorem for g^(m), which is differentiable",
            r"g^{(m)}(b + w + y) - g^{(m)}(b + w) => \int_0^1 y\, g^{(m+1)}(b + w + u y)\, du",
            partial(derivative_along, Y),
        ),
        Step(
            "the mean of the steps: each variable adds 1/2",
            r"\int_{[0,1]^m} \textstyle\sum_i u_i\, du => \tfrac{m}{2}",
            partial(mean_of_steps, Rational(1, 2) * M),
        ),
        Step(
            "polarisation: the m-th derivative of z^m by induction; orders up to 4 multiplied out",
            r"\textstyle\sum_S (-1)^{m - |S|} x_S^m => m!\, x_1 \cdots x_m",
            partial(polarised, factorial(M)),
        ),
    ),
    altered={
        "all signs +": partial(signed_sum, Integer(1), Integer(1)),
        "the derivative without its factor": partial(derivative_along, Integer(1)),
        "polarisation without m!": partial(polarised, Integer(1)),
    },
    references=("Milne-Thomson 1933, The Calculus of Finite Differences",),
)
