"""NumPy attentions, recorded: replayed on other numbers they give what NumPy gives, forward and backward."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy import zeros
from recorded_in_numpy import drawn, recorded, same_again
from replayed import played

from attnproof.impl.generated.numpy import additive, scaled_dot
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import limits_of
from attnproof.verify.recording.active import recording as listening
from attnproof.verify.recording.in_numpy import NumpyRecorder
from attnproof.verify.targets import numpy_target, plain

SHAPES = ((2, 4, 3), (2, 5, 3), (2, 5, 2))


def textbook(q: Any, k: Any, v: Any) -> Any:
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(-1, keepdims=True)) @ v


def by_name(query: Any, key: Any, value: Any) -> Any:
    return textbook(query, key, value)


def in_place(q: Any, k: Any, v: Any) -> Any:
    q, k, v = map(np.asarray, (q, k, v))
    scores = np.einsum("bqd,bkd->bqk", q, k) * q.shape[-1] ** -0.5
    scores[:, np.triu(np.ones(scores.shape[-2:], bool), 2)] = -np.inf
    scores -= np.max(scores, -1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= np.sum(scores, axis=-1)[..., None]
    return np.matmul(scores, v)


def streaming(q: Any, k: Any, v: Any) -> Any:
    rows = q.shape[:2]
    top, total, context = np.full((*rows, 1), -np.inf), zeros((*rows, 1)), np.zeros((*rows, v.shape[-1]))
    for j in range(0, k.shape[1], 2):
        scores = q @ k[:, j : j + 2].transpose(0, 2, 1)
        new = np.maximum(top, scores.max(-1, keepdims=True))
        old, powers = np.exp(top - new), np.exp(scores - new)
        total *= old
        total += powers.sum(-1, keepdims=True)
        context *= old
        context += powers @ v[:, j : j + 2]
        top = new
    context /= total
    return context


def number_by_number(q: Any, k: Any, v: Any) -> Any:
    out = np.zeros((q.shape[1], v.shape[2]))
    for i in range(q.shape[1]):
        weights = []
        for j in range(k.shape[1]):
            score = 0.0
            for d in range(q.shape[2]):
                score += q[0, i, d] * k[0, j, d]
            weights.append(math.exp(score))
        total = sum(weights)
        for j in range(k.shape[1]):
            out[i] += weights[j] / total * v[0, j]
    return out


def lists(q: Any, k: Any, v: Any) -> Any:
    found = []
    for b in range(len(q)):
        scores = np.array([[np.dot(one, other) for other in k[b]] for one in q[b]])
        weights = np.array([np.exp(row - max(row)) / np.sum(np.exp(row - max(row))) for row in scores])
        found.append(weights.dot(v[b]))
    return np.stack(found)


def normalised(q: Any, k: Any, v: Any) -> Any:
    q, k = ((x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) for x in (q, k))
    q, k = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (q, k))
    scores = 3 * np.tanh(7 * q @ k.swapaxes(-1, -2) / 3)
    scores = np.where(np.tri(4, 5, 1) > 0, np.clip(scores, -2.5, 2.5), -1e9)
    return np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)) @ v


PROGRAMS = {f.__name__: f for f in (textbook, in_place, streaming, number_by_number, lists, normalised)}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_recording_is_the_program(name: str) -> None:
    recording = same_again(PROGRAMS[name], SHAPES)
    assert not recording.left
    places = {operation.where.split(":")[0] for operation in recording.operations if operation.inputs}
    assert places == {"test_attentions.py"}


def test_generated_code_is_read_forward_and_backward() -> None:
    shapes = (*SHAPES, (3, 3), (3, 3), (3,), (2, 4, 2))

    def program(*given: Any) -> Any:
        *inputs, seed = given
        parts = additive.attention_backward(seed, *inputs)
        return [additive.attention(*inputs).context, *parts.values()]

    assert not same_again(program, shapes).left
    assert not same_again(lambda q, k, v: scaled_dot.attention(q, k, v).context, SHAPES).left


def test_state_between_calls_keeps_its_elements() -> None:
    kept: list[Any] = []

    def program(q: Any) -> Any:
        kept.append(np.exp(q))
        return kept[0] * q

    first, second = drawn([(2, 3)]), drawn([(2, 3)], 1)
    recording, _ = recorded(program, first, second)
    others = drawn([(2, 3), (2, 3)], 2)
    _, replay = played(recording, {(0, "in0"): others[0], (1, "in0"): others[1]})
    np.testing.assert_allclose(replay["out0"], np.exp(others[0]) * others[1])


def test_the_door_announces_and_notes() -> None:
    case = make_case("scaled_dot", Setting("plain", n_q=2, n_k=3), "normal", "fp32", 0)

    def backward(grad_context: Any, query: Any, key: Any, value: Any) -> dict[str, Any]:
        parts = scaled_dot.attention_backward(grad_context, query, key, value)
        return {name: parts[name] for name in ("query", "key", "value")}

    target = numpy_target("mine", "scaled_dot", by_name, backward)
    expected, limits = target.ask(plain(case)), limits_of(target, plain(case))
    for layout in ("contiguous", "strided", "transposed"):
        recorder = NumpyRecorder()
        with listening(recorder):
            answer = target.ask(plain(case, layout=layout))
        recording = recorder.tape.finish()
        (call,) = recording.calls
        assert set(call.inputs) == {"query", "key", "value"}
        assert set(call.seeds) == {"grad_context"}
        assert set(call.results) == {"context", "grad.query", "grad.key", "grad.value"}
        for name, values in expected.values().items():  # of another order of sums: each is within its bound
            assert np.all(np.abs(recording.values[call.results[name]] - values) <= 2.0 * limits[name].bound)
        assert answer.changed == ()
        assert not recording.left
        assert not recording.unread
    assert np.zeros.__module__ == "numpy"  # NumPy is as it was
    assert type(np.zeros(1)) is np.ndarray


def test_what_the_door_computes_around_a_program_is_at_no_line_of_who_asked() -> None:
    def weights(query: Any, key: Any) -> Any:
        powers = np.exp(query @ key.swapaxes(-1, -2))
        return powers / powers.sum(-1, keepdims=True)

    axes = "query=b q d, key=b k d, value=b k v, weights=b q k, context=b q v"
    declared = Declaration(
        "weights", "dot", layout=axes, outputs=("weights",), arguments=("value=",), framework="numpy"
    )
    target, recorder = make_target(declared, weights), NumpyRecorder()  # made before: shapes are found by asking
    with listening(recorder):
        target.ask(plain(make_case("dot", Setting("s", batch=(2,)), "normal", "fp64", 0)))
    found = [(each.library, each.where) for each in recorder.tape.finish().operations if each.inputs]
    assert ("numpy.matmul", "") in found  # weights @ value
    assert {where.split(":")[0] for _, where in found[:-1]} == {"test_attentions.py"}
