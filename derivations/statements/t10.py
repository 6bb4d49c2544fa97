"""T10, formally: what the mean sum of squared weights is at most and at least, over an expectation.

Of normal scores the statements use: the means of their exponentials, integration by parts for the weights, and the
largest value of a density.
"""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, cosh, exp, log, oo, pi, sqrt

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, D, I, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    If,
    Index,
    Limit,
    Number,
    Outcome,
    Proposition,
    Size,
    Space,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._expectation import OMEGA, ZERO, O, mean, moment
from attnproof.derivations.statements._keys import KEYS, PSI, U
from attnproof.derivations.statements._parts import other

Z: Final = Tensor("scores", "z", (OMEGA, N_K))
FIXED: Final = Tensor("scores", "z", (N_K,))
ALPHA: Final = Tensor("weights", "alpha", (OMEGA, N_K), "intermediate")
BETA: Final = Tensor("other_weights", "beta", (OMEGA, N_K), "intermediate")
GIVEN: Final = Tensor("weights", "alpha", (OMEGA, PSI, N_K), "intermediate")
QUERY: Final = Tensor("query", "q", (OMEGA, D))
KEY: Final = Tensor("keys", "k", (PSI, N_K, D))
SIGMA, TAU, M, EDGE, RATIO, EPSILON, LEAST = (
    Symbol(letter, real=True) for letter in ("sigma", "tau", "M", "s", "b", "epsilon", "x")
)
ONE: Final = Integer(1)
CONSTANT: Final = Rational(31, 2)
SQUARES: Final = total(ALPHA[O, I] ** 2, (I, N_K))
KEPT: Final = mean(SQUARES)
TOP: Final = largest(Z[O, L], L, N_K)


def weights(target: Tensor = ALPHA, spread: Expr = SIGMA) -> Equation:
    """The weights of scores of this spread."""
    return Equation(target, (O, J), exp(spread * Z[O, J]) / total(exp(spread * Z[O, L]), (L, N_K)))


def for_scores(
    numbers: tuple[Symbol, ...], given: tuple[Proposition, ...], says: Proposition, *also: Equation
) -> Proposition:
    """For all random scores; at least two keys."""
    body = Where((weights(), *also), If(Both((lt(ZERO, SIGMA), *given)), says))
    return Every((Space(OMEGA), Size(N_K, 2), Array(Z), Number(SIGMA), *map(Number, numbers)), body)


def exponential(spread: Expr) -> Proposition:
    """Every score is as a standard normal one, for the mean of one exponential."""
    return Every((Index(J, N_K),), moment(exp(spread * Z[O, J]), exp(spread**2 / 2)))


def two_keys(says: Proposition) -> Proposition:
    """For two different keys."""
    return Every((Index(I, N_K), Index(J, N_K)), If(other(I, J), says))


#: integration by parts of a weight, a function of its own normal score among others
BY_PARTS: Final = Every(
    (Index(J, N_K),),
    Both(
        (
            HasMean(mean(ALPHA[O, J] * (1 - ALPHA[O, J]))),
            moment(ALPHA[O, J] * Z[O, J], SIGMA * mean(ALPHA[O, J] * (1 - ALPHA[O, J]))),
        )
    ),
)
TOP_IS: Final = moment(TOP, M)
EDGE_IS: Final = eq(EDGE, sqrt(2 * log(N_K)))
LAW: Final = (BY_PARTS, TOP_IS, EDGE_IS, exponential(EDGE), lt(EDGE, SIGMA))
DOT: Final = total(QUERY[O, R] * KEY[U, L, R], (R, D))
LENGTH: Final = total(QUERY[O, R] ** 2, (R, D))
GIVEN_WEIGHTS: Final = Equation(
    GIVEN,
    (O, U, J),
    exp(total(QUERY[O, R] * KEY[U, J, R], (R, D))) / total(exp(DOT), (L, N_K)),
)
SEEN: Final = mean(total(GIVEN[O, U, I] ** 2, (I, N_K)), KEYS)


def dot(j: Expr) -> Expr:
    """The score of a key."""
    return total(QUERY[O, R] * KEY[U, j, R], (R, D))


NORMAL_KEYS: Final = Every(
    (Outcome(O, OMEGA),),
    Both(
        (
            Every(
                (Index(J, N_K),),
                Both(
                    (
                        moment(exp(dot(J)), exp(LENGTH / 2), KEYS),
                        moment(exp(2 * dot(J)), exp(2 * LENGTH), KEYS),
                    )
                ),
            ),
            two_keys(moment(exp(dot(I) + dot(J)), exp(LENGTH), KEYS)),
            HasMean(SEEN),
        )
    ),
)

