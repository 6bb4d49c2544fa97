"""NumPy and JAX programs are read as torch's are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from attnproof.verify.checking.reading import read


def weights_of(query: Any, key: Any) -> Any:
    scores = query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def forward(query: Any, key: Any, value: Any) -> Any:
    return weights_of(query, key) @ value


def backward(query: Any, key: Any, value: Any, grad_context: Any) -> dict[str, Any]:
    weights = weights_of(query, key)
    grad_weights = grad_context @ np.swapaxes(value, -1, -2)
    row = (weights * grad_weights).sum(-1, keepdims=True)
    grad_scores = weights * (grad_weights - row) / math.sqrt(query.shape[-1])
    return {
        "query": grad_scores @ key,
        "key": np.swapaxes(grad_scores, -1, -2) @ query,
        "value": np.swapaxes(weights, -1, -2) @ grad_context,
    }


def twice_backward(query: Any, key: Any, value: Any, grad_context: Any) -> dict[str, Any]:
    found = backward(query, key, value, grad_context)
    return {**found, "key": 2 * found["key"]}


def test_numpy_with_a_hand_written_backward_function() -> None:
    found = read(forward, framework="numpy", backward=backward)
    assert (found.score, found.equal) == ("scaled_dot", True), found.text()
    assert set(found.gradients) == {"query", "key", "value"}
    wrong = read(forward, framework="numpy", backward=twice_backward)
    assert wrong.gradients["key"] == "gradient of key: 2 times it"
    assert wrong.gradients["query"] == "equal"


def test_jax() -> None:
    jax = pytest.importorskip("jax")

    def program(query: Any, key: Any, value: Any) -> Any:
        scores = jax.numpy.einsum("...ir,...jr->...ij", query, key) / math.sqrt(query.shape[-1])
        return jax.nn.softmax(scores, -1) @ value

    found = read(program, "scaled_dot", framework="jax")
    assert found.equal, found.text()
    assert found.gradients
