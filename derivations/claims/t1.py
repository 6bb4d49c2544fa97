"""T1: the Jacobian of softmax, its spectrum's bound, and when the bound is attained."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Rational, exp, expand, sqrt

from derivations.canonical import equal
from derivations.claim import Claim, Step
from derivations.identities import identity, is_sum_of_squares, put, variation
from derivations.latex import expr_latex
from derivations.notation import N_K, I, J, L, Tensor, index
from derivations.system import total

M = index("m")
E = Tensor("scores", "e", (N_K,))
E_DOT = Tensor("tangent_scores", "e_dot", (N_K,), "tangent")
U = Tensor("direction", "u", (N_K,))
W = Tensor("other_direction", "w", (N_K,))
HIGH = Tensor("high", "H", ())  # the largest u_j
LOW = Tensor("low", "h", ())  # the smallest u_j
OTHER = Tensor("other", "f", ())  # another entry over the largest
SHARE = Tensor("share", "a", ())  # its weight


def alpha(j: Expr) -> Expr:
    """The softmax weight of key j."""
    return exp(E[j]) / total(exp(E[L]), (L, N_K))


def mean(body: Expr) -> Expr:
    """``Σ_j α_j body``, with ``body`` in the index j."""
    return total(alpha(J) * body, (J, N_K))


def applied(vector: Tensor) -> Expr:
    """``(J u)_i = α_i (u_i − Σ_j α_j u_j)``: the Jacobian ``α_i (δ_ij − α_j)`` applied to a vector."""
    return alpha(I) * (vector[I] - mean(vector[J]))


def form(left: Tensor, right: Tensor) -> Expr:
    """``uᵀ J w``."""
    return total(left[I] * applied(right), (I, N_K))


SPREAD = total(alpha(J) * alpha(M) * (U[J] - U[M]) ** 2, (J, N_K), (M, N_K)) / 2
MEAN = mean(U[J])
INSIDE = mean((HIGH[()] - U[J]) * (U[J] - LOW[()]))


def largest_form(alphas: tuple[Expr, ...], vector: tuple[Expr, ...]) -> Expr:
    """``uᵀ J u`` for given weights and a unit vector, at a fixed number of keys."""
    average = sum((a * x for a, x in zip(alphas, vector, strict=True)), Integer(0))
    return expand(sum((a * x**2 for a, x in zip(alphas, vector, strict=True)), Integer(0)) - average**2)


def attains(alphas: tuple[Expr, ...], vector: tuple[Expr, ...], value: Expr) -> bool:
    """Weights that sum to 1 and a unit vector for which the quadratic form is ``value``."""
    unit = sum((x**2 for x in vector), Integer(0)) == 1
    return bool(unit and sum(alphas, Integer(0)) == 1 and largest_form(alphas, vector) == value)


def tends(alphas: tuple[Expr, ...], vector: tuple[Expr, ...], value: Expr) -> bool:
    """As the share of the third key goes to 0, the quadratic form goes to ``value`` and is below it for every share > 0."""
    gap = expand(value - largest_form(alphas, vector))
    return bool(gap.subs(SHARE[()], 0) == 0) and equal(gap, SHARE[()] / 2)


CLAIM = Claim(
    id="T1",
    title="The softmax Jacobian",
    usual="∂α_i/∂e_j = α_i(δ_ij − α_j); symmetric, positive semidefinite, rows sum to 0, bounded.",
    statement=(
        r"$J = \partial\alpha/\partial e$ has the entries $\alpha_i(\delta_{ij} - \alpha_j)$; it is symmetric, positive semidefinite and its "
        r"rows sum to 0. At every number n of keys $\|J\|_2 \le 1/2$. For n = 2 equal scores attain it. For n > 2 no finite scores do; "
        r"it is approached when two keys share all the weight equally. For n = 1 the Jacobian is 0."
    ),
    assumptions=("Finite real scores, so that every weight is positive.",),
    steps=(
        identity(
            "the Jacobian applied to a direction",
            variation(alpha(J), ((E, E_DOT),)),
            alpha(J) * (E_DOT[J] - mean(E_DOT[J])),
        ),
        identity("the weights sum to 1", mean(Integer(1)), Integer(1)),
        identity("symmetric", form(U, W), form(W, U)),
        identity("rows sum to 0", put(applied(U), U, lambda _: Integer(1)), Integer(0)),
        identity("the quadratic form is the variance of u under α", form(U, U), mean(U[J] ** 2) - MEAN**2),
        identity("the variance as a sum of squares", form(U, U), SPREAD),
        Step(
            "weights are positive: positive semidefinite",
            expr_latex(SPREAD),
            r"\ge 0",
            partial(is_sum_of_squares, SPREAD),
        ),
        identity(
            "with H and h the largest and smallest entry of u: the last sum is not negative, term by term",
            form(U, U),
            (HIGH[()] - MEAN) * (MEAN - LOW[()]) - INSIDE,
        ),
        identity(
            "the product is at most a quarter of the range squared",
            (HIGH[()] - MEAN) * (MEAN - LOW[()]),
            (HIGH[()] - LOW[()]) ** 2 / 4 - (MEAN - (HIGH[()] + LOW[()]) / 2) ** 2,
        ),
        identity(
            "the range squared is at most 2(H² + h²), hence at most 2|u|² for n ≥ 2: the norm is at most 1/2",
            (HIGH[()] - LOW[()]) ** 2 / 4,
            (HIGH[()] ** 2 + LOW[()] ** 2) / 2 - (HIGH[()] + LOW[()]) ** 2 / 4,
        ),
        Step(
            "two keys with equal scores attain it",
            r"\alpha = (\tfrac12, \tfrac12),\ u = (1, -1)/\sqrt 2",
            r"u^\top J u = \tfrac12",
            partial(
                attains,
                (Rational(1, 2), Rational(1, 2)),
                (1 / sqrt(2), -1 / sqrt(2)),
                Rational(1, 2),
            ),
        ),
        Step(
            "a third key with the share a of the weight: the form is (1 − a)/2 for the same direction, so 1/2 is approached",
            r"\alpha = (\tfrac{1-a}2, \tfrac{1-a}2, a),\ u = (1, -1, 0)/\sqrt 2",
            r"u^\top J u = \tfrac{1-a}2 \to \tfrac12",
            partial(
                tends,
                ((1 - SHARE[()]) / 2, (1 - SHARE[()]) / 2, SHARE[()]),
                (1 / sqrt(2), -1 / sqrt(2), Integer(0)),
                Rational(1, 2),
            ),
        ),
        identity(
            "for n > 2 equality would need h = −H, and a third entry fH with weight a > 0 leaves this gap, positive for 0 ≤ f² ≤ 1",
            HIGH[()] ** 2 * OTHER[()] ** 2 / 2
            + SHARE[()] * (HIGH[()] - OTHER[()] * HIGH[()]) * (HIGH[()] + OTHER[()] * HIGH[()]),
            HIGH[()] ** 2 * (OTHER[()] ** 2 / 2 + SHARE[()] * (1 - OTHER[()] ** 2)),
        ),
    ),
    if_proved="proved",
    references=("Gao, Pavel 2017, On the Properties of the Softmax Function",),
)