#: of every query: what is used of normal keys where few are seen
FEW: Final = Every(
    (Outcome(O, OMEGA),),
    Both(
        (
            lt(ZERO, LENGTH),
            HasMean(SEEN),
            two_keys(
                Both(
                    (
                        HasMean(mean(CLOSE := 1 / (4 * cosh((dot(I) - dot(J)) / 2) ** 2), KEYS)),
                        le(mean(CLOSE, KEYS), 1 / (2 * sqrt(pi) * sqrt(LENGTH))),
                    )
                )
            ),
        )
    ),
)
WEIGHT: Final = GIVEN[O, U, J]
HIGHEST: Final = largest(total(QUERY[O, R] * KEY[U, L, R], (R, D)) / sqrt(LENGTH), L, N_K)
BY_PARTS_GIVEN: Final = Every(
    (Outcome(O, OMEGA),),
    Both(
        (
            lt(ZERO, LENGTH),
            HasMean(mean(HIGHEST, KEYS)),
            Every(
                (Index(J, N_K),),
                Both(
                    (
                        moment(exp(EDGE * dot(J) / sqrt(LENGTH)), exp(EDGE**2 / 2), KEYS),
                        HasMean(mean(WEIGHT * (1 - WEIGHT), KEYS)),
                        moment(WEIGHT * dot(J), LENGTH * mean(WEIGHT * (1 - WEIGHT), KEYS), KEYS),
                    )
                ),
            ),
        )
    ),
)


def of_a_head(numbers: tuple[Symbol, ...], given: tuple[Proposition, ...], says: Proposition) -> Proposition:
    """In the mean over queries, the mean of whose inverse squared length is 1/(d - 2)."""
    inverse = (HasMean(mean(SEEN)), HasMean(mean(1 / sqrt(LENGTH))), moment(1 / LENGTH, 1 / (D - 2)))
    return Every(
        (Space(OMEGA), Space(PSI), Size(D, 3), Size(N_K, 2), Array(QUERY), Array(KEY), *map(Number, numbers)),
        Where((GIVEN_WEIGHTS,), If(Both((*given, *inverse)), says)),
    )


