"""The attention layer that follows any score: soft-cap, additive bias or mask, softmax, context.

    u[i,j] = κ tanh(e[i,j] / κ)                      (optional soft-cap κ > 0; u = e without it)
    t[i,j] = u[i,j] + B[i,j]                         (optional bias; −∞ masks key j for query i; t = u without it)
    α[i,j] = exp(t[i,j]) / Σ_l exp(t[i,l])
    c[i,p] = Σ_j α[i,j] V[j,p]

A row whose keys are all masked has no softmax; every implementation here declares 0 for its weights and context.
"""

from __future__ import annotations

from sympy import exp, tanh

from attnproof.derivations.language.notation import N_K, I, J, L, P
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import BIAS, CAPPED, CONTEXT, LOGITS, SCORES, SOFTCAP, VALUE, WEIGHTS

LAYER = System(
    "layer",
    (SCORES, SOFTCAP, BIAS, VALUE),
    (
        Equation(
            CAPPED, (I, J), SOFTCAP[()] * tanh(SCORES[I, J] / SOFTCAP[()]), optional="softcap", otherwise=SCORES[I, J]
        ),
        Equation(LOGITS, (I, J), CAPPED[I, J] + BIAS[I, J], optional="bias", otherwise=CAPPED[I, J]),
        Equation(WEIGHTS, (I, J), exp(LOGITS[I, J]) / total(exp(LOGITS[I, L]), (L, N_K))),
        Equation(CONTEXT, (I, P), total(WEIGHTS[I, J] * VALUE[J, P], (J, N_K))),
    ),
    ("weights", "context"),
)
