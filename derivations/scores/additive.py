"""Additive score: ``z[i,j,a] = Σ_r W_s[a,r] q[i,r] + Σ_f W_h[a,f] k[j,f] + b[a]``, ``e = Σ_a v[a] tanh(z[·,·,a])``."""

from sympy import tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, I, J, R
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import (
    BIAS_HIDDEN,
    KEY,
    PREACTIVATION,
    QUERY,
    SCORES,
    V_HIDDEN,
    WEIGHT_KEY,
    WEIGHT_QUERY,
)
from attnproof.derivations.scores.family import ScoreFamily

_PROJECTIONS = total(WEIGHT_QUERY[A, R] * QUERY[I, R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * KEY[J, F], (F, D_K))

ADDITIVE = ScoreFamily(
    name="additive",
    title="additive score",
    system=System(
        "additive",
        (QUERY, KEY, WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN, BIAS_HIDDEN),
        (
            Equation(
                PREACTIVATION, (I, J, A), _PROJECTIONS + BIAS_HIDDEN[A], optional="bias_hidden", otherwise=_PROJECTIONS
            ),
            Equation(SCORES, (I, J), total(V_HIDDEN[A] * tanh(PREACTIVATION[I, J, A]), (A, D_A))),
        ),
        ("scores",),
    ),
    domain="real queries and keys, widths may differ; the bias inside tanh is optional",
    source="Bahdanau, Cho, Bengio 2015, Neural Machine Translation by Jointly Learning to Align and Translate, A.1.2",
)
