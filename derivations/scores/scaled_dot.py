"""Scaled dot score: ``e[i,j] = d^(-1/2) Σ_r q[i,r] k[j,r]``."""

from sympy import sqrt

from attnproof.derivations.language.notation import D, I, J, R
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES
from attnproof.derivations.scores.family import ScoreFamily

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
