"""Every derivative of tanh: a polynomial in tanh of known degree, bounded, and where it does not vanish."""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr, Integer, Poly, Rational, Symbol, factorial, symbols, tanh

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Computed, Differentiated, Field, Induction, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, le, lt

T, Z, SIGN = symbols("t z sigma", real=True)
K = Symbol("k", integer=True, nonnegative=True)  # order of the derivative
J = Symbol("j", integer=True, positive=True)  # power of t
BEYOND = Symbol("i", integer=True, nonnegative=True)
LOWER, UPPER, COEFFICIENT = symbols("v w c", positive=True)  # sizes of coefficients: at j − 1, j + 1, any
NUMBER, ORDER = symbols("n m", real=True)


@lru_cache
def in_tanh(order: int) -> Poly:
    """The derivative of tanh as a polynomial in t = tanh, from ``dt/dz = 1 − t²``."""
    if order == 0:
        return Poly(T, T)
    return in_tanh(order - 1).diff(T) * Poly(1 - T**2, T)


def coefficients(order: int) -> tuple[int, ...]:
    """Those of ``in_tanh``, the constant term first."""
    return tuple(int(each) for each in reversed(in_tanh(order).all_coeffs()))


def centre(order: int) -> Rational:
    """The first of ``1/(k + 3) … (k + 2)/(k + 3)`` at which the derivative of order k does not vanish: tanh(b)."""
    candidates = (Rational(j, order + 3) for j in range(1, order + 3))
    return next(t for t in candidates if in_tanh(order).eval(t) != 0)


def by_recursion(value: Expr, factor: Expr) -> Induction:
    """``A_0 = 1`` and ``A_(k+1) = factor A_k`` lead to ``value``."""
    return Induction(value, K, Integer(1), factor * PREVIOUS)


def candidates_inside(last: Expr) -> Solver:
    """``n/(k + 3)``, n = 1 … last, lie in (0, 1); here m for k."""
    point = NUMBER / (ORDER + 3)
    given = (le(ZERO, ORDER), le(Integer(1), NUMBER), le(NUMBER, last))
    return Solver(Both((lt(ZERO, point), lt(point, Integer(1)))), given)


RECURSION = (J + 1) * SIGN * UPPER - (J - 1) * (-SIGN) * LOWER
SIZES = SIGN * ((J + 1) * UPPER + (J - 1) * LOWER)
POWER = J * T ** (J - 1) - J * T ** (J + 1)

LEMMA = Lemma(
    name="tanh_derivatives",
    title="The derivatives of tanh",
    statement=(
        r"$\tanh^{(k)} = P_k(\tanh)$ with a polynomial of exact degree $k + 1$ and leading coefficient $(-1)^k k!$. "
        r"Everywhere $|\tanh^{(k)}| \le 2^k k!$. At one at least of the $k + 2$ points $b = "
        r"\operatorname{artanh}\frac{j}{k + 3}$ it is not 0; for odd k it is not 0 at $b = 0$ either."
    ),
    assumptions={"Every order k >= 0.": "domain"},
    steps=(
        closed("the derivative of t = tanh z", Differentiated(tanh(Z), Z, 1 - tanh(Z) ** 2)),
        closed("of a power of it, by t", Differentiated(T**J, T, J * T ** (J - 1))),
        closed("and so by z: P_k' (1 − t²)", Field(J * T ** (J - 1) * (1 - T**2), POWER)),
        closed(
            "the first derivatives of tanh so found",
            Computed("lemmas.tanh_derivatives:coefficients", (3,), (-2, 0, 8, 0, -6)),
        ),
        closed(
            "the leading coefficient: t^(k + 1) alone gives a t^(k + 2), times −(k + 1)",
            by_recursion((-1) ** K * factorial(K), -(K + 1)),
        ),
        closed("in size it is not 0", Sign(ZERO, "<", factorial(K))),
        closed(
            "degree k + 1: one of k + 2 points at least is no root",
            Cited(
                r"P \ne 0,\ \deg P = k + 1",
                r"P \text{ has at most } k + 1 \text{ roots}",
                "number of roots of a polynomial over a field: Lang 2002, Algebra",
            ),
        ),
        closed("k + 2 points (here m for k) lie in (0, 1)", candidates_inside(ORDER + 2)),
        closed(
            "the coefficient of t^j comes from those of t^(j + 1), with the sign σ and the size w, and t^(j − 1), with "
            "the sign −σ and the size v",
            Field(RECURSION, SIZES),
        ),
        closed(
            "so signs alternate and no two terms cancel: at j = i + 1; at the top, j = i + 2, where w is absent; "
            "for j = 0 the constant term of an odd order is w itself",
            All(
                (
                    Sign(ZERO, "<", (BEYOND + 2) * UPPER + BEYOND * LOWER),
                    Sign(ZERO, "<", (BEYOND + 1) * LOWER),
                )
            ),
        ),
        closed(
            "a coefficient of size c, of t^j, gives two of j c: the sum of all sizes grows 2(k + 1)-fold at most",
            Solver(le(J * COEFFICIENT + J * COEFFICIENT, 2 * (K + 1) * COEFFICIENT), (le(J, K + 1),)),
        ),
        closed("so it is at most this, and |t| ≤ 1", by_recursion(2**K * factorial(K), 2 * (K + 1))),
    ),
    altered={
        "the derivative of tanh is 1 + tanh²": Differentiated(tanh(Z), Z, 1 + tanh(Z) ** 2),
        "the leading coefficient k! without its sign": by_recursion(factorial(K), -(K + 1)),
        "k + 3 points": candidates_inside(ORDER + 3),
        "the terms of the recursion differ in sign": Field(RECURSION, SIGN * ((J + 1) * UPPER - (J - 1) * LOWER)),
        "the bound k!": by_recursion(factorial(K), 2 * (K + 1)),
    },
    references=("Graham, Knuth, Patashnik 1994, Concrete Mathematics, section 6.5",),
)
