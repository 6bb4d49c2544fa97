"""What leaves NumPy, what has no rule, formats and sums of fp16."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
import pytest
from recorded_in_numpy import drawn, recorded, same_again

from attnproof.verify.recording.in_numpy import NumpyRecorder


def test_numbers_that_leave_are_named() -> None:
    recorder = NumpyRecorder()
    given = recorder.input("in", np.ones((2, 3)))
    with recorder.listening():
        float(given[0, 0])
        given.item(1)
        given.tolist()
        bool(given[0, 0])
        math.floor(given[0, 0])
        assert f"{given[0, 0]:.1f}" == "1.0"  # what is printed is not computed with
    assert [what.split()[0] for what, _ in recorder.tape.left] == ["float", "item", "tolist", "bool", "float"]
    assert all("test_leaks_and_formats.py:" in what for what, _ in recorder.tape.left)


def test_what_others_write_is_noticed_and_constant() -> None:
    def program(x: Any) -> Any:
        y = np.exp(x)
        ctypes.c_double.from_address(y.ctypes.data).value = 5.0
        return y * 1.0

    recording, found = recorded(program, drawn([(2, 3)]))
    assert found["out0"][0, 0] == 5
    (left,) = recording.left
    assert left[0].startswith("memory written to from outside")
    np.testing.assert_array_equal(recording.values[recording.calls[0].results["out0"]], np.asarray(found["out0"]))


def test_what_has_no_rule_is_opaque_and_named() -> None:
    recording, _ = recorded(lambda x: np.linalg.inv(x) + np.arctan(x), drawn([(3, 3)]))
    assert recording.unread == {"numpy.linalg.inv": 1, "numpy.arctan": 1}
    assert [o.attributes["called"] for o in recording.operations if o.name == "opaque"] == list(recording.unread)


def test_bits_and_objects_leave() -> None:
    def program(x: Any) -> Any:
        return x.view(np.int64) + 1, np.frompyfunc(lambda a: a * 2, 1, 1)(x).astype(float)

    recording, _ = recorded(program, drawn([(3,)]))
    assert [what.split(" at ")[0] for what, _ in recording.left] == ["bits as int64", "numpy.<lambda> (vectorized)"]


def test_complex_numbers_are_pairs_and_others_leave() -> None:
    recording, _ = recorded(lambda x: [(x * np.exp(1j * np.arange(3))).real, np.fft.fft(x).real], drawn([(2, 3)]))
    assert [what.split(" at ")[0] for what, _ in recording.left] == ["numpy.fft.fft"]
    left = recorded(lambda x: [np.angle(x + 1j * x)], drawn([(2, 3)]))[0].left
    assert {what.split(" at ")[0] for what, _ in left} == {"complex numbers"}


@pytest.mark.parametrize(
    "program",
    [
        lambda x, y: np.abs(x + 1j * y),
        lambda x, y: ((x + 1j * y) / (y - 2j * x)).imag,
        lambda x, y: ((1 - 1j * x) * np.conj(y + 1j * x) / 2.0).real,
        lambda x, y: np.exp(x + 1j * y).imag,
        lambda x, y: (-(x - 1j * y)).reshape(-1)[1:].copy().real,
        lambda x, y: np.concatenate([x + 1j * y, y + 1j * x]).swapaxes(0, 1).T.imag,
        lambda x, y: (x.astype(np.complex128) * (3 + 4j)).astype(np.complex64).astype(np.complex128).imag,
    ],
)
def test_complex_numbers_are_read(program: Any) -> None:
    """Written in parts, and so rounded in other places than NumPy's own: at most a dozen times."""
    arrays = drawn([(3, 4), (3, 4)])
    recording, found = recorded(program, arrays)
    expected = program(*arrays)
    single = np.result_type(expected, np.float32) == np.float32 or "complex64" in program.__code__.co_names
    np.testing.assert_allclose(np.asarray(found["out0"]), expected, rtol=12 * (2.0**-24 if single else 2.0**-53))
    assert not recording.unread
    assert not recording.left


def test_what_is_chosen_by_value_is_noted() -> None:
    def program(x: Any) -> Any:
        x = np.where(x > 0, x, 0.5 * x)
        return np.sort(x)[..., np.argmax(x)] + np.abs(x).max()

    recording, _ = recorded(program, drawn([(5,)]))
    assert {choice.kind for choice in recording.choices} == {"compare", "sort", "index", "max"}
    masks = recorded(lambda x: np.where(np.arange(3.0) > 1, x, 0.0), drawn([(2, 3)]))[0]
    assert not masks.choices  # constants decide nothing


def test_elementwise_python_functions_are_read() -> None:
    same_again(np.vectorize(lambda a: math.exp(a) + max(a, 0.5)), [(3, 4)])
    same_again(lambda x: [math.tanh(a) ** 2 for a in x[0]], [(3, 4)])


def test_scipy_is_read() -> None:
    special = pytest.importorskip("scipy.special")

    def program(x: Any) -> Any:
        return [
            special.softmax(x, -1),
            special.logsumexp(x, -1),
            special.log_softmax(x, -1),
            special.expit(x),
            special.erf(x),
        ]

    same_again(program, [(3, 4)])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_formats_are_those_of_the_program(dtype: Any) -> None:
    def program(x: Any) -> Any:
        found = np.exp(x * 0.5 - 1) @ x.T
        return found, x.mean(-1), x.var(0), x.astype(np.float64), np.float64(2) * x, x.sum(dtype=np.float64)

    arrays = [x.astype(dtype) for x in drawn([(4, 4)])]
    recording, found = recorded(program, arrays)
    for name, expected in zip(found, program(*arrays), strict=True):
        assert found[name].dtype == expected.dtype
        np.testing.assert_array_equal(np.asarray(found[name]), expected)
    mine = "fp16" if dtype is np.float16 else "fp32"
    exponential, product = (next(o for o in recording.operations if o.name == name) for name in ("exp", "matmul"))
    assert (exponential.dtype, product.dtype, product.computed) == (mine, mine, "fp32")
    casts = [o.dtype for o in recording.operations if o.name == "cast"]
    assert casts == (["fp16", "fp16"] if dtype is np.float16 else [])


@pytest.mark.parametrize(
    ("axes", "order", "total"),
    [((1,), "C", 4096), ((0,), "C", 2048), ((1,), "F", 2048), ((0, 1), "C", 8192), ((0, 2), "C", None)],
)
def test_sums_of_fp16_are_declared_as_numpy_makes_them(axes: Any, order: Any, total: Any) -> None:
    """In fp16 a sum of ones stops at 2048."""
    shape = (2, 4096) if axes in {(1,), (0, 1)} else (4096, 2) if axes == (0,) else (2, 2, 4)
    ones = np.ones(shape, np.float16, order=order)
    recording, found = recorded(lambda x: x.sum(axis=axes), [ones], laid=lambda x: x)
    (operation,) = (o for o in recording.operations if o.name == "sum")
    if total is not None:
        assert np.asarray(found["out0"]).ravel()[0] == total
    assert operation.computed == ("fp16" if total in {2048, None} else "fp32")
