"""A6, formally: what normalisation and a soft-cap bound, at every width."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Symbol, sqrt, tanh

from attnproof.derivations.language.notation import D_K, D_Q, D, F, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import WEIGHT
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._normalised import (
    EPSILON,
    GAIN_K,
    GAIN_Q,
    K_HAT,
    OFFSET_K,
    OFFSET_Q,
    Q_HAT,
    ZERO,
    K,
    Q,
    dot,
    layer,
    norm,
    positive_roots,
    squares,
    with_offset,
)

ROW: Final = Tensor("row", "q", (D_Q,))
COLUMN: Final = Tensor("column", "k", (D_K,))
COSINE: Final = Tensor("cosine", "c", (D,))
SINE: Final = Tensor("sine", "s", (D,))
GAIN: Final = Symbol("g", real=True)
LARGEST_Q: Final = Symbol("G_q", real=True)
LARGEST_K: Final = Symbol("G_k", real=True)
PRODUCT: Final = Symbol("G", real=True)
SCORE: Final = Symbol("e", real=True)
CAP: Final = Symbol("kappa", real=True)
LEVEL: Final = Symbol("M", real=True)
BIAS: Final = Symbol("b", real=True)


def gains_within(centre: bool, scaled: bool) -> Proposition:
    """``|q̂·k̂| ≤ d G``; for the score divided by ``√d`` it is ``√d G``."""
    bound = Every((Index(R, D),), le(Abs(GAIN_Q[R] * GAIN_K[R]), PRODUCT))
    score = dot(Q_HAT, K_HAT)
    conclusion = le(Abs(score / sqrt(D)), sqrt(D) * PRODUCT) if scaled else le(Abs(score), D * PRODUCT)
    return Every(
        (Size(D), Array(Q), Array(K), Array(GAIN_Q), Array(GAIN_K), Number(PRODUCT), Number(EPSILON)),
        If(positive_roots(centre), If(bound, Where(layer(centre, GAIN_Q[R], GAIN_K[R]), conclusion))),
    )


def offset_within(centre: bool) -> Proposition:
    """``|q̂| ≤ √d max|γ| + |β|``, and the score is at most the product of two such bounds."""
    bounds = Both(
        (
            Every((Index(R, D),), le(Abs(GAIN_Q[R]), LARGEST_Q)),
            Every((Index(R, D),), le(Abs(GAIN_K[R]), LARGEST_K)),
        )
    )
    query, key = sqrt(D) * LARGEST_Q + norm(OFFSET_Q), sqrt(D) * LARGEST_K + norm(OFFSET_K)
    return Every(
        (
            *(Size(D), Array(Q), Array(K), Array(GAIN_Q), Array(GAIN_K), Array(OFFSET_Q), Array(OFFSET_K)),
            *(Number(LARGEST_Q), Number(LARGEST_K), Number(EPSILON)),
        ),
        If(
            positive_roots(centre),
            If(
                bounds,
                Where(
                    with_offset(layer(centre, GAIN_Q[R], GAIN_K[R])),
                    Both((le(norm(Q_HAT), query), le(Abs(dot(Q_HAT, K_HAT)), query * key))),
                ),
            ),
        ),
    )


L2: Final = (
    Equation(Q_HAT, (R,), Q[R] / sqrt(squares(Q) + EPSILON)),
    Equation(K_HAT, (R,), K[R] / sqrt(squares(K) + EPSILON)),
)
UNIT: Final = Integer(1)

STATEMENT: Final = (
    Stated(
        "l2_score_at_most_gain",
        "L2 normalisation: the score is at most the gain",
        Every(
            (Size(D), Array(Q), Array(K), Number(GAIN), Number(EPSILON)),
            If(
                Both((le(ZERO, EPSILON), lt(ZERO, squares(Q) + EPSILON), lt(ZERO, squares(K) + EPSILON))),
                Where(L2, le(Abs(GAIN * dot(Q_HAT, K_HAT)), Abs(GAIN))),
            ),
        ),
    ),
    Stated(
        "l2_score_below_gain",
        "and below it for a positive epsilon and a gain that is not 0",
        Every(
            (Size(D), Array(Q), Array(K), Number(GAIN), Number(EPSILON)),
            If(
                Both((lt(ZERO, EPSILON), ne(GAIN, ZERO))),
                Where(L2, lt(Abs(GAIN * dot(Q_HAT, K_HAT)), Abs(GAIN))),
            ),
        ),
    ),
    Stated("rms_score_at_most_width", "RMS normalisation: at most d G", gains_within(False, False)),
    Stated("layer_score_at_most_width", "layer normalisation: at most d G", gains_within(True, False)),
    Stated("rms_scaled_at_most_root", "RMS, divided by the root of d: at most sqrt d G", gains_within(False, True)),
    Stated("layer_scaled_at_most_root", "layer, divided by the root of d: at most sqrt d G", gains_within(True, True)),
    Stated(
        "rms_attained",
        "RMS without epsilon, gains 1, query and key equal: d is attained",
        Every(
            (Size(D), Array(Q), Array(K)),
            If(
                Both((lt(ZERO, squares(Q)), Every((Index(R, D),), eq(K[R], Q[R])))),
                Where(layer(False, UNIT, UNIT, ZERO), eq(dot(Q_HAT, K_HAT), D)),
            ),
        ),
    ),
    Stated(
        "root_exceeded_without_scale",
        "so the root of d is exceeded by the score that is not divided by it, at every width of 2 and more",
        Every(
            (Size(D, 2),),
            Some(
                (Array(Q), Array(K)),
                Both(
                    (
                        lt(ZERO, squares(Q)),
                        lt(ZERO, squares(K)),
                        Where(layer(False, UNIT, UNIT, ZERO), lt(sqrt(D), dot(Q_HAT, K_HAT))),
                    )
                ),
            ),
        ),
    ),
    Stated("rms_offset_adds_norm", "RMS: an offset adds its norm", offset_within(False)),
    Stated("layer_offset_adds_norm", "layer: an offset adds its norm", offset_within(True)),
    Stated(
        "offset_exceeds_bound",
        "the bound without the offset can be exceeded: gains 1, layer normalisation",
        Some(
            (Size(D), Array(Q), Array(K), Array(OFFSET_Q), Array(OFFSET_K)),
            Both(
                (
                    lt(ZERO, squares(Q, total(Q[R], (R, D)) / D)),
                    lt(ZERO, squares(K, total(K[R], (R, D)) / D)),
                    Where(
                        with_offset(layer(True, UNIT, UNIT, ZERO)),
                        Both((lt(D, dot(Q_HAT, K_HAT)), lt(sqrt(D), dot(Q_HAT, K_HAT) / sqrt(D)))),
                    ),
                )
            ),
        ),
    ),
    Stated(
        "bilinear_within_frobenius",
        "a bilinear score: at most the Frobenius norm times the two lengths",
        Every(
            (Size(D_Q), Size(D_K), Array(WEIGHT), Array(ROW), Array(COLUMN)),
            le(
                Abs(total(ROW[R] * WEIGHT[R, F] * COLUMN[F], (R, D_Q), (F, D_K))),
                sqrt(total(WEIGHT[R, F] ** 2, (R, D_Q), (F, D_K)))
                * sqrt(total(ROW[R] ** 2, (R, D_Q)))
                * sqrt(total(COLUMN[F] ** 2, (F, D_K))),
            ),
        ),
    ),
    Stated(
        "bilinear_unbounded_without_matrix",
        "and only together with its matrix: vectors of length 1 give every score",
        Every(
            (Size(D_Q), Size(D_K), Number(LEVEL)),
            Some(
                (Array(WEIGHT), Array(ROW), Array(COLUMN)),
                Both(
                    (
                        eq(total(ROW[R] ** 2, (R, D_Q)), UNIT),
                        eq(total(COLUMN[F] ** 2, (F, D_K)), UNIT),
                        eq(total(ROW[R] * WEIGHT[R, F] * COLUMN[F], (R, D_Q), (F, D_K)), LEVEL),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "rotation_keeps_norm",
        "a rotation of pairs of components keeps the norm",
        Every(
            (Size(D), Array(Q), Array(K), Array(COSINE), Array(SINE)),
            If(
                Every((Index(R, D),), eq(COSINE[R] ** 2 + SINE[R] ** 2, UNIT)),
                eq(
                    total((COSINE[R] * Q[R] - SINE[R] * K[R]) ** 2, (R, D))
                    + total((SINE[R] * Q[R] + COSINE[R] * K[R]) ** 2, (R, D)),
                    total(Q[R] ** 2, (R, D)) + total(K[R] ** 2, (R, D)),
                ),
            ),
        ),
    ),
    Stated(
        "capped_below_cap",
        "a soft-cap: below the cap for every score",
        Every((Number(CAP), Number(SCORE)), If(lt(ZERO, CAP), lt(Abs(CAP * tanh(SCORE / CAP)), CAP))),
    ),
    Stated(
        "bias_after_cap_unbounded",
        "a bias added after the cap is not bounded by it",
        Every(
            (Number(CAP), Number(SCORE), Number(LEVEL)),
            If(lt(ZERO, CAP), Some((Number(BIAS),), lt(LEVEL, CAP * tanh(SCORE / CAP) + BIAS))),
        ),
    ),
)

OUTSIDE: Final = ()
