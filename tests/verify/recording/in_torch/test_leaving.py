"""What leaves torch, what comes back, what is kept between calls, what cannot be read."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.recording.in_torch import TorchRecorder
from attnproof.verify.recording.recording import Recording

GIVEN = torch.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], dtype=torch.float64)


def recorded(program: Callable[..., Any], calls: int = 1) -> Recording:
    recorder = TorchRecorder()
    for call in range(calls):
        given = GIVEN * (call + 1)
        recorder.input("x", given)
        with recorder.listening():
            out = program(given)
        recorder.call({"x": given}, {}, {"out": out})
        np.testing.assert_array_equal(recorder.tape.values(recorder.tape.calls[-1].results["out"]), out)
    return recorder.finish()


def names(found: Recording) -> list[str]:
    return [operation.name for operation in found.operations]


EXITS: dict[str, Callable[[Any], Any]] = {
    "Tensor.item": lambda x: x * x[0, 0].item(),
    "Tensor.numpy": lambda x: torch.from_numpy(np.exp((2 * x).numpy())) + 0 * x,
    "Tensor.tolist": lambda x: x + torch.tensor((2 * x).tolist(), dtype=x.dtype),
    "Tensor.data_ptr": lambda x: x * float((2 * x).data_ptr() > 0),
    "Tensor.__array__": lambda x: x + torch.tensor(np.asarray(2 * x)),
    "Tensor.__dlpack__": lambda x: x + torch.from_numpy(np.from_dlpack(2 * x)),
}


@pytest.mark.parametrize("exit_", EXITS)
def test_what_leaves_is_noted_with_its_place(exit_: str) -> None:
    found = recorded(EXITS[exit_])
    words = [word for word, _ in found.left]
    assert any(word.startswith(f"{exit_} at test_leaving.py:") for word in words), words


def test_a_branch_is_a_choice_and_no_value_leaves() -> None:
    found = recorded(lambda x: x + 1 if x.sum() > 0 else x)
    assert not found.left
    assert [(choice.kind, choice.outcome.tolist()) for choice in found.choices] == [("compare", True)]


def test_tensors_that_are_compared_whole_are_a_choice() -> None:
    found = recorded(lambda x: x + 1 if torch.equal(x, 2 * x) else x - 1)
    assert not found.left
    assert [(choice.kind, choice.outcome.tolist()) for choice in found.choices] == [("compare", False)]


def test_float_of_a_tensor_leaves() -> None:
    ((word, ids),) = recorded(lambda x: x / float(x.abs().max())).left
    assert word.startswith("Tensor.item")
    assert ids.tolist() == [4]


def test_what_came_back_is_a_constant() -> None:
    found = recorded(EXITS["Tensor.numpy"])
    constants = [operation for operation in found.operations if operation.name == "constant"]
    assert any(np.array_equal(found.values[entry.output], np.exp(2 * GIVEN.numpy())) for entry in constants)


def test_written_through_an_array() -> None:
    def program(x: Any) -> Any:
        y = x * 2
        y.numpy()[0] = 7.0
        return y + 1

    found = recorded(program)
    assert found.unread == {"memory written from outside of torch": 1}
    assert "opaque" in names(found)


def test_written_through_an_address() -> None:
    def program(x: Any) -> Any:
        y = torch.empty(3, dtype=torch.float64)
        ctypes.memset(y.data_ptr(), 0, 24)
        return x + y

    assert set(recorded(program).unread) == {"memory that was never written"}


def test_bits_in_another_format() -> None:
    def program(x: Any) -> Any:
        return x + (x.float().view(torch.int32) >> 1).view(torch.float32)

    assert recorded(program).unread["bits read as integers"] == 1
    assert recorded(lambda x: x + x.clone().view(torch.float32)[:, ::2]).unread["bits read in another format"] == 1


def test_what_is_kept_between_calls_is_the_same_element() -> None:
    kept: list[Any] = []

    def program(x: Any) -> Any:
        kept.append(x.exp())
        return x + kept[0]

    found = recorded(program, calls=2)
    first, second = (operation for operation in found.operations if operation.name == "add")
    np.testing.assert_array_equal(first.inputs[1], second.inputs[1])
    assert names(found).count("exp") == 2


def test_a_buffer_written_in_place_is_of_the_last_call() -> None:
    buffer = torch.zeros(2, 3, dtype=torch.float64)

    def program(x: Any) -> Any:
        buffer[0] += x[0]
        return buffer.clone()

    found = recorded(program, calls=2)
    one, two = (call.results["out"] for call in found.calls)
    np.testing.assert_array_equal(one[1], two[1])
    assert not np.isin(one[0], two[0]).any()


def test_random_numbers_are_constants() -> None:
    found = recorded(lambda x: torch.dropout(x, 0.5, train=True) + torch.rand(2, 3) + torch.randn_like(x))
    assert not found.unread
    assert names(found).count("constant") >= 3


def test_no_rule_is_opaque_and_named() -> None:
    found = recorded(lambda x: torch.special.bessel_j0(x) + 1)
    assert found.unread == {"aten.special_bessel_j0.default": 1}
    (opaque,) = (operation for operation in found.operations if operation.name == "opaque")
    assert opaque.attributes == {"called": "aten.special_bessel_j0.default"}
    np.testing.assert_array_equal(opaque.inputs[0], found.calls[0].inputs["x"])


def test_nothing_is_patched_afterwards() -> None:
    before = {name: torch.Tensor.__dict__.get(name) for name in ("numpy", "tolist", "data_ptr", "__array__")}
    recorded(lambda x: x)
    assert {name: torch.Tensor.__dict__.get(name) for name in before} == before


def test_the_same_program_gives_the_same_recording() -> None:
    def program(x: Any) -> Any:
        return torch.softmax(x @ torch.linspace(0, 1, 9, dtype=x.dtype).reshape(3, 3), -1).numpy().sum() + x

    one, two = recorded(program), recorded(program)
    assert names(one) == names(two)
    for first, second in zip(one.operations, two.operations, strict=True):
        np.testing.assert_array_equal(first.output, second.output)
