"""Bilinear ("general") score: ``e[i,j] = Σ_r Σ_f q[i,r] W[r,f] k[j,f]``."""

from attnproof.derivations.language.notation import D_K, D_Q, F, I, J, R
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY, QUERY, SCORES, WEIGHT
from attnproof.derivations.scores.family import ScoreFamily

BILINEAR = ScoreFamily(
    name="bilinear",
    title="bilinear score",
    system=System(
        "bilinear",
        (QUERY, KEY, WEIGHT),
        (Equation(SCORES, (I, J), total(QUERY[I, R] * WEIGHT[R, F] * KEY[J, F], (R, D_Q), (F, D_K))),),
        ("scores",),
    ),
    domain="real queries and keys, widths may differ",
    source="Luong, Pham, Manning 2015, Effective Approaches to Attention-based NMT, section 3.1 (general)",
)
