"""Scaled dot score: ``e[i,j] = d^(-1/2) Σ_r q[i,r] k[j,r]``."""

from sympy import sqrt

from attnproof.derivations.notation import D, I, J, R
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.system import Equation, System, total
from attnproof.derivations.tensors import KEY_SHARED, QUERY_SHARED, SCORES

SCALED_DOT = ScoreFamily(
    name="scaled_dot",
    title="scaled dot score",
    system=System(
        "scaled_dot",
        (QUERY_SHARED, KEY_SHARED),
        (Equation(SCORES, (I, J), total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D)) / sqrt(D)),),
        ("scores",),
    ),
    domain="real queries and keys of one width d",
    source="Vaswani et al. 2017, Attention Is All You Need, equation 1",
)
