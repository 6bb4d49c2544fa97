"""Evidence for B4: where a bias on the key projection changes nothing, and every case in which it does, enclosed away
from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.evidence.b3 import N_K, N_Q, D, inputs
from attnproof.verify.evidence.measuring.enclosed import BITS, different, exact, log_odds_moved, same, weights
from attnproof.verify.inputs.make import MULTIPLICATIVE
from attnproof.verify.options import Options
from attnproof.verify.oracle.named import Balls
from attnproof.verify.unit import Result

KEY_BIAS: Final = np.array([0.5, -0.25, 1.0, 0.75])
QUERY_BIAS: Final = np.array([0.25, 1.0, -0.5, 0.5])


def rows(options: Options) -> list[Result]:
    """The key bias, by score and normaliser; the query bias; the three biases inside tanh."""
    found: list[Result] = []
    for score in (name for name in options.scores):
        given = inputs(score, options)
        before, after = (
            weights(score, "B4", **given | {"key": key}) for key in (given["key"], given["key"] + KEY_BIAS)
        )
        if score in MULTIPLICATIVE:
            found.append(
                same("B4", f"key/{score}", "change of the weights by a bias on the key projection", "0", after, before)
            )
            found += query_bias(score, given)
        else:
            found.append(
                different(
                    "B4",
                    f"key/{score}",
                    "change of the weights by a bias on the key projection",
                    "not 0",
                    after,
                    before,
                )
            )
            found.append(inside_tanh(score, given))
    if "dot" in options.scores:
        found += boundary(inputs("dot", options))
    return found


def boundary(given: dict[str, Array]) -> list[Result]:
    """Dot scores: soft-cap, sink, sigmoid, rotary positions, normalised keys; each beside the plain softmax, which does
    not change.
    """
    moved = given | {"key": given["key"] + KEY_BIAS}
    layers: dict[str, Callable[[dict[str, Array]], Balls]] = {
        "softcap": lambda x: weights("dot", "B4", **x, softcap=np.array(1.0)),
        "sink": lambda x: _with_sink(_scores(x["query"], x["key"])),
        "sigmoid": lambda x: _each(_scores(x["query"], x["key"]), _sigmoid),
        "rotary": lambda x: _softmax(_rotary_scores(x["query"], x["key"])),
        "normalised": lambda x: _softmax(_normalised_scores(x["query"], x["key"])),
    }
    found = [
        different(
            "B4",
            f"boundary/{name}",
            f"dot scores, {name}: change of the weights by a bias on the key projection",
            "not 0",
            layer(moved),
            layer(given),
        )
        for name, layer in layers.items()
    ]
    plain = [_softmax(_scores(x["query"], x["key"])) for x in (given, moved)]
    found.append(same("B4", "boundary/none", "the same evaluation without any of them", "0", *plain))
    return found


def query_bias(score: str, given: dict[str, Array]) -> list[Result]:
    """The shift of the log-odds is ``c_qᵀ W (k_j − k_0)``; keys that differ across it only are not told apart by it."""
    matrix = given.get("weight", np.eye(D)) / (2.0 if score == "scaled_dot" else 1.0)  # √4
    direction = QUERY_BIAS @ matrix
    biased = given | {"query": given["query"] + QUERY_BIAS}
    moved = log_odds_moved(weights(score, "B4", **biased), weights(score, "B4", **given))
    shift = (given["key"] - given["key"][0]) @ direction  # multiples of 2^-7: exact in fp64
    rows_ = [
        same(
            "B4",
            f"query/{score}",
            "how far the log-odds are from having moved by the query bias's inner products",
            "Δ ln(α_j/α_0) − c_qᵀW(k_j − k_0) = 0",
            moved,
            exact(np.broadcast_to(shift, (N_Q, N_K))),
        ),
        different(
            "B4",
            f"query-changes/{score}",
            "change of the weights by a bias on the query projection",
            "not 0",
            weights(score, "B4", **biased),
            weights(score, "B4", **given),
        ),
    ]
    across = np.zeros((N_K, D))
    across[:, 0], across[:, 1] = direction[1] * np.arange(N_K), -direction[0] * np.arange(N_K)
    level = given | {"key": across}
    level_biased = level | {"query": biased["query"]}
    rows_.append(
        same(
            "B4",
            f"query-orthogonal/{score}",
            "keys whose differences are orthogonal to c_qᵀW: change of the weights by the query bias",
            "0",
            weights(score, "B4", **level_biased),
            weights(score, "B4", **level),
        )
    )
    return rows_


def inside_tanh(score: str, given: dict[str, Array]) -> Result:
    """Query bias and key bias together, against the one hidden bias ``W_s c_q + W_h c``."""
    both = given | {"query": given["query"] + QUERY_BIAS, "key": given["key"] + KEY_BIAS}
    if score == "additive":
        left, right = given["weight_query"], given["weight_key"]
    else:
        left, right = given["weight_concat"][:, :D], given["weight_concat"][:, D:]
    hidden = {"query": given["query"], "key": given["key"], "v": given["v"], "weight_query": left, "weight_key": right}
    hidden["bias_hidden"] = left @ QUERY_BIAS + right @ KEY_BIAS  # multiples of 1/16: exact
    return same(
        "B4",
        f"inside-tanh/{score}",
        "weights with a query and a key bias beside those with the hidden bias W_s c_q + W_h c",
        "the same",
        weights(score, "B4", **both),
        weights("additive", "B4", **hidden),
    )


def _scores(query: Array, key: Array) -> Balls:
    with ctx.workprec(BITS):
        return np.asarray(exact(query) @ exact(key).T)


def _each(scores: Balls, function: Callable[[arb], arb]) -> Balls:
    with ctx.workprec(BITS):
        return np.array([function(x) for x in np.ravel(scores)], dtype=object).reshape(scores.shape)


def _sigmoid(x: arb) -> arb:
    return 1 / (1 + (-x).exp())


def _softmax(scores: Balls) -> Balls:
    grown = _each(scores, arb.exp)
    with ctx.workprec(BITS):
        return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def _with_sink(scores: Balls) -> Balls:
    """One more term, ``e^0``, in the denominator."""
    grown = _each(scores, arb.exp)
    with ctx.workprec(BITS):
        return np.asarray(grown / (grown.sum(axis=1, keepdims=True) + arb(1)))


def _rotary_scores(query: Array, key: Array) -> Balls:
    """Pairs of components of the (biased) key at position j are turned by the angles j and j/100."""
    with ctx.workprec(BITS):
        turned = exact(key)
        for j, row in enumerate(key):
            for pair, angle in enumerate((arb(j), arb(j) / 100)):
                x, y = (arb(float(part)) for part in row[2 * pair : 2 * pair + 2])
                turned[j, 2 * pair] = x * angle.cos() - y * angle.sin()
                turned[j, 2 * pair + 1] = x * angle.sin() + y * angle.cos()
        return np.asarray(exact(query) @ turned.T)


def _normalised_scores(query: Array, key: Array) -> Balls:
    """Every (biased) key divided by its norm; none is 0."""
    with ctx.workprec(BITS):
        norms = np.array([arb(float(square)).sqrt() for square in (key**2).sum(axis=1)], dtype=object)
        return np.asarray((exact(query) @ exact(key).T) / norms)
