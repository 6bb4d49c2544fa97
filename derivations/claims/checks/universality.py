"""Checks for X5: what is within reach of the additive score, what is not, and what that means for weights."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from sympy import And, Expr, Ge, Integer, Le, Rational, Symbol, exp, expand, symbols, tanh

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, A, D, F, I, J, L, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import (
    BIAS_HIDDEN,
    KEY,
    KEY_SHARED,
    QUERY,
    QUERY_SHARED,
    SCORES,
    V_HIDDEN,
    WEIGHT_KEY,
    WEIGHT_QUERY,
)
from attnproof.derivations.lemmas.odd_score import opposite
from attnproof.derivations.proof.identities import is_sum_of_squares, put
from attnproof.derivations.proof.orders import holds_at_every_order
from attnproof.derivations.proof.reasoning import bounded_on_box, same
from attnproof.derivations.proof.smt import proves
from attnproof.derivations.scores import FAMILIES

F_PLUS, F_MINUS, E = symbols("f_+ f_- e", real=True)  # f and the score at (s, h); f at (−s, −h)
G_PLUS, G_MINUS, E_OTHER = symbols("g_+ g_- e_o", real=True)  # the same at another key
P_PLUS, P_MINUS = symbols("p_+ p_-", real=True)  # a polynomial at both points
FIRST, SECOND = symbols("a b", real=True)  # two errors
LARGEST, EPS, VARIABLES, SUM = symbols("m epsilon N A", positive=True)
LIMIT, TERM = symbols("L B", nonnegative=True)
ALPHA_NUM, ALPHA_DEN, NEW_NUM, NEW_DEN, GROWTH = symbols("E S E' S' c", positive=True)
HALF = Symbol("i", integer=True, nonnegative=True)
X = Symbol("x", real=True)

DOT = FAMILIES["dot"].system.resolve().equations[-1].rhs
ODD_PART = (F_PLUS - F_MINUS) / 2
EVEN_PART, EVEN_OTHER = (F_PLUS + F_MINUS) / 2, (G_PLUS + G_MINUS) / 2

SCALE = Tensor("scale", "tau", (D_A,))  # j h of unit a
DIRECTION_QUERY = Tensor("direction_query", "omega", (D_A, D_Q))  # the direction of unit a, its part along the query
DIRECTION_KEY = Tensor("direction_key", "eta", (D_A, D_K))
FREE = Tensor("free", "g", ())  # any function of s, at one query

ERRORS = (F_PLUS - E) + (F_MINUS + E)
ODDS_ERRORS = ((F_PLUS - G_PLUS) - (E - E_OTHER)) + ((F_MINUS - G_MINUS) + (E - E_OTHER))


def even_part(errors: Expr, combination: Expr) -> bool:
    """The sum of the errors at a point and its opposite is free of the score."""
    return bool(expand(errors - combination) == 0) and not expand(errors).has(E, E_OTHER)


def half_sum(bound: Expr) -> bool:
    """Two errors of at most m: half their sum, and half their difference, are at most ``bound``."""
    box: dict[Symbol, Expr] = {FIRST: LARGEST, SECOND: LARGEST}
    return all(bounded_on_box((FIRST + sign * SECOND) / 2, box, bound) for sign in (1, -1))


def even_and_positive(score: Expr) -> bool:
    """``score`` is even; where the key is the query it and its opposite's value add up to a sum of squares."""
    mirrored = opposite(score, QUERY_SHARED, KEY_SHARED)
    both = put(score + mirrored, KEY_SHARED, lambda j, r: QUERY_SHARED[j, r])
    squares = total(2 * QUERY_SHARED[I, R] ** 2, (R, D))
    return equal(mirrored, score) and equal(substitute(both, {J: I}), squares) and is_sum_of_squares(squares)


def left_by_odd_part(error: Expr) -> bool:
    """The score ``e = (f − f⁻)/2`` is odd, and leaves ``error`` of f."""
    swapped = ODD_PART.subs({F_PLUS: F_MINUS, F_MINUS: F_PLUS}, simultaneous=True)
    return bool(expand(swapped + ODD_PART) == 0) and bool(expand(F_PLUS - ODD_PART - error) == 0)


def left_of_log_odds(error: Expr) -> bool:
    """And of its log-odds for two keys, with g for f at the other key."""
    other = (G_PLUS - G_MINUS) / 2
    return bool(expand((F_PLUS - G_PLUS) - (ODD_PART - other) - error) == 0)


