"""Cosine similarity with a temperature: e[i,j] = Σ_r q[i,r] k[j,r] / (τ |q_i| |k_j|)."""

from sympy import sqrt

from derivations.notation import D, I, J, R
from derivations.own import parameter, score
from derivations.system import Equation, total
from derivations.tensors import KEY_SHARED as K
from derivations.tensors import QUERY_SHARED as Q
from derivations.tensors import SCORES

TAU = parameter("temperature", "tau", positive=True)
norms = sqrt(total(Q[I, R] ** 2, (R, D))) * sqrt(total(K[J, R] ** 2, (R, D)))
similarity = total(Q[I, R] * K[J, R], (R, D)) / (TAU[()] * norms)
cosine = score("cosine", [Q, K, TAU], [Equation(SCORES, (I, J), similarity)])
