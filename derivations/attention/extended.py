"""The attention layer with what people add to it today: a sink, a given dropout mask, the log-sum-exp as an output.

    x[i,j] = t[i,j],  x[i,n_k] = s                   (sink: one more place that takes weight and has no value; the
                                                      soft-cap applies to one that is a score: x[i,n_k] = κ tanh(s / κ))
    a[i,m] = exp(x[i,m]) / Σ_l exp(x[i,l])           (over n_k + 1 places; over the keys alone without a sink)
    α[i,j] = a[i,j]
    ℓ[i]   = log Σ_l exp(x[i,l])                     (log-sum-exp of the logits, with the sink's where there is one)
    δ[i,j] = α[i,j] D[i,j]                           (a given dropout mask with its factor 1/(1 − p); else δ = α)
    c[i,p] = Σ_j δ[i,j] V[j,p]

Soft-cap and bias come before, as in ``attnproof.derivations.attention.whole``. What only changes which keys are seen or
what is added to their scores — causal, sliding window, variable lengths, ALiBi — is a value of the bias; grouped and
multi-query heads are keys and values that broadcast over a batch axis of the queries. Rotary positions come before the
score (``attnproof.derivations.attention.rotary``).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sympy import Expr, exp, log, tanh

from attnproof.derivations.attention.rotary import rotary
from attnproof.derivations.language.notation import N_K, N_Q, I, J, L, P, Tensor, index
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import CONTEXT, LOGITS, SOFTCAP, VALUE, WEIGHTS
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.following import layer_of
from attnproof.derivations.scores.layer import LAYER
from attnproof.derivations.scores.own import family

FEATURES = ("rotary", "sink", "sink_score", "dropout", "lse")
M = index("m")
LAST = index("o")  # over the one place behind the keys
SINK = Tensor("sink", "s", (), "parameter")  # one for all, or one for each element of the batch: for each head
SINK_SCORE = Tensor("sink_score", "s", (), "parameter")
DROPOUT = Tensor("dropout", "D", (N_Q, N_K))
PLACES = Tensor("places", "x", (N_Q, N_K + 1), "intermediate")
SHARES = Tensor("shares", "a", (N_Q, N_K + 1), "intermediate")
LSE = Tensor("lse", "ell", (N_Q,), "intermediate")
KEPT = Tensor("kept", "delta", (N_Q, N_K), "intermediate")


def _softmax(logits: Tensor, at: Expr, count: Expr) -> Expr:
    return exp(logits[I, at]) / total(exp(logits[I, L]), (L, count))


def _sink(inputs: list[Tensor], *, capped: bool) -> Equation:
    """The place behind the keys; its input joins the others."""
    where = (I, N_K + LAST)
    if not capped:
        inputs.append(SINK)
        return Equation(PLACES, where, SINK[()])
    inputs.append(SINK_SCORE)
    score = SINK_SCORE[()]
    return Equation(PLACES, where, SOFTCAP[()] * tanh(score / SOFTCAP[()]), optional="softcap", otherwise=score)


@lru_cache(maxsize=64)
def _layer(features: frozenset[str]) -> System:
    equations = [equation for equation in LAYER.equations if equation.target not in (WEIGHTS, CONTEXT)]
    inputs, outputs = list(LAYER.inputs), ["weights", "context"]
    sinks = {"sink", "sink_score"} & features
    logits, count = (PLACES, N_K + 1) if sinks else (LOGITS, N_K)
    if sinks:
        equations += [
            Equation(PLACES, (I, J), LOGITS[I, J]),
            _sink(inputs, capped="sink_score" in sinks),
            Equation(SHARES, (I, M), _softmax(PLACES, M, count)),
            Equation(WEIGHTS, (I, J), SHARES[I, J]),
        ]
    else:
        equations.append(Equation(WEIGHTS, (I, J), _softmax(LOGITS, J, count)))
    if "lse" in features:
        equations.append(Equation(LSE, (I,), log(total(exp(logits[I, L]), (L, count)))))
        outputs.append("lse")
    weights = WEIGHTS
    if "dropout" in features:
        inputs.append(DROPOUT)
        equations.append(Equation(KEPT, (I, J), WEIGHTS[I, J] * DROPOUT[I, J]))
        weights = KEPT
    equations.append(Equation(CONTEXT, (I, P), total(weights[I, J] * VALUE[J, P], (J, N_K))))
    return System("layer", tuple(inputs), tuple(equations), tuple(outputs))


def extended(score: str | ScoreFamily, features: Collection[str] = ()) -> System:
    """A score (a family, or any name of one) followed by the layer with some of ``FEATURES``; soft-cap, bias … stay
    open options.

    Further inputs: ``sink`` or ``sink_score`` (), ``dropout`` (n_q, n_k), for ``rotary`` its four tables; further
    output: ``lse`` (n_q,). Raises KeyError for an unknown score, ValueError for an unknown feature, for both kinds of
    sink, and for rotary positions of a score without them.
    """
    found = family(score)
    unknown = sorted(set(features) - set(FEATURES))
    if unknown:
        raise ValueError(f"unknown feature {unknown[0]!r}; known features: {', '.join(FEATURES)}")
    if {"sink", "sink_score"} <= set(features):
        raise ValueError("a layer has one sink: expected 'sink' or 'sink_score', got both")
    scoring = rotary(FAMILIES.get(found.name, found)) if "rotary" in features else found.system
    return scoring.then(layer_of(found, _layer(frozenset(features) - {"rotary"})), name=found.name)
