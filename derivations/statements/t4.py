"""T4, formally: what dividing by the root of the width does to the variance, over an expectation."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, KroneckerDelta, Rational, Symbol, oo, sqrt

from attnproof.derivations.language.notation import N_K, D, J, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    If,
    Iff,
    Index,
    Limit,
    Not,
    Number,
    Proposition,
    Size,
    Some,
    Space,
    Stated,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._expectation import (
    OMEGA,
    ZERO,
    O,
    for_pairs,
    independent,
    mean,
    means,
    moment,
    second_moments,
    varies,
)
from attnproof.derivations.statements._keys import PSI, U, alike, for_keys, have_means, parts, score, whole_variance
from attnproof.derivations.statements._keys import K as KEYS
from attnproof.derivations.statements._parts import other
from attnproof.derivations.statements.t3 import (
    ALIKE,
    CENTRED,
    DOT,
    MU_K,
    MU_Q,
    NUMBERS,
    ONE,
    PAIR,
    SIGMA_K,
    SIGMA_Q,
    TRACE,
    K,
    Q,
    S,
    for_vectors,
)

SCALED: Final = DOT / sqrt(D)
RHO, DELTA, SPREAD, POWER, X, C = (Symbol(letter, real=True) for letter in ("rho", "delta", "s", "p", "x", "c"))
NOISE: Final = Tensor("noise", "g", (PSI, N_K, D))  # what of a key has nothing to do with the query
PLACES: Final = (Index(R, D), Index(S, D))
HALF: Final = Rational(1, 2)


def unit_variances(x: Tensor) -> Proposition:
    """Every component has the second moment 1."""
    return Every((Index(R, D),), moment(x[O, R] ** 2, ONE))


def uncorrelated(x: Tensor) -> Proposition:
    """Of zero-mean components: different ones."""
    return Every(PLACES, If(other(R, S), moment(x[O, R] * x[O, S], ZERO)))


def right_scale(growth: Expr, power: Expr) -> Proposition:
    """The scaled gap has a limit that is neither 0 nor infinite exactly where the scale is the one with this power."""
    has_limit = Some((Number(C),), Both((ne(C, ZERO), Limit(growth * DELTA * X ** (-POWER), X, oo, C))))
    return Every((Number(DELTA), Number(POWER)), If(ne(DELTA, ZERO), Iff(has_limit, eq(POWER, power))))


def scaled_score(j: Expr) -> Expr:
    """Of query and key j, over the root of the width."""
    return score(lambda r: KEYS[U, j, r]) / sqrt(D)


def correlated_score(j: Expr) -> Expr:
    """Of a query and a key whose components have the correlation rho to the query's."""
    return score(lambda r: RHO * Q[O, r] + sqrt(1 - RHO**2) * NOISE[U, j, r])


LENGTH: Final = total(Q[O, R] ** 2, (R, D))
NORMAL: Final = Every(PLACES, moment(Q[O, R] ** 2 * Q[O, S] ** 2, 1 + 2 * KroneckerDelta(R, S)))
CORRELATED: Final = (le(RHO**2, ONE), unit_variances(Q), NORMAL, alike(NOISE, ZERO, ONE))

STATEMENT: Final = (
    Stated(
        "scaled_by_trace",
        "one mean 0: the trace of the product of the two second moments' matrices, over d",
        for_vectors((CENTRED,), varies(SCALED, TRACE / D)),
    ),
    Stated(
        "kept_at_one",
        "1 for unit variances where the components of one vector are uncorrelated",
        for_vectors((CENTRED, second_moments(Q, PAIR, D, ONE), unit_variances(K)), varies(SCALED, ONE)),
    ),
    Stated(
        "not_necessary",
        "which is enough, and not necessary: components of both can be correlated",
        Some(
            (Space(OMEGA), Size(D), Array(Q), Array(K)),
            Both(
                (
                    *(for_pairs(PAIR, D, HasMean(mean(x[O, PAIR[0]] * x[O, PAIR[1]]))) for x in (Q, K)),
                    *(means(x, R, D, ZERO) for x in (Q, K)),
                    *(unit_variances(x) for x in (Q, K)),
                    independent(Q, K, PAIR, D),
                    *(Not(uncorrelated(x)) for x in (Q, K)),
                    varies(SCALED, ONE),
                )
            ),
        ),
    ),
    Stated(
        "with_means",
        "with means, components uncorrelated in both vectors",
        for_vectors(
            ALIKE,
            varies(SCALED, SIGMA_Q**2 * SIGMA_K**2 + MU_K**2 * SIGMA_Q**2 + SIGMA_K**2 * MU_Q**2),
            *NUMBERS,
        ),
    ),
    Stated(
        "moving_part",
        "what moves the weights is half the variance of a difference given the query; the rest is shared by all keys",
        for_keys(
            KEYS,
            (*ALIKE[::2], alike(KEYS, MU_K, SIGMA_K**2)),
            parts(
                scaled_score,
                sqrt(D) * MU_Q * MU_K,
                SIGMA_K**2 * LENGTH / D,
                SIGMA_K**2 * (SIGMA_Q**2 + MU_Q**2),
                MU_K**2 * SIGMA_Q**2,
            ),
            *NUMBERS,
        ),
    ),
    Stated(
        "correlated",
        "normal pairs of correlation rho: mean d rho, variance d (1 + rho^2), of which 2 d rho^2 is shared",
        for_keys(
            NOISE,
            CORRELATED,
            parts(
                correlated_score,
                D * RHO,
                (1 - RHO**2) * LENGTH,
                D * (1 - RHO**2),
                2 * D * RHO**2,
            ),
            RHO,
        ),
    ),
    Stated(
        "correlated_at_most_two",
        "after the scaling at most 2",
        for_keys(
            NOISE,
            CORRELATED,
            Both(
                (
                    *have_means(correlated_score(J)),
                    *have_means(correlated_score(J) ** 2),
                    le(whole_variance(correlated_score(J)) / D, Integer(2)),
                )
            ),
            RHO,
        ),
    ),
    Stated("scale_of_a_gap", "a gap between mean scores that grows like d: its scale is 1/d", right_scale(X, ONE)),
    Stated(
        "scale_of_a_smaller_gap",
        "one that grows like the root of d: its scale is the root's",
        right_scale(sqrt(X), HALF),
    ),
    Stated(
        "gap_and_spread",
        "the first over the root of d grows without bound like that root; a spread over d vanishes",
        Every(
            (Number(DELTA), Number(SPREAD)),
            Both(
                (
                    If(lt(ZERO, DELTA), Limit(X * DELTA / sqrt(X), X, oo, oo)),
                    Limit(sqrt(X) * SPREAD / X, X, oo, ZERO),
                )
            ),
        ),
    ),
)

OUTSIDE: Final = ()
