"""A3, formally: softmax maximises expected score plus temperature times entropy; ligands that compete for a site."""

from __future__ import annotations

from typing import Final

from sympy import Integer, KroneckerDelta, Symbol, exp, log

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    If,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Slope,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
    where,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, T, softmax

K, M = index("k"), index("m")
TAU, SITE = Symbol("tau", real=True), Symbol("s", real=True)
P: Final = Tensor("distribution", "p", (N_K,))
SCALED: Final = Tensor("scaled", "x", (N_K,), "intermediate")
TEMPERED: Final = (Equation(SCALED, (M,), SCORES[M] / TAU), softmax(SCALED, ALPHA))

DISTRIBUTION: Final = Both((Every((Index(I, N_K),), le(Integer(0), P[I])), eq(total(P[I], (I, N_K)), Integer(1))))
OBJECTIVE: Final = total(P[I] * SCORES[I], (I, N_K)) + TAU * -total(P[I] * log(P[I]), (I, N_K))
VALUE: Final = TAU * log(total(exp(SCORES[I] / TAU), (I, N_K)))
DIVERGENCE: Final = total(P[I] * log(P[I] / ALPHA[I]), (I, N_K))
HIGHEST: Final = largest(SCORES[I], I, N_K)

AFFINITY, LOG_C = Tensor("affinity", "K", (N_K,)), Tensor("log_concentration", "y", (N_K,))
ACTIVITY: Final = Tensor("activity", "a", (N_K,), "intermediate")  # K_j c_j, with c_j = exp(y_j)
OCCUPANCY: Final = Tensor("occupancy", "theta", (N_K,), "intermediate")
BINDING: Final = (
    Equation(ACTIVITY, (J,), AFFINITY[J] * exp(LOG_C[J])),
    Equation(OCCUPANCY, (J,), ACTIVITY[J] / (1 + total(ACTIVITY[L], (L, N_K)))),
)
FITTED: Final = Every((Index(I, N_K),), eq(SCORES[I] / TAU, log(ACTIVITY[I])))


def at_temperature(body: Proposition, *others: Binder, given: tuple[Proposition, ...] = ()) -> Proposition:
    """``body`` at every temperature above 0, for all scores."""
    hypotheses = (lt(Integer(0), TAU), *given)
    hypothesis = Both(hypotheses) if given else hypotheses[0]
    return Every((Size(N_K), Array(SCORES), Number(TAU), *others), If(hypothesis, where(TEMPERED, body)))


def ligands(body: Proposition, *others: Binder, given: tuple[Proposition, ...] = ()) -> Proposition:
    """``body`` for ligands of any affinities above 0 at any concentrations above 0."""
    affine = Every((Index(I, N_K),), lt(Integer(0), AFFINITY[I]))
    hypothesis = Both((affine, *given)) if given else affine
    return Every((Size(N_K), Array(AFFINITY), Array(LOG_C), *others), If(hypothesis, Where(BINDING, body)))


def fitted(body: Proposition) -> Proposition:
    """``body`` where the scores over the temperature are the logarithms of the activities."""
    return ligands(
        If(FITTED, where(TEMPERED, body)),
        Array(SCORES),
        Number(TAU),
        Index(K, N_K),
        given=(lt(Integer(0), TAU),),
    )


ALL_ACTIVITIES: Final = total(AFFINITY[L] * exp(LOG_C[L] + T * KroneckerDelta(K, L)), (L, N_K))

STATEMENT: Final = (
    Stated(
        "falls_short_by_divergence",
        "expected score plus τ times entropy is τ log-sum-exp less τ times the divergence from softmax(e/τ)",
        at_temperature(eq(OBJECTIVE, VALUE - TAU * DIVERGENCE), Array(P), given=(DISTRIBUTION,)),
    ),
    Stated(
        "weights_are_a_distribution",
        "softmax(e/τ) is a distribution itself",
        at_temperature(
            Both((Every((Index(I, N_K),), lt(Integer(0), ALPHA[I])), eq(total(ALPHA[I], (I, N_K)), Integer(1))))
        ),
    ),
    Stated(
        "only_maximiser",
        "no distribution reaches more than τ log-sum-exp, and softmax(e/τ) alone reaches it",
        at_temperature(
            Both(
                (
                    le(OBJECTIVE, VALUE),
                    Iff(eq(OBJECTIVE, VALUE), Every((Index(I, N_K),), eq(P[I], ALPHA[I]))),
                )
            ),
            Array(P),
            given=(DISTRIBUTION,),
        ),
    ),
    Stated(
        "value_between",
        "that maximum lies between max e and max e + τ ln n",
        at_temperature(Both((le(HIGHEST, VALUE), le(VALUE, HIGHEST + TAU * log(N_K))))),
    ),
    Stated(
        "mass_action",
        "copies occupied by ligand k over all copies: the concentration s of empty ones cancels",
        ligands(
            eq(SITE * ACTIVITY[K] / (SITE + total(SITE * ACTIVITY[L], (L, N_K))), OCCUPANCY[K]),
            Number(SITE),
            Index(K, N_K),
            given=(lt(Integer(0), SITE),),
        ),
    ),
    Stated(
        "occupancy_is_a_derivative",
        "the occupancy is the derivative of the logarithm of the binding polynomial by ln c_k",
        ligands(Slope(log(1 + ALL_ACTIVITIES), T, Integer(0), OCCUPANCY[K]), Index(K, N_K)),
    ),
    Stated(
        "shares_of_occupied",
        "with e/τ = ln(K c) the weights are the shares of the ligands among the occupied copies",
        fitted(eq(OCCUPANCY[K] / total(OCCUPANCY[L], (L, N_K)), ALPHA[K])),
    ),
    Stated(
        "with_empty_site",
        "the occupancies are softmax weights with one more score, 0",
        fitted(eq(OCCUPANCY[K], exp(SCALED[K]) / (exp(Integer(0)) + total(exp(SCALED[L]), (L, N_K))))),
    ),
    Stated(
        "not_without_it",
        "and not without it",
        fitted(ne(OCCUPANCY[K], ALPHA[K])),
    ),
)

OUTSIDE: Final = ()
