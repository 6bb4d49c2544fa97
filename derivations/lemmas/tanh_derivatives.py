"""Every derivative of tanh: a polynomial in tanh of known degree, bounded, and where it does not vanish."""

from __future__ import annotations

from functools import lru_cache, partial

from sympy import Expr, Integer, Poly, Rational, Symbol, diff, expand, factorial, symbols, tanh

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.orders import FIRST, by_induction, holds_at_every_order

T, Z = symbols("t z", real=True)
K = Symbol("k", integer=True, nonnegative=True)  # order of the derivative
J = Symbol("j", integer=True, positive=True)  # power of t
S = Symbol("s", integer=True, nonnegative=True)  # (k + j)/2
BEYOND = Symbol("i", integer=True, nonnegative=True)
LOWER, UPPER = symbols("q_- q_+", positive=True)  # two coefficients, at j − 1 and j + 1


@lru_cache
def in_tanh(order: int) -> Poly:
    """The derivative of tanh as a polynomial in t = tanh, from ``dt/dz = 1 − t²``."""
    if order == 0:
        return Poly(T, T)
    return in_tanh(order - 1).diff(T) * Poly(1 - T**2, T)


def centre(order: int) -> Rational:
    """The first of ``1/(k + 3) … (k + 2)/(k + 3)`` at which the derivative of order k does not vanish: tanh(b)."""
    candidates = (Rational(j, order + 3) for j in range(1, order + 3))
    return next(t for t in candidates if in_tanh(order).eval(t) != 0)


def slope_of_power(after: Expr) -> bool:
    """``d/dz t^j = after`` at every j, from ``d/dz tanh = 1 − tanh²``."""
    chain = diff(T**J, T) * (1 - T**2)
    rule = expand((diff(tanh(Z), Z) - (1 - T**2)).subs(T, tanh(Z))) == 0
    return bool(rule) and holds_at_every_order(expand((chain - after) * T ** (1 - J)), J)


def top_coefficient(value: Expr) -> bool:
    """Only t^(k+1) gives a t^(k+2), times −(k+1): the leading coefficient is ``value``, not 0. Degrees checked."""
    seen = all(in_tanh(k).degree() == k + 1 and in_tanh(k).LC() == value.subs(K, k) for k in range(FIRST))
    return seen and by_induction(value, K, Integer(1), -(K + 1)) and bool(value.is_nonzero)


def enough_candidates(count: Expr, denominator: Expr) -> bool:
    """``j/denominator``, j = 1 … count, lie in (0, 1) and are more than the degree k + 1; one is found at first k."""
    found = all(in_tanh(k).eval(centre(k)) != 0 for k in range(FIRST))
    return found and bool((denominator - count).is_positive) and bool((count - (K + 1)).is_positive)


def signs_alternate(factor: int) -> bool:
    """``p_(k,j) = (−1)^((k+j−1)/2) q_(k,j)`` turns ``p_(k+1,j) = (j+1) p_(k,j+1) − (j−1) p_(k,j−1)`` into
    ``q_(k+1,j) = (j+1) q_(k,j+1) + factor · (j−1) q_(k,j−1)``, which keeps all q (j >= 1, k + j odd) positive, and
    q_(k,0) for odd k.
    """
    one, other = (
        Integer(-1) ** S,
        Integer(-1) ** (S - 1),
    )  # signs at (k, j + 1), which is that at (k + 1, j), and at (k, j − 1)
    recursion = (J + 1) * one * UPPER - (J - 1) * other * LOWER - one * ((J + 1) * UPPER + factor * (J - 1) * LOWER)
    after = (J + 1) * UPPER + factor * (J - 1) * LOWER
    positive = (
        expand(after.subs(J, BEYOND + 2)),  # j >= 2; at the top, j = k + 2, the first term is absent:
        expand(after.subs({UPPER: 0}).subs(J, BEYOND + 2)),
        after.subs(J, 1),
        UPPER,  # j = 0: only the first term, with q_(k,1)
    )
    seen = all(_signs(k) for k in range(FIRST))
    return seen and holds_at_every_order(recursion, S) and all(bool(each.is_positive) for each in positive)


def _signs(order: int) -> bool:
    """The signs of the coefficients of one order, the constant term of odd orders among them."""
    polynomial = in_tanh(order)
    wanted = range(0 if order % 2 else 2, order + 2, 2) if order % 2 else range(1, order + 2, 2)
    return all(polynomial.coeff_monomial(T**j) * (-1) ** ((order + j - 1) // 2) > 0 for j in wanted)


def bounded_by(value: Expr) -> bool:
    """The sum of the sizes of all coefficients grows at most by ``2(k+1)``, j being <= k + 1: at most ``value``."""
    seen = all(sum(map(abs, in_tanh(k).all_coeffs())) <= value.subs(K, k) for k in range(FIRST))
    return seen and by_induction(value, K, Integer(1), 2 * (K + 1))


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
        Step(
            "the derivative of a power of t = tanh",
            r"\frac{d}{dz} t^j => j t^{j-1} - j t^{j+1}",
            partial(slope_of_power, J * T ** (J - 1) - J * T ** (J + 1)),
        ),
        Step(
            "the leading coefficient, by induction from P_0 = t",
            r"c_{k+1} = -(k+1) c_k,\ c_0 = 1 => c_k = (-1)^k k! \ne 0",
            partial(top_coefficient, (-1) ** K * factorial(K)),
        ),
        Step(
            "degree k + 1: no more than k + 1 roots, so one of k + 2 points in (0, 1) is none",
            r"\tfrac{1}{k+3}, \dots, \tfrac{k+2}{k+3} => P_k(t) \ne 0 \text{ at one of them}",
            partial(enough_candidates, K + 2, K + 3),
        ),
        Step(
            "the signs alternate: no two terms of the recursion cancel, so the constant term of an odd order is not 0",
            "q_{k+1,j} = (j+1) q_{k,j+1} + (j-1) q_{k,j-1}"
            r" => q_{k,j} > 0,\quad P_k(0) = \pm q_{k,0} \ne 0 \text{ for odd } k",
            partial(signs_alternate, 1),
        ),
        Step(
            "the sum of the sizes of the coefficients, by induction; |t| <= 1",
            r"\textstyle\sum_j |p_{k+1,j}| \le 2(k+1) \sum_j |p_{k,j}| => |P_k(t)| \le 2^k k!",
            partial(bounded_by, 2**K * factorial(K)),
        ),
    ),
    altered={
        "the derivative of tanh is 1 + tanh²": partial(slope_of_power, J * T ** (J - 1) + J * T ** (J + 1)),
        "the leading coefficient k! without its sign": partial(top_coefficient, factorial(K)),
        "k + 1 points are enough": partial(enough_candidates, K + 1, K + 3),
        "the terms of the recursion differ in sign": partial(signs_alternate, -1),
        "the bound k!": partial(bounded_by, factorial(K)),
    },
    references=("Graham, Knuth, Patashnik 1994, Concrete Mathematics, section 6.5",),
)
