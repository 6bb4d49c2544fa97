"""Checks for X5: what is within reach of the additive score, what is not, and what that means for weights."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from sympy import Add, Expr, Integer, Rational, Symbol, exp, symbols, tanh

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, D, F, I, J, L, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
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
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import All, Cases, Corners, Equal, Field, Induction, Solver, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.propositions.proposition import Both, eq, le
from attnproof.derivations.scores import FAMILIES

F_PLUS, F_MINUS, E = symbols("f_+ f_- e", real=True)  # f and the score at (s, h); f at (−s, −h)
G_PLUS, G_MINUS, E_OTHER = symbols("g_+ g_- e_o", real=True)  # the same at another key
P_PLUS, P_MINUS = symbols("p_+ p_-", real=True)  # a polynomial at both points
FIRST, SECOND = symbols("a b", real=True)  # two errors
LARGEST, EPS, VARIABLES, SUM = symbols("m epsilon N A", positive=True)
LIMIT, TERM = symbols("L B", nonnegative=True)
ALPHA_NUM, ALPHA_DEN, NEW_NUM, NEW_DEN, GROWTH = symbols("E S E' S' c", positive=True)
ORDER = Symbol("k", integer=True, nonnegative=True)
SIGN, ONE, OTHER = symbols("sigma s h", real=True)
X = Symbol("x", real=True)

DOT = FAMILIES["dot"].system.resolve().equations[-1].rhs
ODD_PART = (F_PLUS - F_MINUS) / 2
EVEN_PART, EVEN_OTHER = (F_PLUS + F_MINUS) / 2, (G_PLUS + G_MINUS) / 2

SCALE = Tensor("scale", "tau", (D_A,))  # j h of unit a
DIRECTION_QUERY = Tensor("direction_query", "omega", (D_A, D_Q))  # the direction of unit a, its part along the query
DIRECTION_KEY = Tensor("direction_key", "eta", (D_A, D_K))
FREE = Tensor("free", "g", ())  # any function of s, at one query

#: the errors at a point and at its opposite: of the score, and of the log-odds of two keys
ERRORS = F_PLUS - E, F_MINUS + E
ODDS_ERRORS = (F_PLUS - G_PLUS) - (E - E_OTHER), (F_MINUS - G_MINUS) + (E - E_OTHER)


def mirrored_error(error: Expr, other: Expr, value: Expr) -> Field:
    """The errors at a point and at its opposite add up to ``value``, in which the score is no more."""
    first, second = (Equation(Tensor(n, n, ()), (), e) for n, e in (("d_1", error), ("d_2", other)))
    return Field(first.lhs + second.lhs, value, definitions=(first, second))


def half_sum(bound: Expr) -> All:
    """Two errors of at most m: half their sum, and half their difference, are at most ``bound``."""
    box = ((FIRST, LARGEST), (SECOND, LARGEST))
    return All(tuple(Corners((FIRST + sign * SECOND) / 2, box, bound) for sign in (1, -1)))


def even_and_positive(score: Expr) -> All:
    """``score`` is even; where the key is the query it and its opposite's value add up to a sum of squares."""
    mirrored = opposite(score, QUERY_SHARED, KEY_SHARED)
    value, other = (
        Equation(Tensor(name, name, (N_Q, N_K)), (I, J), rhs) for name, rhs in (("e_1", score), ("e_2", mirrored))
    )
    both = substitute(put(score + mirrored, KEY_SHARED, lambda j, r: QUERY_SHARED[j, r]), {J: I})
    squares = total(2 * QUERY_SHARED[I, R] ** 2, (R, D))
    return All((Equal(other.lhs, value.lhs, definitions=(value, other)), Equal(both, squares), Squares(squares)))


ODD = Equation(Tensor("odd_part", "o", ()), (), ODD_PART)
ODD_OTHER = Equation(Tensor("odd_other", "o_2", ()), (), (G_PLUS - G_MINUS) / 2)
OF_P = Equation(Tensor("odd_of_p", "r", ()), (), (P_PLUS - P_MINUS) / 2)


def left_by_odd_part(error: Expr) -> Field:
    """The score ``o = (f − f⁻)/2``, odd by its form, leaves ``error`` of f."""
    return Field(F_PLUS - ODD.lhs, error, definitions=(ODD,))


