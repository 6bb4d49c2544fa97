"""Luong's concat score: ``z[i,j,a] = Σ_m W[a,m] [q_i; k_j]_m``, ``e[i,j] = Σ_a v[a] tanh(z[i,j,a])``.

The concatenation is written by blocks: columns ``0 .. d_q - 1`` of ``W`` meet the query, columns
``d_q .. d_q + d_k - 1`` the key.
"""

from sympy import tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, I, J, R
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, QUERY, SCORES, V_HIDDEN, WEIGHT_CONCAT
from attnproof.derivations.scores.family import ScoreFamily

CONCAT = ScoreFamily(
    name="concat",
    title="concat score",
    system=System(
        "concat",
        (QUERY, KEY, WEIGHT_CONCAT, V_HIDDEN),
        (
            Equation(
                PREACTIVATION,
                (I, J, A),
                total(WEIGHT_CONCAT[A, R] * QUERY[I, R], (R, D_Q))
                + total(WEIGHT_CONCAT[A, D_Q + F] * KEY[J, F], (F, D_K)),
            ),
            Equation(SCORES, (I, J), total(V_HIDDEN[A] * tanh(PREACTIVATION[I, J, A]), (A, D_A))),
        ),
        ("scores",),
    ),
    domain="real queries and keys, widths may differ",
    source="Luong, Pham, Manning 2015, Effective Approaches to Attention-based NMT, section 3.1 (concat)",
)
