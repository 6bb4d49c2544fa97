"""What a projection bias does to the weights of one head, its input given (claim B4).

A key bias c adds q_i·c/√d to every score of row i: the weights stay. A query bias c adds c·k_j/√d to the score of key j
in every row: the log-odds of keys j and l move by exactly c·(k_j - k_l)/√d. For every head four rows, each taking the
trained queries and keys as given numbers, so that all bounds are a-priori bounds on the few operations in between:

    ``key bias removed``, ``key bias random``      largest change of any weight: 0, within the bound
    ``query bias removed``, ``query bias random``  the new weights against α_j exp(c·k_j/√d), normalised, within the
                                                   bound

"Random" is a random vector as long as the layer's trained query bias in place of the bias.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attnproof.impl.reference import numpy_attention
from attnproof.verify.rows.tables import ModelBiasInvarianceRow
from attnproof.verify.tables.model.files import HEAD_WIDTH, HEADS
from attnproof.verify.tables.model.forward import Head
from attnproof.verify.tables.model.row import row, within_bound

Array = NDArray[Any]

U: Final = 2.0**-53
FUNCTION: Final = 8  # exp: 4 ulp, at most 8 u


def rows(
    layer: int, sentences: Sequence[Head], query_bias: Array, key_bias: Array, random: Array
) -> list[ModelBiasInvarianceRow]:
    """Four rows for each head of a layer. query_bias, key_bias: trained; random: as long as query_bias; all (384,)."""
    found: list[ModelBiasInvarianceRow] = []
    for side, trained in (("key", key_bias), ("query", query_bias)):
        for name, replacement in (("removed", np.zeros_like(trained)), ("random", random)):
            change = (replacement - trained).reshape(HEADS, 1, HEAD_WIDTH)
            compared = [(_key if side == "key" else _query)(sentence, change) for sentence in sentences]
            for head in range(HEADS):
                place = {
                    "layer": layer,
                    "head": head,
                    "intervention": f"{side} bias {name}",
                    "quantity": "weights",
                    "bias_norm": float(np.linalg.norm(trained.reshape(HEADS, HEAD_WIDTH)[head])),
                    "change_norm": float(np.linalg.norm(change[head])),
                }
                found.append(_row(place, side, [tuple(part[head] for part in parts) for parts in compared]))
    return found


def _row(
    place: dict[str, Any], side: str, compared: Sequence[tuple[Array, Array, Array, Array]]
) -> ModelBiasInvarianceRow:
    """compared: for each sentence the old weights, the expected new ones, the new ones, and the bound, each (n, n)."""
    ratios = [np.max(np.abs(new - expected) / bound) for _, expected, new, bound in compared]
    worst = int(np.argmax(ratios))
    old, expected, new, bound = compared[worst]
    at = np.unravel_index(np.argmax(np.abs(new - expected) / bound), bound.shape)
    largest = max(float(np.max(np.abs(new - old))) for old, _, new, _ in compared)
    columns = within_bound(float(expected[at] - old[at]), float(new[at] - old[at]), float(bound[at]))
    theory = "α' = α: the key bias drops out" if side == "key" else "α'_j ∝ α_j exp(c·k_j/√d), c the change of the bias"
    prediction = "unchanged" if side == "key" else "log-odds of keys j, l move by c·(k_j - k_l)/√d"
    name = f"layer={place['layer']}/head={place['head']}/{place['intervention']}"
    extra = {"prediction": prediction, "largest_change": largest, "error_over_bound": float(ratios[worst])}
    return row(ModelBiasInvarianceRow, name, theory=theory, **place, **extra, **columns)


def _key(head: Head, change: Array) -> tuple[Array, Array, Array, Array]:
    """Expected: the old weights. Either score errs by (d + 4) u (|q||k|)/√d, the new one also by rounding k + c."""
    keys = head.key + change
    new = _weights(head.query, keys, head.value)
    size = np.abs(head.query) @ (np.abs(head.key) + np.abs(keys)).swapaxes(-1, -2) / math.sqrt(HEAD_WIDTH)
    error = U * (HEAD_WIDTH + 5) * size
    return head.weights, head.weights, new, _bound(new, head.scores, error)


def _query(head: Head, change: Array) -> tuple[Array, Array, Array, Array]:
    """Expected: softmax of the old scores plus c·k_j/√d. Terms of the error as above, and one more addition."""
    queries = head.query + change
    new = _weights(queries, head.key, head.value)
    shift = change @ head.key.swapaxes(-1, -2) / math.sqrt(HEAD_WIDTH)
    moved = head.scores + shift
    grown = np.exp(moved - moved.max(axis=-1, keepdims=True))
    expected = grown / grown.sum(axis=-1, keepdims=True)
    size = (np.abs(queries) + np.abs(head.query) + np.abs(change)) @ np.abs(head.key).swapaxes(-1, -2)
    error = U * ((HEAD_WIDTH + 5) * size / math.sqrt(HEAD_WIDTH) + np.abs(moved))
    return head.weights, expected, new, _bound(new, moved, error)


def _weights(query: Array, key: Array, value: Array) -> Array:
    return numpy_attention.attention("scaled_dot", {"query": query, "key": key, "value": value}).weights


def _bound(weights: Array, scores: Array, error: Array) -> Array:
    """Largest difference of two computed softmax rows whose exact scores differ by a constant, (..., n, n).

    error  bound on the sum of the errors of both scores. Errors of up to E in each score of a row change a weight by at
           most the factor exp(2E). Each softmax then rounds: |t - max| u and 8 u in its exponentials, n - 1 additions,
           one division; numerator and normaliser both carry the former.
    """
    largest_error = error.max(axis=-1, keepdims=True)
    distance = scores.max(axis=-1, keepdims=True) - scores.min(axis=-1, keepdims=True) + 2 * largest_error
    relative = np.expm1(2 * largest_error + 2 * U * (2 * distance + 2 * FUNCTION + weights.shape[-1] + 1))
    # The relative error refers to the exact weight, which the computed one may undercut by the same factor.
    bound: Array = weights * relative * (1 + 2 * relative) + 2.0**-1022
    return bound