def left_of_log_odds(error: Expr) -> Field:
    """And of its log-odds for two keys, with g for f at the other key."""
    return Field((F_PLUS - G_PLUS) - (ODD.lhs - ODD_OTHER.lhs), error, definitions=(ODD, ODD_OTHER))


def odd_parts_of_powers(kept: Expr) -> All:
    """``(x^k − (−x)^k)/2`` is ``kept · x^k`` for odd k, and 0 for even k: (−1)^k is the sign σ of (−x)^k, −1 or 1."""
    half = (1 - SIGN) / 2
    return All(
        (
            Induction((-1) ** ORDER, ORDER, Integer(1), -PREVIOUS),
            Cases(eq(half, kept), ((SIGN, (Integer(-1),)),)),
            Cases(eq(half, ZERO), ((SIGN, (Integer(1),)),)),
        )
    )


def error_of_odd_part(bound: Expr) -> All:
    """F odd: the odd part r of p is off by half the difference of p's errors, at most ``bound`` if those are <= m."""
    halves = Field(F_PLUS - OF_P.lhs, ((F_PLUS - P_PLUS) - (-F_PLUS - P_MINUS)) / 2, definitions=(OF_P,))
    return All((halves, *half_sum(bound).parts))


def degree(modulus: Expr, tolerance: Expr) -> Field:
    """Bernstein's bound ``(1 + N/4) ω`` with ω at most ``modulus`` is ``tolerance``."""
    return Field((1 + VARIABLES / 4) * modulus, tolerance)


def by_ridges(factor: Expr, largest: int = 3) -> All:
    """Each monomial of two variables of order k <= ``largest`` is ``factor(k)`` times the signed sum of k-th powers of
    whole-number combinations: polarisation with equal variables, multiplied out.
    """
    parts = []
    for order in range(1, largest + 1):
        for first in range(order + 1):
            chosen = (ONE,) * first + (OTHER,) * (order - first)
            powers = (
                (-1) ** (order - part) * Add(*subset) ** order
                for part in range(order + 1)
                for subset in combinations(chosen, part)
            )
            left = factor.subs(ORDER, order) * Add(*powers)
            right = ONE**first * OTHER ** (order - first)
            if left != right:  # of order 1 it is the variable itself
                parts.append(Field(left, right))
    return All(tuple(parts))


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


def sum_of_errors(step: Expr) -> All:
    """One more ridge power: errors of at most ``L h`` and ``B h`` add up to at most ``(L + B) h``; with the sum A of
    all such constants the step h = ``step`` leaves half of ε for them.
    """
    h = Symbol("h", positive=True)
    given = (le(FIRST, LIMIT * h), le(-LIMIT * h, FIRST), le(SECOND, TERM * h), le(-TERM * h, SECOND))
    bound = (LIMIT + TERM) * h
    taken = Equation(Tensor("step", "h", ()), (), step)
    return All(
        (
            Solver(Both((le(FIRST + SECOND, bound), le(-bound, FIRST + SECOND))), given),
            Field(SUM * taken.lhs, Rational(1, 2) * EPS, definitions=(taken,)),
        )
    )


def weights(logit: Expr) -> Expr:
    """The softmax weight of key j for ``logit`` in the indices i, j."""
    return exp(logit) / total(exp(substitute(logit, {J: L})), (L, N_K))


M = index("m")
WEIGHTS = Equation(Tensor("weights", "alpha", (N_Q, N_K)), (I, J), weights(SCORES[I, J]))


def odds_of_weights(value: Expr) -> Equal:
    """The quotient of the weights of keys j and m is ``value``, at every number of keys."""
    return Equal(WEIGHTS.target[I, J] / WEIGHTS.target[I, M], value, definitions=(WEIGHTS,))


def factor_of_weights(factor: Expr) -> Solver:
    """Each exp(score) changes by a factor within [1/c, c], hence their sums too: a weight by at most ``factor``."""
    given = (le(Integer(1), GROWTH), le(NEW_NUM, GROWTH * ALPHA_NUM), le(ALPHA_DEN, NEW_DEN * GROWTH))
    return Solver(le(NEW_NUM * ALPHA_DEN, factor * ALPHA_NUM * NEW_DEN), given)
