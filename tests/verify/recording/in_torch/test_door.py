"""A target that is asked while a recorder listens is recorded, calls and all; one that is not is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.inputs.case import Case
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.in_torch import TorchRecorder
from attnproof.verify.targets.function import torch_target
from attnproof.verify.targets.target import plain

RANDOM = np.random.default_rng(3)
INPUTS = {name: RANDOM.standard_normal((2, 3, 4)) for name in ("query", "key", "value")}
CASE = Case("dot", INPUTS, RANDOM.standard_normal((2, 3, 4)))


def attention(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(query @ key.mT, -1) @ value


@pytest.mark.parametrize("layout", ["contiguous", "strided", "transposed"])
def test_results_are_those_of_the_answer(layout: Any) -> None:
    target = torch_target("mine", "dot", attention)
    recorder = TorchRecorder()
    with recording(recorder):
        answers = [target.ask(plain(CASE, layout=layout)) for _ in range(2)]
    found = recorder.finish()
    assert len(found.calls) == 2
    for call, answer in zip(found.calls, answers, strict=True):
        assert set(call.inputs) == set(INPUTS)
        assert set(call.seeds) == {"grad_context"}
        assert set(call.results) == set(answer.values())
        for name, value in answer.values().items():
            np.testing.assert_array_equal(found.values[call.results[name]], value)
        for name, ids in call.inputs.items():
            np.testing.assert_array_equal(found.values[ids], INPUTS[name])
    announced = [op.attributes for op in found.operations if op.name == "input"]
    assert [(entry["name"], entry["call"]) for entry in announced] == [
        (name, call) for call in (0, 1) for name in (*INPUTS, "grad_context")
    ]
    assert not found.unread
    target.ask(plain(CASE))
    assert len(recorder.tape.calls) == 2


def test_shared_memory_is_one_element() -> None:
    shared = {**INPUTS, "key": np.repeat(INPUTS["key"][:1], 2, 0)}
    recorder = TorchRecorder()
    case = Case("dot", shared, CASE.grad_context)
    with recording(recorder):
        torch_target("mine", "dot", attention).ask(plain(case, layout="broadcast"))
    ids = recorder.finish().calls[0].inputs["key"]
    np.testing.assert_array_equal(ids[0], ids[1])


def test_one_tensor_in_two_roles_is_one_input() -> None:
    recorder = TorchRecorder()
    given = torch.ones(3)
    recorder.input("query", given)
    recorder.input("key", given)
    recorder.call({"query": given, "key": given}, {}, {})
    found = recorder.finish()
    np.testing.assert_array_equal(found.calls[0].inputs["query"], found.calls[0].inputs["key"])
    assert [operation.name for operation in found.operations] == ["input"]


def test_places_forward_and_backward() -> None:
    recorder = TorchRecorder()
    with recording(recorder):
        torch_target("mine", "dot", attention).ask(plain(CASE))
    here = f"test_door.py:{attention.__code__.co_firstlineno + 1}"
    places = {op.library: op.where for op in recorder.finish().operations if op.name != "input"}
    assert places == dict.fromkeys(
        ("aten.bmm.default", "aten._softmax.default", "aten._softmax_backward_data.default"), here
    )
