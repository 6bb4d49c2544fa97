"""T4, formally: what dividing by the root of the width does to the variance, over an expectation."""

from __future__ import annotations

from typing import Final

from sympy import sqrt

from attnproof.derivations.language.notation import D, R
from attnproof.derivations.propositions.proposition import Every, Index, Stated, eq
from attnproof.derivations.statements._expectation import O, mean, second_moments, variance
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
    for_vectors,
)

SCALED: Final = DOT / sqrt(D)

STATEMENT: Final = (
    Stated(
        "scaled_by_trace",
        "one mean 0: the trace of the product of the two second moments' matrices, over d",
        for_vectors((CENTRED,), eq(variance(SCALED), TRACE / D)),
    ),
    Stated(
        "kept_at_one",
        "1 for unit variances where the components of one vector are uncorrelated",
        for_vectors(
            (
                CENTRED,
                second_moments(Q, PAIR, D, ONE),
                Every((Index(R, D),), eq(mean(K[O, R] * K[O, R]), ONE)),
            ),
            eq(variance(SCALED), ONE),
        ),
    ),
    Stated(
        "with_means",
        "with means, components uncorrelated in both vectors",
        for_vectors(
            ALIKE,
            eq(variance(SCALED), SIGMA_Q**2 * SIGMA_K**2 + MU_K**2 * SIGMA_Q**2 + SIGMA_K**2 * MU_Q**2),
            *NUMBERS,
        ),
    ),
)

OUTSIDE: Final = (
    "The part shared by all keys and the part that moves the weights.",
    "Correlated pairs of query and key.",
    "The scale 1/d and gaps between mean scores.",
    "Continuous laws: the outcomes are finitely many.",
)
