"""T5, formally: variance of the bilinear and of the additive score for every choice of what is random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sympy import Abs, Expr, Integer, KroneckerDelta, Min, Symbol, sqrt, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, R, Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    HasMean,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Space,
    Stated,
    eq,
    le,
)
from attnproof.derivations.statements._expectation import OMEGA, ZERO, O, mean, moment, varies

ONE: Final = Integer(1)
S, G, B = map(index, "sgb")
W_2, Q_2, K_1, K_2, S_2, H_2, SIGMA, SECOND, V_2 = (
    Symbol(letter, real=True) for letter in ("w_2", "q_2", "k_1", "k_2", "s_2", "h_2", "sigma", "T_2", "v_2")
)
WEIGHT: Final = Tensor("weight", "W", (OMEGA, D_Q, D_K))
QUERY: Final = Tensor("query", "q", (OMEGA, D_Q))
KEY: Final = Tensor("key", "k", (OMEGA, D_K))
ANOTHER: Final = Tensor("other key", "l", (OMEGA, D_K))
FIXED_WEIGHT: Final = Tensor("weight", "W", (D_Q, D_K))
FIXED_QUERY: Final = Tensor("query", "q", (D_Q,))
FIXED_KEY: Final = Tensor("key", "k", (D_K,))
V: Final = Tensor("v", "v", (D_A,))
RANDOM_V: Final = Tensor("v", "v", (OMEGA, D_A))
Z: Final = Tensor("preactivation", "z", (OMEGA, D_A))
ANOTHER_Z: Final = Tensor("other preactivation", "y", (OMEGA, D_A))
STATE: Final = Tensor("projection of the query", "W_s", (OMEGA, D_Q))
HIDDEN: Final = Tensor("projection of the key", "W_h", (OMEGA, D_K))
QUADRUPLE: Final = (Index(R, D_Q), Index(F, D_K), Index(S, D_Q), Index(G, D_K))
UNITS: Final = (Index(A, D_A), Index(B, D_A))
At = Callable[..., Expr]


def random(x: Tensor) -> At:
    """Its elements at the outcome."""
    return lambda *at: x[(O, *at)]


def fixed(x: Tensor) -> At:
    """Its elements, the same for every outcome."""
    return lambda *at: x[at]


def bilinear(q: At, w: At, k: At) -> Expr:
    """``qᵀ W k``."""
    return total(q(R) * w(R, F) * k(F), (R, D_Q), (F, D_K))


def squared(x: At, place: Expr, width: Expr) -> Expr:
    """``|x|²``."""
    return total(x(place) ** 2, (place, width))


def mean_squared(x: Tensor, place: Expr, width: Expr) -> Expr:
    """``E |x|²``."""
    return mean(squared(random(x), place, width))


def random_weights(q: At, k: At, query: Expr, key: Expr) -> Proposition:
    """``E[q W k] = 0``, and of pairs: ``query`` and ``key`` are the second moments of what is random of the vectors."""
    first = Every((Index(R, D_Q), Index(F, D_K)), moment(q(R) * WEIGHT[O, R, F] * k(F), ZERO))
    pair = q(R) * q(S) * WEIGHT[O, R, F] * WEIGHT[O, S, G] * k(F) * k(G)
    second = moment(pair, query * W_2 * KroneckerDelta(R, S) * KroneckerDelta(F, G) * key)
    return Both((first, Every(QUADRUPLE, second)))


def squares_exist(x: Tensor, place: Expr, width: Expr) -> Proposition:
    """Every component has a mean square."""
    return Every((Index(place, width),), HasMean(mean(x[O, place] ** 2)))


def stated(
    name: str, title: str, bound: tuple[Binder, ...], given: tuple[Proposition, ...], says: Proposition
) -> Stated:
    """For every choice of sizes, arrays and numbers."""
    return Stated(name, title, Every((Space(OMEGA), *bound), If(Both(given) if len(given) > 1 else given[0], says)))


WIDTHS: Final = (Size(D_Q), Size(D_K))
PRODUCTS: Final = (
    Every((Index(R, D_Q), Index(F, D_K)), moment(WEIGHT[O, R, F], ZERO)),
    Every(
        QUADRUPLE,
        moment(WEIGHT[O, R, F] * WEIGHT[O, S, G], W_2 * KroneckerDelta(R, S) * KroneckerDelta(F, G)),
    ),
)
PROJECTED: Final = total(total(FIXED_QUERY[R] * FIXED_WEIGHT[R, F], (R, D_Q)) ** 2, (F, D_K))
ADDITIVE: Final = total(V[A] * tanh(Z[O, A]), (A, D_A))
OTHER_ADDITIVE: Final = total(V[A] * tanh(ANOTHER_Z[O, A]), (A, D_A))


def alike_units(z: Tensor) -> Proposition:
    """The units have mean 0 and one second moment, and are uncorrelated."""
    pair = tanh(z[O, A]) * tanh(z[O, B])
    return Both(
        (
            Every((Index(A, D_A),), moment(tanh(z[O, A]), ZERO)),
            Every(UNITS, moment(pair, SECOND * KroneckerDelta(A, B))),
        )
    )


def shared_part(one: Expr, another: Expr, value: Expr) -> Proposition:
    """The covariance of two scores."""
    found = (mean(one), mean(another), mean(one * another))
    return Both((*map(HasMean, found), eq(found[2] - found[0] * found[1], value)))


TERMS, N, M = size("n_t"), index("n"), index("m")  # of the series of Hermite functions
RHO: Final = Symbol("rho", real=True)
UNIT_X, UNIT_Y = Tensor("x", "x", (OMEGA,)), Tensor("y", "y", (OMEGA,))
H_X, H_Y = Tensor("functions of x", "h_x", (OMEGA, TERMS)), Tensor("functions of y", "h_y", (OMEGA, TERMS))
COEFFICIENTS: Final = Tensor("coefficients", "a", (TERMS,))
PAIRS: Final = (Index(N, TERMS), Index(M, TERMS))
TAIL: Final = SECOND - total(COEFFICIENTS[N] ** 2, (N, TERMS))


def expanded(x: Tensor, h: Tensor) -> Proposition:
    """The functions of ``x`` are orthonormal, the coefficients are those of ``tanh(sigma x)``."""
    unit = tanh(SIGMA * x[O])
    return Both(
        (
            moment(unit**2, SECOND),
            Every(PAIRS, moment(h[O, N] * h[O, M], KroneckerDelta(N, M))),
            Every((Index(N, TERMS),), moment(unit * h[O, N], COEFFICIENTS[N])),
        )
    )


STATEMENT: Final = (
    stated(
        "bilinear_fixed_vectors",
        "bilinear, W random, query and key fixed: weights uncorrelated with mean 0 and one variance",
        (*WIDTHS, Array(WEIGHT), Array(FIXED_QUERY), Array(FIXED_KEY), Number(W_2)),
        PRODUCTS,
        varies(
            bilinear(fixed(FIXED_QUERY), random(WEIGHT), fixed(FIXED_KEY)),
            W_2 * squared(fixed(FIXED_QUERY), R, D_Q) * squared(fixed(FIXED_KEY), F, D_K),
        ),
    ),
    stated(
        "bilinear_random_key",
        "the key random too: the mean of its squared length",
        (*WIDTHS, Array(WEIGHT), Array(FIXED_QUERY), Array(KEY), Number(W_2)),
        (
            squares_exist(KEY, F, D_K),
            Every((Index(R, D_Q), Index(F, D_K)), moment(WEIGHT[O, R, F] * KEY[O, F], ZERO)),
            Every(
                QUADRUPLE,
                moment(
                    WEIGHT[O, R, F] * WEIGHT[O, S, G] * KEY[O, F] * KEY[O, G],
                    W_2 * KroneckerDelta(R, S) * KroneckerDelta(F, G) * mean(KEY[O, F] * KEY[O, G]),
                ),
            ),
        ),
        varies(
            bilinear(fixed(FIXED_QUERY), random(WEIGHT), random(KEY)),
            W_2 * squared(fixed(FIXED_QUERY), R, D_Q) * mean_squared(KEY, F, D_K),
        ),
    ),
    stated(
        "bilinear_random_query",
        "the query random, the key fixed",
        (*WIDTHS, Array(WEIGHT), Array(QUERY), Array(FIXED_KEY), Number(W_2)),
        (
            squares_exist(QUERY, R, D_Q),
            Every((Index(R, D_Q), Index(F, D_K)), moment(QUERY[O, R] * WEIGHT[O, R, F], ZERO)),
            Every(
                QUADRUPLE,
                moment(
                    QUERY[O, R] * QUERY[O, S] * WEIGHT[O, R, F] * WEIGHT[O, S, G],
                    W_2 * KroneckerDelta(R, S) * KroneckerDelta(F, G) * mean(QUERY[O, R] * QUERY[O, S]),
                ),
            ),
        ),
        varies(
            bilinear(random(QUERY), random(WEIGHT), fixed(FIXED_KEY)),
            W_2 * mean_squared(QUERY, R, D_Q) * squared(fixed(FIXED_KEY), F, D_K),
        ),
    ),
    stated(
        "bilinear_all_random",
        "all random, independent: the product of the two means",
        (*WIDTHS, Array(WEIGHT), Array(QUERY), Array(KEY), Number(W_2)),
        (
            squares_exist(QUERY, R, D_Q),
            squares_exist(KEY, F, D_K),
            random_weights(random(QUERY), random(KEY), mean(QUERY[O, R] * QUERY[O, S]), mean(KEY[O, F] * KEY[O, G])),
        ),
        varies(
            bilinear(random(QUERY), random(WEIGHT), random(KEY)),
            W_2 * mean_squared(QUERY, R, D_Q) * mean_squared(KEY, F, D_K),
        ),
    ),
    stated(
        "bilinear_alike",
        "the components of each vector with one second moment: both widths",
        (*WIDTHS, Array(WEIGHT), Array(QUERY), Array(KEY), *map(Number, (W_2, Q_2, K_2))),
        (
            Every((Index(R, D_Q),), moment(QUERY[O, R] ** 2, Q_2)),
            Every((Index(F, D_K),), moment(KEY[O, F] ** 2, K_2)),
            random_weights(random(QUERY), random(KEY), mean(QUERY[O, R] * QUERY[O, S]), mean(KEY[O, F] * KEY[O, G])),
        ),
        varies(bilinear(random(QUERY), random(WEIGHT), random(KEY)), D_Q * D_K * W_2 * Q_2 * K_2),
    ),
    stated(
        "bilinear_shared",
        "the part shared by two independent keys of one query and one W",
        (*WIDTHS, Array(WEIGHT), Array(QUERY), Array(KEY), Array(ANOTHER), *map(Number, (W_2, Q_2, K_1))),
        (
            Every((Index(R, D_Q),), moment(QUERY[O, R] ** 2, Q_2)),
            *(
                Every((Index(R, D_Q), Index(F, D_K)), moment(QUERY[O, R] * WEIGHT[O, R, F] * key[O, F], ZERO))
                for key in (KEY, ANOTHER)
            ),
            Every(
                QUADRUPLE,
                moment(
                    QUERY[O, R] * QUERY[O, S] * WEIGHT[O, R, F] * WEIGHT[O, S, G] * KEY[O, F] * ANOTHER[O, G],
                    mean(QUERY[O, R] * QUERY[O, S]) * W_2 * KroneckerDelta(R, S) * KroneckerDelta(F, G) * K_1**2,
                ),
            ),
        ),
        shared_part(
            bilinear(random(QUERY), random(WEIGHT), random(KEY)),
            bilinear(random(QUERY), random(WEIGHT), random(ANOTHER)),
            D_Q * D_K * W_2 * Q_2 * K_1**2,
        ),
    ),
    stated(
        "bilinear_fixed_weights",
        "W and the query fixed, the key isotropic with mean 0",
        (*WIDTHS, Array(FIXED_WEIGHT), Array(FIXED_QUERY), Array(KEY), Number(K_2)),
        (
            Every((Index(F, D_K),), moment(KEY[O, F], ZERO)),
            Every((Index(F, D_K), Index(G, D_K)), moment(KEY[O, F] * KEY[O, G], K_2 * KroneckerDelta(F, G))),
        ),
        varies(bilinear(fixed(FIXED_QUERY), fixed(FIXED_WEIGHT), random(KEY)), K_2 * PROJECTED),
    ),
    stated(
        "bilinear_fixed_weights_only",
        "W fixed, query and key isotropic with mean 0, independent",
        (*WIDTHS, Array(FIXED_WEIGHT), Array(QUERY), Array(KEY), Number(Q_2), Number(K_2)),
        (
            Every((Index(R, D_Q), Index(F, D_K)), moment(QUERY[O, R] * KEY[O, F], ZERO)),
            Every(
                QUADRUPLE,
                moment(
                    QUERY[O, R] * QUERY[O, S] * KEY[O, F] * KEY[O, G],
                    Q_2 * KroneckerDelta(R, S) * K_2 * KroneckerDelta(F, G),
                ),
            ),
        ),
        varies(
            bilinear(random(QUERY), fixed(FIXED_WEIGHT), random(KEY)),
            Q_2 * K_2 * total(FIXED_WEIGHT[R, F] ** 2, (R, D_Q), (F, D_K)),
        ),
    ),
    stated(
        "preactivation",
        "the variance of a pre-activation: random projections of fixed vectors",
        (*WIDTHS, Array(STATE), Array(HIDDEN), Array(FIXED_QUERY), Array(FIXED_KEY), Number(S_2), Number(H_2)),
        (
            Every((Index(R, D_Q),), moment(STATE[O, R], ZERO)),
            Every((Index(F, D_K),), moment(HIDDEN[O, F], ZERO)),
            Every((Index(R, D_Q), Index(S, D_Q)), moment(STATE[O, R] * STATE[O, S], S_2 * KroneckerDelta(R, S))),
            Every((Index(F, D_K), Index(G, D_K)), moment(HIDDEN[O, F] * HIDDEN[O, G], H_2 * KroneckerDelta(F, G))),
            Every((Index(R, D_Q), Index(F, D_K)), moment(STATE[O, R] * HIDDEN[O, F], ZERO)),
        ),
        varies(
            total(STATE[O, R] * FIXED_QUERY[R], (R, D_Q)) + total(HIDDEN[O, F] * FIXED_KEY[F], (F, D_K)),
            S_2 * squared(fixed(FIXED_QUERY), R, D_Q) + H_2 * squared(fixed(FIXED_KEY), F, D_K),
        ),
    ),
    stated(
        "additive_fixed_v",
        "additive, v fixed: units of mean 0 and one second moment, uncorrelated",
        (Size(D_A), Array(Z), Array(V), Number(SECOND)),
        (alike_units(Z),),
        varies(ADDITIVE, SECOND * squared(fixed(V), A, D_A)),
    ),
    stated(
        "additive_random_v",
        "additive, v random: uncorrelated with mean 0 and one variance, independent of the units",
        (Size(D_A), Array(Z), Array(RANDOM_V), Number(SECOND), Number(V_2)),
        (
            Every((Index(A, D_A),), moment(RANDOM_V[O, A] * tanh(Z[O, A]), ZERO)),
            Every((Index(A, D_A),), moment(tanh(Z[O, A]) ** 2, SECOND)),
            Every(
                UNITS,
                moment(
                    RANDOM_V[O, A] * RANDOM_V[O, B] * tanh(Z[O, A]) * tanh(Z[O, B]),
                    V_2 * KroneckerDelta(A, B) * mean(tanh(Z[O, A]) * tanh(Z[O, B])),
                ),
            ),
        ),
        varies(total(RANDOM_V[O, A] * tanh(Z[O, A]), (A, D_A)), D_A * V_2 * SECOND),
    ),
    stated(
        "additive_shared",
        "the part shared by two keys, v fixed: what two units of one number have in common",
        (Size(D_A), Array(Z), Array(ANOTHER_Z), Array(V), Number(SECOND), Number(SIGMA)),
        (
            alike_units(Z),
            alike_units(ANOTHER_Z),
            Every(UNITS, moment(tanh(Z[O, A]) * tanh(ANOTHER_Z[O, B]), SIGMA * KroneckerDelta(A, B))),
        ),
        shared_part(ADDITIVE, OTHER_ADDITIVE, SIGMA * squared(fixed(V), A, D_A)),
    ),
    stated(
        "shared_part_as_a_series",
        "of jointly normal x and y: its Hermite series, as near as the series comes to the unit in the mean square",
        (
            *(Size(TERMS), Array(UNIT_X), Array(UNIT_Y), Array(H_X), Array(H_Y), Array(COEFFICIENTS)),
            *map(Number, (SIGMA, RHO, SECOND)),
        ),
        (
            expanded(UNIT_X, H_X),
            expanded(UNIT_Y, H_Y),
            Every(PAIRS, moment(H_X[O, N] * H_Y[O, M], RHO**N * KroneckerDelta(N, M))),
            HasMean(mean(tanh(SIGMA * UNIT_X[O]) * tanh(SIGMA * UNIT_Y[O]))),
            Every((Index(N, TERMS),), HasMean(mean(H_X[O, N] * tanh(SIGMA * UNIT_Y[O])))),
        ),
        le(
            Abs(
                mean(tanh(SIGMA * UNIT_X[O]) * tanh(SIGMA * UNIT_Y[O]))
                - total(COEFFICIENTS[N] ** 2 * RHO**N, (N, TERMS))
            ),
            2 * sqrt(SECOND * TAIL),
        ),
    ),
    stated(
        "second_moment_of_tanh",
        "the second moment of a unit is at most that of its pre-activation, and at most 1",
        (Size(D_A), Array(Z), Index(A, D_A), Number(SIGMA), Number(SECOND)),
        (moment(Z[O, A] ** 2, SIGMA**2), moment(tanh(Z[O, A]) ** 2, SECOND)),
        le(SECOND, Min(SIGMA**2, ONE)),
    ),
)

OUTSIDE: Final = (
    "Normal pre-activations: that they have these means and are uncorrelated; T_2 as an integral.",
    "That Hermite's functions of jointly normal numbers have these means; that their series comes as near as you like.",
)
