"""Additive score divided by the root of its width: e[i,j] = d_a^(-1/2) Σ_a v[a] tanh(z[i,j,a])."""

from sympy import sqrt, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, I, J, R
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, QUERY, SCORES, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.scores.own import score

hidden = total(WEIGHT_QUERY[A, R] * QUERY[I, R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * KEY[J, F], (F, D_K))
scores = total(V_HIDDEN[A] * tanh(PREACTIVATION[I, J, A]), (A, D_A)) / sqrt(D_A)
scaled_additive = score(
    "scaled_additive",
    [QUERY, KEY, WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN],
    [Equation(PREACTIVATION, (I, J, A), hidden), Equation(SCORES, (I, J), scores)],
)
