"""S1, formally: the dot score by norms and direction, and as a detector in white noise.

The noise has any law: of its expectation nothing is known but that it is linear and positive, and that of 1 is 1.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    If,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Some,
    Space,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._expectation import OMEGA, O, mean, means, second_moments
from attnproof.derivations.statements._normalised import dot, norm

S: Final = Tensor("one_query", "s", (D,))
H: Final = Tensor("one_key", "h", (D,))
OTHER: Final = Tensor("other_key", "g", (D,))
SCALED: Final = Tensor("scaled_key", "y", (D,))
FACTOR: Final = Symbol("lambda", real=True)
LENGTH: Final = Symbol("rho", real=True)
ZERO: Final = Integer(0)
SCORE: Final = dot(S, H)
NOT_ZERO: Final = lt(ZERO, dot(S, S))

NOISE: Final = Tensor("noise", "w", (OMEGA, D))
SIGMA: Final = Symbol("sigma", real=True)
OUTPUT: Final = Tensor("output", "z", (OMEGA,))
MEAN: Final = Tensor("mean", "mean", ())
VARIANCE: Final = Tensor("variance", "variance", ())


def multiple(vector: Tensor, factor: Expr) -> Proposition:
    """``vector = factor · s``."""
    return Every((Index(R, D),), eq(vector[R], factor * S[R]))


WHITE: Final = (means(NOISE, R, D, ZERO), second_moments(NOISE, (R, F), D, SIGMA**2))
CENTRED: Final = (OUTPUT[O] - MEAN[()]) ** 2
DETECTOR: Final = (
    Equation(OUTPUT, (O,), total(H[R] * (S[R] + NOISE[O, R]), (R, D))),
    Equation(MEAN, (), mean(OUTPUT[O])),
    Equation(VARIANCE, (), mean(CENTRED)),
)
RATIO: Final = MEAN[()] ** 2 / VARIANCE[()]
BEST: Final = dot(S, S) / SIGMA**2

STATEMENT: Final = (
    Stated(
        "between_the_norms",
        "the score lies between minus and plus the product of the norms",
        Every(
            (Size(D), Array(S), Array(H)),
            Both((le(-norm(S) * norm(H), SCORE), le(SCORE, norm(S) * norm(H)))),
        ),
    ),
    Stated(
        "largest_exactly_when_parallel",
        "the score is the product of the norms exactly for a non-negative multiple of the query",
        Every(
            (Size(D), Array(S), Array(H)),
            If(
                NOT_ZERO,
                Iff(
                    eq(SCORE, norm(S) * norm(H)), Some((Number(FACTOR),), Both((le(ZERO, FACTOR), multiple(H, FACTOR))))
                ),
            ),
        ),
    ),
    Stated(
        "smallest_exactly_when_opposite",
        "the score is minus the product of the norms exactly for a multiple of the query that is not positive",
        Every(
            (Size(D), Array(S), Array(H)),
            If(
                NOT_ZERO,
                Iff(
                    eq(SCORE, -norm(S) * norm(H)),
                    Some((Number(FACTOR),), Both((le(FACTOR, ZERO), multiple(H, FACTOR)))),
                ),
            ),
        ),
    ),
    Stated(
        "attained_at_every_norm",
        "for every norm of the key there is a key with the largest score, and one with the smallest",
        Every(
            (Size(D), Array(S), Number(LENGTH)),
            If(
                Both((NOT_ZERO, le(ZERO, LENGTH))),
                Both(
                    tuple(
                        Some((Array(H),), Both((eq(norm(H), LENGTH), eq(SCORE, sign * norm(S) * LENGTH))))
                        for sign in (1, -1)
                    )
                ),
            ),
        ),
    ),
    Stated(
        "zero_exactly_when_orthogonal",
        "the score is 0 exactly where the squared norm of the sum is the sum of the squared norms (Pythagoras)",
        Every(
            (Size(D), Array(S), Array(H)),
            Iff(eq(SCORE, ZERO), eq(total((S[R] + H[R]) ** 2, (R, D)), dot(S, S) + dot(H, H))),
        ),
    ),
    Stated(
        "white_noise_exists",
        "in every width and for every deviation there is a white noise: features of mean 0, uncorrelated",
        Every((Size(D), Number(SIGMA)), Some((Space(OMEGA), Array(NOISE)), Both(WHITE))),
    ),
    Stated(
        "matched_filter",
        "no linear detector of the query in white noise has a larger signal-to-noise ratio than |s|²/σ², and only "
        "multiples of the query have it, whatever the law of the noise",
        Every(
            (Space(OMEGA), Size(D), Array(NOISE), Number(SIGMA), Array(S), Array(H)),
            If(
                Both((*WHITE, lt(ZERO, SIGMA), NOT_ZERO, lt(ZERO, dot(H, H)))),
                Where(
                    DETECTOR,
                    Both(
                        (
                            HasMean(mean(OUTPUT[O])),
                            HasMean(mean(CENTRED)),
                            le(RATIO, BEST),
                            Iff(eq(RATIO, BEST), Some((Number(FACTOR),), multiple(H, FACTOR))),
                        )
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "score_takes_the_factor_of_the_key",
        "a key that is scaled scales its score",
        Every(
            (Size(D), Array(S), Array(H), Number(FACTOR)),
            Where((Equation(SCALED, (R,), FACTOR * H[R]),), eq(dot(S, SCALED), FACTOR * SCORE)),
        ),
    ),
    Stated(
        "a_longer_key_can_score_higher",
        "in every width from 2 on there are a parallel key and one of a smaller cosine that has the larger score",
        Every(
            (Size(D, 2),),
            Some(
                (Array(S), Array(H), Array(OTHER)),
                Both(
                    (
                        *(lt(ZERO, dot(vector, vector)) for vector in (S, H, OTHER)),
                        lt(dot(S, OTHER) / (norm(S) * norm(OTHER)), dot(S, H) / (norm(S) * norm(H))),
                        eq(SCORE, norm(S) * norm(H)),
                        lt(SCORE, dot(S, OTHER)),
                    )
                ),
            ),
        ),
    ),
)

OUTSIDE: Final[tuple[str, ...]] = ()
