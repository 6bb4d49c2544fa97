"""NumPy programs recorded and played again, for the tests of the recorder of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from replayed import played

from attnproof.verify.recording.in_numpy import NumpyRecorder
from attnproof.verify.recording.recording import Recording

Program = Callable[..., Any]


def flat(results: Any) -> list[Any]:
    if isinstance(results, list | tuple):
        return [x for part in results for x in flat(part)]
    return [results]


def named(results: Any) -> dict[str, Any]:
    return {f"out{n}": x for n, x in enumerate(flat(results)) if np.asarray(x).dtype.kind == "f"}


def drawn(shapes: Sequence[tuple[int, ...]], seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=shape) for shape in shapes]


def recorded(
    program: Program, *calls: Sequence[np.ndarray], laid: Program = np.copy
) -> tuple[Recording, dict[str, Any]]:
    """Calls one after another; what the last one answered."""
    recorder = NumpyRecorder()
    found: dict[str, Any] = {}
    for arrays in calls:
        given = {f"in{n}": recorder.input(f"in{n}", laid(x)) for n, x in enumerate(arrays)}
        with recorder.listening():
            results = program(*given.values())
        found = named(results)
        recorder.call(given, {}, found)
    return recorder.tape.finish(), found


def same_again(program: Program, shapes: Sequence[tuple[int, ...]], laid: Program = np.copy) -> Recording:
    """A recorded program answers what it answers otherwise, to the last bit, and its answers are recorded arrays;
    played on other numbers, a little away so that no choice changes, it gives what the program gives on them.
    """
    arrays = drawn(shapes)
    others = [x * (1 + 1e-6 * y) for x, y in zip(arrays, drawn(shapes, 1), strict=True)]
    recording, found = recorded(program, arrays, laid=laid)
    before, after = (named(program(*(laid(x) for x in given))) for given in (arrays, others))
    (replay,) = played(recording, {(0, f"in{n}"): x for n, x in enumerate(others)})
    assert found.keys() == before.keys()
    for name, expected in before.items():
        assert type(found[name]) is not np.ndarray, name
        np.testing.assert_array_equal(np.asarray(found[name]), expected, err_msg=name)
        np.testing.assert_array_equal(recording.values[recording.calls[0].results[name]], expected, err_msg=name)
        np.testing.assert_allclose(replay[name], after[name], rtol=1e-9, atol=1e-9, err_msg=name)
    assert not recording.unread
    return recording
