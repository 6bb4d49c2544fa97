"""A1, formally: softmax attention as Nadaraya-Watson regression, and what the Gaussian kernel needs."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Function, Rational, exp, log, sqrt

from attnproof.derivations.language.notation import D_V, N_K, D, I, J, L, P, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Every,
    If,
    Iff,
    Index,
    Map,
    Not,
    Size,
    Some,
    Stated,
    Where,
    eq,
)
from attnproof.derivations.statements._pieces import weights

Q: Final = Tensor("query", "q", (D,))
K: Final = Tensor("key", "k", (N_K, D))
V: Final = Tensor("value", "V", (N_K, D_V))
SOFTMAX: Final = Tensor("softmax_weights", "alpha", (N_K,))
REGRESSION: Final = Tensor("weights_of_the_kernel", "beta", (N_K,))
KERNEL: Final = Tensor("kernel", "kernel", (N_K,))
BANDWIDTH: Final = Tensor("bandwidth", "b", ())

OF_DIFFERENCE: Final = Function("g")
DIFFERENCE: Final = Tensor("difference", "u", (D,))
VALUES: Final = Tensor("values_of_the_kernel", "kappa", (N_K,))


def squares(j: Expr) -> Expr:
    """``|k_j|²``."""
    return total(K[j, R] ** 2, (R, D))


SCORE: Final = total(Q[R] * K[J, R], (R, D)) / sqrt(D)
GAUSSIAN: Final = -total((Q[R] - K[J, R]) ** 2, (R, D)) / (2 * BANDWIDTH[()] ** 2)
BIAS: Final = -squares(J) / (2 * sqrt(D))
WIDTH: Final = Equation(BANDWIDTH, (), D ** Rational(1, 4))
BOUND: Final[tuple[Binder, ...]] = (Size(N_K), Size(D), Array(Q), Array(K))


def shares(kernel: Expr) -> tuple[Equation, ...]:
    """The kernel of key j, and its share of the sum over all keys."""
    return (
        WIDTH,
        Equation(KERNEL, (J,), kernel),
        Equation(REGRESSION, (J,), KERNEL[J] / total(KERNEL[L], (L, N_K))),
    )


SAME_WEIGHTS: Final = Every((Index(J, N_K),), eq(REGRESSION[J], SOFTMAX[J]))

STATEMENT: Final = (
    Stated(
        "attention_is_the_regression",
        "attention is the regression of Nadaraya and Watson with the kernel exp(q·k/√d)",
        Every(
            (Size(N_K), Size(D), Size(D_V), Array(Q), Array(K), Array(V)),
            Where(
                (weights(SOFTMAX, SCORE), Equation(KERNEL, (J,), exp(SCORE))),
                Every(
                    (Index(P, D_V),),
                    eq(
                        total(SOFTMAX[J] * V[J, P], (J, N_K)),
                        total(KERNEL[J] * V[J, P], (J, N_K)) / total(KERNEL[J], (J, N_K)),
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "no_kernel_of_the_difference",
        "no kernel g(q − k_j) of the difference, whatever g is, has the weights of softmax for all queries and keys: "
        "neither for any number of keys from 2 on nor in any width",
        Every(
            (Size(N_K, 2), Size(D)),
            Not(
                Some(
                    (Map(OF_DIFFERENCE, length=D),),
                    Every(
                        (Array(Q), Array(K), Array(VALUES)),
                        If(
                            Every(
                                (Index(L, N_K),),
                                Where(
                                    (Equation(DIFFERENCE, (R,), Q[R] - K[L, R]),),
                                    eq(VALUES[L], OF_DIFFERENCE(DIFFERENCE.base)),
                                ),
                            ),
                            Where(
                                (weights(SOFTMAX, SCORE),),
                                Every((Index(J, N_K),), eq(SOFTMAX[J], VALUES[J] / total(VALUES[L], (L, N_K)))),
                            ),
                        ),
                    ),
                )
            ),
        ),
    ),
    Stated(
        "gaussian_is_attention_with_a_bias",
        "the Gaussian kernel of bandwidth d^(1/4) has the weights of softmax with the bias −|k_j|²/(2√d) on key j",
        Every(BOUND, Where((weights(SOFTMAX, SCORE + BIAS), *shares(exp(GAUSSIAN))), SAME_WEIGHTS)),
    ),
    Stated(
        "attention_is_a_corrected_gaussian",
        "softmax has the weights of the Gaussian kernel with each key's multiplied by exp(|k_j|²/(2√d))",
        Every(BOUND, Where((weights(SOFTMAX, SCORE), *shares(exp(GAUSSIAN) * exp(-BIAS))), SAME_WEIGHTS)),
    ),
    Stated(
        "log_odds_differ_by_the_norms",
        "the log-odds of two keys under the Gaussian kernel and under softmax differ by (|k_j|² − |k_i|²)/(2√d)",
        Every(
            BOUND,
            Where(
                (weights(SOFTMAX, SCORE), *shares(exp(GAUSSIAN))),
                Every(
                    (Index(I, N_K), Index(J, N_K)),
                    eq(
                        log(REGRESSION[I] / REGRESSION[J]) - log(SOFTMAX[I] / SOFTMAX[J]),
                        (squares(J) - squares(I)) / (2 * sqrt(D)),
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "same_weights_exactly_for_equal_norms",
        "the Gaussian kernel has the weights of softmax exactly when all keys have the same norm",
        Every(
            BOUND,
            Where(
                (weights(SOFTMAX, SCORE), *shares(exp(GAUSSIAN))),
                Iff(SAME_WEIGHTS, Every((Index(I, N_K), Index(J, N_K)), eq(squares(I), squares(J)))),
            ),
        ),
    ),
)

OUTSIDE: Final[tuple[str, ...]] = ()
