"""B2, formally: a bias inside tanh."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol, exp, log, oo, sech, tanh

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import D_A, N_K, A, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Iff,
    Index,
    Limit,
    Number,
    Proposition,
    Size,
    Slope,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, T, softmax, weight_of

K: Final = index("k")
V, B = Tensor("v", "v", (D_A,)), Tensor("bias", "b", (D_A,))
Z: Final = Tensor("preactivation", "z", (N_K, D_A))  # without the bias
MOST: Final = Tensor("most", "Z", (D_A,), "intermediate")
BOUND: Final = Tensor("bound", "tau", (), "intermediate")
RATE: Final = Tensor("rate", "c", (D_A,))  # how fast each unit's bias grows, and to which side
GROWS: Final = Tensor("grows", "g", (D_A,))  # 1 for a unit whose bias grows, 0 for one whose bias stays
LIMIT: Final = Tensor("limit", "beta", (N_K,), "intermediate")
REMAINING: Final = Tensor("remaining", "r", (N_K,), "intermediate")

ONE: Final = Tensor("preactivation", "z", (N_K,))  # of the only unit
FACTOR, SHIFT = Symbol("v", real=True), Symbol("b", real=True)


def biased(bias: Expr) -> Equation:
    """The scores ``e_j = Σ_a v_a tanh(z_ja + b_a)``, the bias an expression in the index a."""
    return Equation(SCORES, (J,), total(V[A] * tanh(Z[J, A] + bias), (A, D_A)))


def log_odds(bias: Expr) -> Expr:
    """``ln α_i − ln α_k`` for one unit."""
    score = FACTOR * tanh(ONE[L] + bias)
    return log(weight_of(score, I)) - log(weight_of(score, K))


def units(body: Proposition, *others: Array | Index) -> Proposition:
    """``body`` for all additive scores of any sizes."""
    return Every((Size(N_K), Size(D_A), Array(V), Array(Z), *others), body)


def one_unit(body: Proposition, *others: Number) -> Proposition:
    """``body`` for all scores of one unit."""
    return Every((Size(N_K), Number(FACTOR), Array(ONE), Index(I, N_K), Index(K, N_K), *others), body)


IN_USE: Final = ne(V[A], Integer(0))

STATEMENT: Final = (
    Stated(
        "changes_the_weights",
        "every bias other than 0 inside tanh changes the weights of some keys",
        Every(
            (Size(N_K, 2), Number(FACTOR), Number(SHIFT)),
            If(
                Both((ne(FACTOR, Integer(0)), ne(SHIFT, Integer(0)))),
                Some(
                    (Array(ONE), Index(I, N_K)),
                    ne(weight_of(FACTOR * tanh(ONE[L] + SHIFT), I), weight_of(FACTOR * tanh(ONE[L]), I)),
                ),
            ),
        ),
    ),
    Stated(
        "slope_of_log_odds",
        "the slope of the log-odds of two keys in the bias of the only unit",
        one_unit(
            Slope(
                log_odds(T),
                T,
                SHIFT,
                FACTOR * (sech(ONE[I] + SHIFT) ** 2 - sech(ONE[K] + SHIFT) ** 2),
            ),
            Number(SHIFT),
        ),
    ),
    Stated(
        "near_uniform",
        "where every bias exceeds the pre-activations of its unit, the weights are within (e^τ − 1)/n of uniform",
        units(
            Where(
                (
                    Equation(MOST, (A,), largest(Abs(Z[J, A]), J, N_K)),
                    Equation(BOUND, (), total(2 * Abs(V[A]) * exp(-2 * (Abs(B[A]) - MOST[A])), (A, D_A))),
                    biased(B[A]),
                    softmax(),
                ),
                If(
                    Every((Index(A, D_A),), If(IN_USE, lt(MOST[A], Abs(B[A])))),
                    le(Abs(ALPHA[I] - 1 / N_K), (exp(BOUND[()]) - 1) / N_K),
                ),
            ),
            Array(B),
            Index(I, N_K),
        ),
    ),
    Stated(
        "tends_to_uniform",
        "where the biases of all units with v ≠ 0 grow, to either side, the weights tend to uniform",
        units(
            If(
                Every((Index(A, D_A),), If(IN_USE, ne(RATE[A], Integer(0)))),
                Limit(ALPHA[I], T, oo, 1 / N_K, given=(biased(B[A] + T * RATE[A]), softmax())),
            ),
            Array(B),
            Array(RATE),
            Index(I, N_K),
        ),
    ),
    Stated(
        "sharp",
        "like e^−2b and no faster: the limit of e^2b times the log-odds, for one unit",
        one_unit(
            Limit(
                exp(2 * T) * log_odds(T),
                T,
                oo,
                2 * FACTOR * (exp(-2 * ONE[K]) - exp(-2 * ONE[I])),
            )
        ),
    ),
    Stated(
        "others_remain",
        "where some biases stay, the weights tend to the softmax of what their units say",
        units(
            If(
                Every(
                    (Index(A, D_A),),
                    Both(
                        (
                            Either((eq(GROWS[A], Integer(0)), eq(GROWS[A], Integer(1)))),
                            ne(RATE[A], Integer(0)),
                        )
                    ),
                ),
                Where(
                    (
                        Equation(REMAINING, (J,), total((1 - GROWS[A]) * V[A] * tanh(Z[J, A] + B[A]), (A, D_A))),
                        softmax(REMAINING, LIMIT),
                    ),
                    Limit(ALPHA[I], T, oo, LIMIT[I], given=(biased(B[A] + T * GROWS[A] * RATE[A]), softmax())),
                ),
            ),
            Array(B),
            Array(GROWS),
            Array(RATE),
            Index(I, N_K),
        ),
    ),
    Stated(
        "uniform_only_if_equal",
        "which is uniform exactly if they say the same of every key",
        Every(
            (Size(N_K), Array(SCORES)),
            Where(
                (softmax(),),
                Iff(
                    Every((Index(I, N_K),), eq(ALPHA[I], 1 / N_K)),
                    Every((Index(I, N_K), Index(K, N_K)), eq(SCORES[I], SCORES[K])),
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