def odd_parts_of_powers(kept: Expr) -> bool:
    """``(x^k − (−x)^k)/2`` is ``kept · x^k`` for odd k, and 0 for even k."""

    def part(k: Expr) -> Expr:
        return (1 - Integer(-1) ** k) / 2

    return holds_at_every_order(part(2 * HALF + 1) - kept, HALF) and holds_at_every_order(part(2 * HALF), HALF)


def error_of_odd_part(bound: Expr) -> bool:
    """F odd: the odd part of p is off by half the difference of p's two errors, at most ``bound`` if those are <= m."""
    of_p = (F_PLUS - P_PLUS, -F_PLUS - P_MINUS)
    gap = F_PLUS - (P_PLUS - P_MINUS) / 2
    return bool(expand(gap - (of_p[0] - of_p[1]) / 2) == 0) and half_sum(bound)


def degree(modulus: Expr, tolerance: Expr) -> bool:
    """Bernstein's bound ``(1 + N/4) ω`` with ω at most ``modulus`` is ``tolerance``."""
    return same((1 + VARIABLES / 4) * modulus, tolerance)


def by_ridges(factor: Expr, largest: int = 4) -> bool:
    """Each monomial of two variables of order k <= ``largest`` is ``factor(k)`` times the signed sum of k-th powers of
    whole-number combinations: polarisation with equal variables, multiplied out.
    """
    s, h = symbols("s h")
    for order in range(1, largest + 1):
        for first in range(order + 1):
            chosen = (s,) * first + (h,) * (order - first)
            total_of_powers = sum(
                (-1) ** (order - part) * sum(subset, Integer(0)) ** order
                for part in range(order + 1)
                for subset in combinations(chosen, part)
            )
            if expand(factor.subs(Symbol("k"), order) * total_of_powers - s**first * h ** (order - first)) != 0:
                return False
    return True


def with_weights(score: Expr) -> Expr:
    """The additive score with ``W_s = τ ω``, ``W_h = τ η`` (row by row)."""
    put_in: Mapping[Tensor, Tensor] = {WEIGHT_QUERY: DIRECTION_QUERY, WEIGHT_KEY: DIRECTION_KEY}
    for weight, direction in put_in.items():
        score = put(score, weight, lambda a, r, direction=direction: SCALE[a] * direction[a, r])
    return score


def ridges(bias: bool) -> Expr:
    """``Σ_a v_a tanh(τ_a (ω_a · s + η_a · h) + b_a)``."""
    along = total(DIRECTION_QUERY[A, R] * QUERY[I, R], (R, D_Q)) + total(DIRECTION_KEY[A, F] * KEY[J, F], (F, D_K))
    return total(V_HIDDEN[A] * tanh(SCALE[A] * along + (BIAS_HIDDEN[A] if bias else 0)), (A, D_A))


def sum_of_errors(step: Expr) -> bool:
    """One more ridge power: errors of at most ``L h`` and ``B h`` add up to at most ``(L + B) h``; with the sum A of
    all such constants the step h = ``step`` leaves half of ε for them.
    """
    h = Symbol("h", positive=True)
    given = [Le(FIRST, LIMIT * h), Ge(FIRST, -LIMIT * h), Le(SECOND, TERM * h), Ge(SECOND, -TERM * h)]
    bound = (LIMIT + TERM) * h
    adds = proves(And(Le(FIRST + SECOND, bound), Ge(FIRST + SECOND, -bound)), given)
    return adds and same(SUM * step, Rational(1, 2) * EPS)


def weights(logit: Expr) -> Expr:
    """The softmax weight of key j for ``logit`` in the indices i, j."""
    return exp(logit) / total(exp(substitute(logit, {J: L})), (L, N_K))


def odds_of_weights(value: Expr) -> bool:
    """The quotient of the weights of keys j and l is ``value``, at every number of keys."""
    m = Symbol("m_key", integer=True, nonnegative=True)
    this, other = weights(SCORES[I, J]), substitute(weights(SCORES[I, J]), {J: m})
    return equal(this / other, value.subs(Symbol("other"), SCORES[I, m]))


def factor_of_weights(factor: Expr) -> bool:
    """Each exp(score) changes by a factor within [1/c, c], hence their sums too: a weight by at most ``factor``."""
    given = [Ge(GROWTH, 1), Le(NEW_NUM, GROWTH * ALPHA_NUM), Ge(NEW_DEN * GROWTH, ALPHA_DEN)]
    return proves(Le(NEW_NUM * ALPHA_DEN, factor * ALPHA_NUM * NEW_DEN), given)
