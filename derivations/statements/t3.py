"""T3, formally: mean and variance of a dot product of two independent vectors, over an expectation."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.language.notation import D, R, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    eq,
)
from attnproof.derivations.statements._expectation import (
    ONE_IS_ONE,
    OUTCOMES,
    SPACE,
    O,
    independent,
    mean,
    means,
    second_moments,
    variance,
)

Q: Final = Tensor("query", "q", (OUTCOMES, D))
K: Final = Tensor("key", "k", (OUTCOMES, D))
S: Final = index("s")
MU_Q, MU_K, SIGMA_Q, SIGMA_K = (Symbol(letter, real=True) for letter in ("mu_q", "mu_k", "sigma_q", "sigma_k"))
DOT: Final = total(Q[O, R] * K[O, R], (R, D))
TRACE: Final = total(mean(Q[O, R] * Q[O, S]) * mean(K[O, R] * K[O, S]), (R, D), (S, D))
ZERO, ONE = Integer(0), Integer(1)
PAIR: Final = (R, S)
NUMBERS: Final = (MU_Q, MU_K, SIGMA_Q, SIGMA_K)


def for_vectors(given: tuple[Proposition, ...], says: Proposition, *numbers: Symbol, least: int = 1) -> Proposition:
    """For two independent vectors."""
    hypotheses = Both((ONE_IS_ONE, independent(Q, K, PAIR, D), *given))
    return Every((*SPACE, Size(D, least), Array(Q), Array(K), *map(Number, numbers)), If(hypotheses, says))


def length(x: Tensor, squared: Expr) -> Proposition:
    """``|x|²`` is the same for every outcome."""
    return Every((Index(O, OUTCOMES),), eq(total(x[O, R] ** 2, (R, D)), squared))


ALIKE: Final = (
    means(Q, R, D, MU_Q),
    means(K, R, D, MU_K),
    second_moments(Q, PAIR, D, SIGMA_Q**2 + MU_Q**2, MU_Q**2),
    second_moments(K, PAIR, D, SIGMA_K**2 + MU_K**2, MU_K**2),
)
CENTRED: Final = means(Q, R, D, ZERO)

STATEMENT: Final = (
    Stated(
        "mean_of_dot",
        "the mean is d times the product of the components' means",
        for_vectors(ALIKE[:2], eq(mean(DOT), D * MU_Q * MU_K), MU_Q, MU_K),
    ),
    Stated(
        "variance_of_dot",
        "and the variance is proportional to d: uncorrelated components, alike in each vector",
        for_vectors(
            ALIKE,
            eq(
                variance(DOT),
                D * ((SIGMA_Q**2 + MU_Q**2) * (SIGMA_K**2 + MU_K**2) - MU_Q**2 * MU_K**2),
            ),
            *NUMBERS,
        ),
    ),
    Stated(
        "variance_by_trace",
        "one mean 0: the variance is the trace of the product of the two second moments' matrices",
        for_vectors((CENTRED,), eq(variance(DOT), TRACE)),
    ),
    Stated(
        "unit_vectors",
        "unit length, one direction isotropic: 1/d",
        for_vectors((CENTRED, second_moments(Q, PAIR, D, 1 / D), length(K, ONE)), eq(variance(DOT), 1 / D)),
    ),
    Stated(
        "layer_normalised",
        "layer-normalised, one direction isotropic among those of mean 0: d^2/(d - 1)",
        for_vectors(
            (
                CENTRED,
                second_moments(Q, PAIR, D, ONE, -1 / (D - 1)),
                length(K, D),
                Every((Index(O, OUTCOMES),), eq(total(K[O, R], (R, D)), ZERO)),
            ),
            eq(variance(DOT), D**2 / (D - 1)),
            least=2,
        ),
    ),
)

OUTSIDE: Final = (
    "Cumulants above the second, which of them exist, and how they grow.",
    "The named laws of the components and the law of the normal dot product.",
    "Continuous laws: the outcomes are finitely many, and of independence the factors of the moments are used.",
)
