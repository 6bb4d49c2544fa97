"""Cosine similarity with a temperature: e[i,j] = Σ_r q[i,r] k[j,r] / (τ |q_i| |k_j|)."""

from sympy import sqrt

from attnproof.derivations.language.notation import N_K, N_Q, D, I, J, R
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K
from attnproof.derivations.language.tensors import QUERY_SHARED as Q
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.scores.own import intermediate, parameter, score

TAU = parameter("temperature", "tau", positive=True)
LENGTH_Q, LENGTH_K = intermediate("query_length", "n", N_Q), intermediate("key_length", "m", N_K)
length_q = Equation(LENGTH_Q, (I,), sqrt(total(Q[I, R] ** 2, (R, D))))
length_k = Equation(LENGTH_K, (J,), sqrt(total(K[J, R] ** 2, (R, D))))
similarity = total(Q[I, R] * K[J, R], (R, D)) / (TAU[()] * LENGTH_Q[I] * LENGTH_K[J])
equations = [length_q, length_k, Equation(SCORES, (I, J), similarity)]
cosine = score("cosine", [Q, K, TAU], equations, domain="queries and keys that are not 0")
