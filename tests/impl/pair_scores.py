"""Scores of pairs beside the examples of the documentation, each with a part of its own."""

from __future__ import annotations

from sympy import Integer, exp, sqrt

from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, D, F, I, J, R
from attnproof.derivations.language.piecewise import relu
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, SCORES, WEIGHT
from attnproof.derivations.language.tensors import KEY_SHARED as K
from attnproof.derivations.language.tensors import QUERY_SHARED as Q
from attnproof.derivations.scores.own import intermediate, parameter, score

TAU = parameter("bandwidth", "tau", positive=True)
SCALE = parameter("scale", "s_r", D)
GATE = parameter("gate", "g_w", D_Q)
APART, PRODUCT = intermediate("apart", "x", N_Q, N_K, D), intermediate("product", "s", N_Q, N_K)
OPEN = intermediate("gate_query", "g", N_Q)
LINEAR = total(Q[I, R] * K[J, R], (R, D))
SQUARES = total((Q[I, R] - K[J, R]) ** 2, (R, D))

gaussian = score("gaussian", [Q, K, TAU], [Equation(SCORES, (I, J), -SQUARES / (2 * TAU[()] ** 2))])
#: |q − k|, a map of units with a kink
laplace = score(
    "laplace",
    [Q, K, TAU],
    [
        Equation(APART, (I, J, R), Q[I, R] - K[J, R]),
        Equation(SCORES, (I, J), -total(relu(APART[I, J, R]) + relu(-APART[I, J, R]), (R, D)) / TAU[()]),
    ],
)
#: a matrix product and a feature of the query alone
gated = score(
    "gated",
    [QUERY, KEY, WEIGHT, GATE],
    [
        Equation(OPEN, (I,), 1 / (1 + exp(-total(GATE[R] * QUERY[I, R], (R, D_Q))))),
        Equation(
            SCORES,
            (I, J),
            OPEN[I] * total(total(QUERY[I, R] * WEIGHT[R, F], (R, D_Q)) * KEY[J, F], (F, D_K)),
        ),
    ],
)
#: a matrix product inside a function of the pair
bump = score(
    "bump",
    [Q, K],
    [Equation(PRODUCT, (I, J), LINEAR), Equation(SCORES, (I, J), PRODUCT[I, J] * exp(-(PRODUCT[I, J] ** 2) / D))],
)
#: a root of a sum over units with a parameter
distance = score(
    "distance",
    [Q, K, SCALE],
    [
        Equation(PRODUCT, (I, J), Integer(1) + total(SCALE[R] ** 2 * (Q[I, R] - K[J, R]) ** 2, (R, D))),
        Equation(SCORES, (I, J), -sqrt(PRODUCT[I, J])),
    ],
)
#: two sums over different features: a weight for every pair of features, which no kernel has
tensor = score(
    "tensor",
    [QUERY, KEY, WEIGHT],
    [Equation(SCORES, (I, J), total(exp(QUERY[I, R] * WEIGHT[R, F] * KEY[J, F]), (R, D_Q), (F, D_K)))],
)
