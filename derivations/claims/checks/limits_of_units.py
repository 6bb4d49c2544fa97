"""Checks for X6: what a finite number of tanh units cannot do, in real numbers and in a binary format."""

from __future__ import annotations

from itertools import permutations

from flint import arb, ctx
from sympy import And, Eq, Expr, Ge, Gt, Le, Lt, Or, Rational, Symbol, cosh, factorial, symbols, tanh

from attnproof.derivations.proof.orders import holds_at_every_order
from attnproof.derivations.proof.reasoning import same
from attnproof.derivations.proof.smt import proves

SCORE, PRODUCT, AT, T, V, OLD, SHIFT, STEPS = symbols("e p x t v s w d", real=True)
SUM, EPS, RADIUS, U, STEP = symbols("V epsilon R u h", positive=True)
SIZE = Symbol("a", nonnegative=True)
K = Symbol("k", integer=True, nonnegative=True)
THIRD = Rational(1, 3)  # any radius below 1/2 does


def bounded_by_weights(bound: Expr) -> bool:
    """One unit more: ``|s| <= V``, ``|v| = a``, ``|tanh| <= 1`` give ``|s + v t| <= bound``, where V + a is the new sum
    of sizes.

    ``|tanh| <= 1`` because ``1 − tanh² = 1/cosh²``.
    """
    given = [Ge(T, -1), Le(T, 1), Ge(OLD, -SUM), Le(OLD, SUM), Or(Eq(V, SIZE), Eq(V, -SIZE))]
    total = OLD + V * T
    return same(1 - tanh(AT) ** 2, 1 / cosh(AT) ** 2) and proves(And(Le(total, bound), Ge(total, -bound)), given)


def leaves_the_product(at: Expr) -> bool:
    """A score of size at most V is off by more than ε from a product of size ``at`` or more."""
    given = [Le(SCORE, SUM), Ge(SCORE, -SUM), Or(Ge(PRODUCT, at), Le(PRODUCT, -at))]
    return proves(Or(Gt(PRODUCT - SCORE, EPS), Gt(SCORE - PRODUCT, EPS)), given)


def weights_needed(least: Expr) -> bool:
    """A score within ε of the product at x = y = R has weights of total size ``least`` or more."""
    return proves(Ge(SUM, least), [Le(SCORE, SUM), Ge(SCORE, RADIUS**2 - EPS)])


def analytic(radius: Expr) -> bool:
    """With ``|tanh^(k)| <= 2^k k!`` Taylor terms are at most ``(2 radius)^k``: they converge for radius < 1/2."""
    term = 2**K * factorial(K) * radius**K / factorial(K)
    return holds_at_every_order(term - (2 * radius) ** K, K) and proves(Lt(2 * radius, 1))


def absorbed(step: Expr, precisions: tuple[int, ...] = (8, 11, 24, 53)) -> bool:
    """Numbers with p bits have the spacing u = 2^−p in [1/2, 1), where the rounded bias lies with room: ``h = step`` is
    lost in it.

    In units of the spacing: the sum is the bias plus w, and every other number is a whole d ≠ 0 of them away. With
    ``|w| <= 2 h R/u`` the bias itself is nearer. Then all four units are equal, and their sum with signs −, −, +, + is
    0 in every order, exactly: each partial sum is 0, ±1 or ±2 times one number.
    """
    moved = 2 * step * RADIUS / U
    nearest = proves(
        Gt((STEPS - SHIFT) ** 2, SHIFT**2), [Or(Ge(STEPS, 1), Le(STEPS, -1)), Lt(SHIFT, moved), Gt(SHIFT, -moved)]
    )
    return nearest and all(map(_bias_has_room, precisions)) and _cancels((-1, -1, 1, 1))


def _bias_has_room(precision: int) -> bool:
    """artanh(1/2) is more than a spacing away from 1/2 and from 1."""
    before, ctx.prec = ctx.prec, 200
    try:
        bias, u = arb(0.5).atanh(), arb(2) ** -precision
        return bool(bias > arb(0.5) + u) and bool(bias < 1 - u)
    finally:
        ctx.prec = before


def _cancels(signs: tuple[int, ...]) -> bool:
    return all(
        sum(order) == 0 and all(abs(sum(order[: n + 1])) in (0, 1, 2) for n in range(len(order)))
        for order in permutations(signs)
    )
