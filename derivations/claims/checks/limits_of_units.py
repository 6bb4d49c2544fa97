"""Checks for X6: what a finite number of tanh units cannot do, in real numbers and in a binary format."""

from __future__ import annotations

from itertools import permutations

from sympy import Expr, Integer, Rational, Symbol, atanh, cosh, factorial, symbols, tanh

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation
from attnproof.derivations.proof.rules import All, Computed, Enclosed, Field, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.propositions.proposition import Both, Either, eq, le, lt

SCORE, PRODUCT, AT, T, V, OLD, SHIFT, STEPS = symbols("e p x t v s w d", real=True)
SUM, EPS, RADIUS, U, STEP = symbols("V epsilon R u h", positive=True)
SIZE = Symbol("a", nonnegative=True)
K = Symbol("k", integer=True, nonnegative=True)
THIRD = Rational(1, 3)  # any radius below 1/2 does


def bounded_by_weights(bound: Expr) -> All:
    """One unit more: ``|s| <= V``, ``|v| = a``, ``|tanh| <= 1`` give ``|s + v t| <= bound``, where V + a is the new sum
    of sizes.

    ``|tanh| <= 1`` because ``1 − tanh² = 1/cosh²``.
    """
    one = Integer(1)
    given = (le(-one, T), le(T, one), le(-SUM, OLD), le(OLD, SUM), Either((eq(V, SIZE), eq(V, -SIZE))))
    total = OLD + V * T
    return All(
        (
            Field(1 - tanh(AT) ** 2, 1 / cosh(AT) ** 2),
            Solver(Both((le(total, bound), le(-bound, total))), given),
        )
    )


def leaves_the_product(at: Expr) -> Solver:
    """A score of size at most V is off by more than ε from a product of size ``at`` or more."""
    given = (le(SCORE, SUM), le(-SUM, SCORE), Either((le(at, PRODUCT), le(PRODUCT, -at))))
    return Solver(Either((lt(EPS, PRODUCT - SCORE), lt(EPS, SCORE - PRODUCT))), given)


def weights_needed(least: Expr) -> Solver:
    """A score within ε of the product at x = y = R has weights of total size ``least`` or more."""
    return Solver(le(least, SUM), (le(SCORE, SUM), le(RADIUS**2 - EPS, SCORE)))


def analytic(radius: Expr) -> All:
    """With ``|tanh^(k)| <= 2^k k!`` Taylor terms are at most ``(2 radius)^k``: they converge for radius < 1/2."""
    distance = Equation(Tensor("radius", "r", ()), (), radius)
    term = 2**K * factorial(K) * distance.lhs**K / factorial(K)
    return All(
        (
            Field(term, (2 * radius) ** K, (lt(ZERO, distance.lhs),), definitions=(distance,)),
            Solver(lt(2 * radius, Integer(1))),
        )
    )


def absorbed(step: Expr) -> All:
    """Numbers with p bits have the spacing u = 2^−p in [1/2, 1), where the rounded bias lies with room: ``h = step`` is
    lost in it.

    In units of the spacing: the sum is the bias plus w, and every other number is a whole d ≠ 0 of them away. With
    ``|w| <= 2 h R/u`` the bias itself is nearer. Then all four units are equal, and their sum with signs −, −, +, + is
    0 in every order, exactly: each partial sum is 0, ±1 or ±2 times one number.
    """
    one, moved = Integer(1), 2 * step * RADIUS / U
    nearest = Solver(
        lt(SHIFT**2, (STEPS - SHIFT) ** 2),
        (Either((le(one, STEPS), le(STEPS, -one))), lt(SHIFT, moved), lt(-moved, SHIFT)),
    )
    room = (Enclosed(atanh(Rational(1, 2)), Rational(1, 2) + Rational(1, 2**p), 1 - Rational(1, 2**p)) for p in (8, 53))
    return All((nearest, *room, Computed("claims.checks.limits_of_units:partial_sums", ((-1, -1, 1, 1),), (0, 1, 2))))


def partial_sums(signs: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes of all partial sums, in every order of the signs."""
    return tuple(sorted({abs(sum(o[: n + 1])) for o in permutations(signs) for n in range(len(o))}))