STATEMENT: Final = (
    Stated(
        "grows",
        "it grows with the spread, from 1/n on and up to 1",
        for_scores(
            (TAU,),
            (le(SIGMA, TAU), HasMean(KEPT), HasMean(mean(total(BETA[O, I] ** 2, (I, N_K))))),
            Both(
                (
                    le(ONE / N_K, KEPT),
                    le(KEPT, mean(total(BETA[O, I] ** 2, (I, N_K)))),
                    le(mean(total(BETA[O, I] ** 2, (I, N_K))), ONE),
                )
            ),
            weights(BETA, TAU),
        ),
    ),
    Stated(
        "few_keys",
        "two weights together are at most those of two keys alone, and so the loss is at most n (n - 1)/(2 sqrt(pi) s)",
        for_scores(
            (),
            (
                HasMean(KEPT),
                two_keys(
                    Both(
                        (
                            HasMean(mean(PAIR := 1 / (4 * cosh(SIGMA * (Z[O, I] - Z[O, J]) / 2) ** 2))),
                            le(mean(PAIR), 1 / (2 * sqrt(pi) * SIGMA)),
                        )
                    )
                ),
            ),
            le(1 - KEPT, N_K * (N_K - 1) / (2 * sqrt(pi) * SIGMA)),
        ),
    ),
    Stated(
        "many_keys",
        "scores like independent normal ones in the means of one exponential and of two: (8 exp(s^2) - 4)/n at most",
        for_scores(
            (),
            (
                HasMean(KEPT),
                exponential(SIGMA),
                exponential(2 * SIGMA),
                two_keys(moment(exp(SIGMA * Z[O, I]) * exp(SIGMA * Z[O, J]), exp(SIGMA**2))),
            ),
            le(KEPT, (8 * exp(SIGMA**2) - 4) / N_K),
        ),
    ),
    Stated(
        "many_keys_of_a_head",
        "in the mean over the query: it falls with the number of keys at every width",
        Every(
            (Space(OMEGA), Space(PSI), Size(D), Size(N_K, 2), Array(QUERY), Array(KEY)),
            Where(
                (GIVEN_WEIGHTS,),
                If(
                    Both((NORMAL_KEYS, moment(LENGTH, D), HasMean(mean(SEEN)))),
                    Both(
                        (
                            le(mean(SEEN), 2 * D / log(N_K) + (8 * sqrt(N_K) - 4) / N_K),
                            le(mean(SEEN), (2 * D + 16) / log(N_K)),
                        )
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "largest_score",
        "the mean of the largest of n scores is at most the root of 2 ln n",
        Every(
            (Space(OMEGA), Size(N_K, 2), Array(Z), Number(M), Number(EDGE)),
            If(Both((EDGE_IS, exponential(EDGE), TOP_IS)), le(M, EDGE)),
        ),
    ),
    Stated(
        "upper_end",
        "integrated by parts: the loss is the weighted mean of the scores over s, at most that of the largest",
        for_scores(
            (M,),
            (BY_PARTS, TOP_IS),
            Both(
                (
                    eq(1 - KEPT, mean(total(ALPHA[O, I] * Z[O, I], (I, N_K))) / SIGMA),
                    le(1 - KEPT, M / SIGMA),
                )
            ),
        ),
    ),
    Stated(
        "lower_end",
        "and for a spread above the root of 2 ln n at least this",
        for_scores((M, EDGE), LAW, le((SIGMA * M - EDGE**2) / (SIGMA * (SIGMA - EDGE)), 1 - KEPT)),
    ),
    Stated(
        "law",
        "so at a spread b times that root it is 1 - 1/b, up to the distance of the largest score from the root",
        for_scores(
            (M, EDGE, RATIO),
            (*LAW, eq(SIGMA, RATIO * EDGE)),
            le(Abs(KEPT - (1 - 1 / RATIO)), (1 - M / EDGE) / (RATIO - 1)),
        ),
    ),
    Stated(
        "freezing",
        "where that mean is at least the root times 1 - 15.5/sqrt(ln n): as near as you like for n large enough",
        for_scores(
            (M, EDGE, RATIO, EPSILON),
            (
                *LAW,
                eq(SIGMA, RATIO * EDGE),
                le(EDGE * (1 - CONSTANT / sqrt(log(N_K))), M),
                lt(ZERO, EPSILON),
                le((CONSTANT / ((RATIO - 1) * EPSILON)) ** 2, log(N_K)),
            ),
            le(Abs(KEPT - (1 - 1 / RATIO)), EPSILON),
        ),
    ),
    Stated(
        "mean_over_the_query",
        "over the length of a query: the mean of 1/r is at most 1/sqrt(d - 2) where that of 1/r^2 is 1/(d - 2)",
        Every(
            (Space(OMEGA), Size(D, 3), Array(RADIUS := Tensor("length", "r", (OMEGA,)))),
            If(
                Both(
                    (
                        Every((Outcome(O, OMEGA),), lt(ZERO, RADIUS[O])),
                        HasMean(mean(1 / RADIUS[O])),
                        moment(1 / RADIUS[O] ** 2, 1 / (D - 2)),
                    )
                ),
                le(mean(1 / RADIUS[O]), 1 / sqrt(D - 2)),
            ),
        ),
    ),
    Stated(
        "few_keys_of_a_head",
        "in the mean over the query: few keys at a great width",
        of_a_head((), (FEW,), le(1 - mean(SEEN), N_K * (N_K - 1) / (2 * sqrt(pi * (D - 2))))),
    ),
    Stated(
        "fewer_keys_of_a_head",
        "and with the logarithm of their number",
        of_a_head((EDGE,), (EDGE_IS, BY_PARTS_GIVEN), le(1 - mean(SEEN), EDGE / sqrt(D - 2))),
    ),
    Stated(
        "one_key_is_left",
        "boundless spread: all weight is on one key where one score leads",
        Every(
            (Size(N_K, 2), Array(FIXED), Index(I, N_K)),
            If(
                Every((Index(J, N_K),), If(other(I, J), lt(FIXED[J], FIXED[I]))),
                Limit(
                    total((exp(LEAST * FIXED[J]) / total(exp(LEAST * FIXED[L]), (L, N_K))) ** 2, (J, N_K)),
                    LEAST,
                    oo,
                    ONE,
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = (
    "The mean as an integral; the law of a query's length.",
    "That normal scores have these means; the least mean of the largest: the root times 1 - 15.5/sqrt(ln n).",
    "That the limit of a boundless spread passes to the mean.",
)
