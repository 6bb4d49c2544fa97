"""Dot score: ``e[i,j] = Σ_r q[i,r] k[j,r]``."""

from attnproof.derivations.language.notation import D, I, J, R
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES
from attnproof.derivations.scores.family import ScoreFamily

DOT = ScoreFamily(
    name="dot",
    title="dot score",
    system=System(
        "dot",
        (QUERY_SHARED, KEY_SHARED),
        (Equation(SCORES, (I, J), total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D))),),
        ("scores",),
    ),
    domain="real queries and keys of one width d",
    source="Luong, Pham, Manning 2015, Effective Approaches to Attention-based NMT, section 3.1 (dot)",
)
