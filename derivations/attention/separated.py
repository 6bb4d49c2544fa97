"""Additive scores from one exponential for each unit of a query and of a key: ``tanh(a + b) = 1 − 2/(1 + AB)``."""

from __future__ import annotations

from sympy import exp

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, F, I, J, R, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY, QUERY, SCORES, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.scores import FAMILIES

DIRECT = FAMILIES["additive"].system.resolve()
EXP_QUERY = Tensor("exp_query", "A", (N_Q, D_A), "intermediate")
EXP_KEY = Tensor("exp_key", "B", (N_K, D_A), "intermediate")
FRACTION = 1 / (1 + EXP_QUERY[I, A] * EXP_KEY[J, A])
SEPARATED = System(
    "separated",
    DIRECT.inputs,
    (
        Equation(EXP_QUERY, (I, A), exp(2 * total(WEIGHT_QUERY[A, R] * QUERY[I, R], (R, D_Q)))),
        Equation(EXP_KEY, (J, A), exp(2 * total(WEIGHT_KEY[A, F] * KEY[J, F], (F, D_K)))),
        Equation(SCORES, (I, J), total(V_HIDDEN[A] * (1 - 2 * FRACTION), (A, D_A))),
    ),
    ("scores",),
)
