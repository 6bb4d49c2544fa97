"""Kernels of Numba in a NumPy program that is recorded: they run as they do without a recorder, and are named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from attnproof.verify.recording.in_numpy.recorder import NumpyRecorder

numba = pytest.importorskip("numba")


def _total(row: Any, factor: Any) -> Any:
    found = np.empty(row.shape[0], row.dtype)  # compiles kernels of Numba's own on the way
    for n in range(row.shape[0]):
        found[n] = math.exp(row[n]) * factor
    return found


def _write(row: Any, out: Any) -> None:
    for n in range(row.shape[0]):
        out[n] = math.sqrt(row[n])


def _each(x: Any) -> Any:
    return math.exp(x)


total, write, each = numba.njit(_total), numba.njit(_write), numba.vectorize(_each)


def program(x: Any) -> tuple[Any, Any, Any]:
    out = np.empty(3)
    write(x, out)
    return total(x, x.max()), out, each(x)


def test_what_is_compiled_runs_and_is_named() -> None:
    x = np.array([1.0, 2.0, 0.5])
    recorder = NumpyRecorder()
    given = recorder.input("x", x.copy())
    exp, empty = math.exp, np.empty
    with recorder.listening():
        found = program(given)
    recorder.call({"x": given}, {}, dict(zip("abc", found, strict=True)))
    recording = recorder.tape.finish()
    assert (math.exp, np.empty) == (exp, empty)
    for got, expected in zip(found, (np.exp(x) * 2.0, np.sqrt(x), np.exp(x)), strict=True):
        assert np.allclose(got, expected, rtol=1e-12)
    assert {"numpy.kernel _total", "numpy._each"} <= set(recording.unread)
    assert any("memory written to from outside" in words for words, _ in recording.left)
    # afterwards Numba is called as ever
    assert type(total(x, 1.0)) is np.ndarray
