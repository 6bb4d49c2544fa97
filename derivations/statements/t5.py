"""T5, formally: variance of the bilinear score with random weights and of the additive score, over an expectation."""

from __future__ import annotations

from typing import Final

from sympy import Integer, KroneckerDelta, Symbol, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, R, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import Array, Both, Every, If, Index, Number, Size, Stated, eq, le
from attnproof.derivations.statements._expectation import ONE_IS_ONE, OUTCOMES, SPACE, WEIGHTS, O, mean, variance

W: Final = Tensor("weight", "W", (OUTCOMES, D_Q, D_K))
Q: Final = Tensor("query", "q", (D_Q,))
K: Final = Tensor("key", "k", (D_K,))
V: Final = Tensor("v", "v", (D_A,))
Z: Final = Tensor("preactivation", "z", (OUTCOMES, D_A))
S, G, B = map(index, "sgb")
SIGMA, SECOND = Symbol("sigma", real=True), Symbol("T_2", real=True)
ZERO, ONE = Integer(0), Integer(1)
BILINEAR: Final = total(Q[R] * W[O, R, F] * K[F], (R, D_Q), (F, D_K))
ADDITIVE: Final = total(V[A] * tanh(Z[O, A]), (A, D_A))
UNCORRELATED: Final = Every(
    (Index(R, D_Q), Index(F, D_K), Index(S, D_Q), Index(G, D_K)),
    eq(mean(W[O, R, F] * W[O, S, G]), SIGMA**2 * KroneckerDelta(R, S) * KroneckerDelta(F, G)),
)

STATEMENT: Final = (
    Stated(
        "bilinear_random_weights",
        "bilinear, query and key fixed, weights uncorrelated with mean 0 and one variance",
        Every(
            (*SPACE, Size(D_Q), Size(D_K), Array(W), Array(Q), Array(K), Number(SIGMA)),
            If(
                Both(
                    (
                        ONE_IS_ONE,
                        Every((Index(R, D_Q), Index(F, D_K)), eq(mean(W[O, R, F]), ZERO)),
                        UNCORRELATED,
                    )
                ),
                eq(variance(BILINEAR), SIGMA**2 * total(Q[R] ** 2, (R, D_Q)) * total(K[F] ** 2, (F, D_K))),
            ),
        ),
    ),
    Stated(
        "additive_fixed_v",
        "additive, v fixed: units of mean 0 and one second moment, uncorrelated",
        Every(
            (*SPACE, Size(D_A), Array(Z), Array(V), Number(SECOND)),
            If(
                Both(
                    (
                        ONE_IS_ONE,
                        Every((Index(A, D_A),), eq(mean(tanh(Z[O, A])), ZERO)),
                        Every(
                            (Index(A, D_A), Index(B, D_A)),
                            eq(mean(tanh(Z[O, A]) * tanh(Z[O, B])), SECOND * KroneckerDelta(A, B)),
                        ),
                    )
                ),
                eq(variance(ADDITIVE), SECOND * total(V[A] ** 2, (A, D_A))),
            ),
        ),
    ),
    Stated(
        "second_moment_of_tanh",
        "which is at most the second moment of the pre-activation, and at most 1",
        Every(
            (*SPACE, Size(D_A), Array(Z), Index(A, D_A)),
            If(
                Both((ONE_IS_ONE, Every((Index(O, OUTCOMES),), le(ZERO, WEIGHTS[O])))),
                Both(
                    (
                        le(mean(tanh(Z[O, A]) ** 2), mean(Z[O, A] ** 2)),
                        le(mean(tanh(Z[O, A]) ** 2), ONE),
                    )
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = (
    "Random queries, keys or v, a fixed W, and shared parts.",
    "Normal pre-activations: T_2 as an integral, and Mehler's series.",
    "Continuous laws: the outcomes are finitely many.",
)
