"""Where a rule is easily wrong: axes that are not last, what is put before, numbers as truth values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from recorded_in_numpy import Program, drawn, recorded, same_again


def written_diagonal(x: Any, y: Any) -> Any:
    """``einsum`` gives views where it can: of the diagonal."""
    both = x @ y
    np.einsum("ii->i", both)[:] = 0.5
    return both


def parted(x: Any, y: Any) -> Any:
    both = x - y
    both.partition(2, axis=-1)
    return both[..., 2]


PROGRAMS: dict[str, Program] = {
    "something before": lambda x, y: np.diff(x, axis=0, prepend=0.0, append=y[:1]),
    "spread": lambda x, y: [np.ptp(x, axis=-1, keepdims=True), np.ptp(y)],
    "average": lambda x, y: np.average(x, 0, np.abs(y[:, 0]), returned=True),
    "median": lambda x, y: [np.median(x, axis=0, keepdims=True), np.median(y, keepdims=True)],
    "einsum's views": written_diagonal,
    "einsum, by a plan": lambda x, y: np.einsum("ij,jk,lk->il", x, y, x, optimize="greedy"),
    "partition": parted,
    "compress": lambda x, _: x.compress([True, False, True], axis=1),
    "vectors": lambda x, y: [np.vecdot(x, y, axis=-1), np.linalg.vecdot(x, y)],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_recording_is_the_program(name: str) -> None:
    program, arrays = PROGRAMS[name], drawn([(4, 4), (4, 4)])
    same_again(program, [(4, 4), (4, 4)])
    results = recorded(program, arrays)[1].values()
    truth = program(*arrays)
    assert [x.shape for x in results] == [x.shape for x in (truth if isinstance(truth, list | tuple) else [truth])]


@pytest.mark.parametrize(
    "program",
    [
        lambda x, y: np.vecdot(x, y, axis=0),
        lambda x, y: np.linalg.vecdot(x, y, axis=0),
        lambda x, y: np.matmul(x, y, axes=[(1, 0), (0, 1), (0, 1)]),
        lambda x, y: np.median(x * y, axis=(0, 1)),
    ],
)
def test_axes_that_no_rule_knows_of_are_opaque(program: Program) -> None:
    arrays = drawn([(4, 4), (4, 4)])
    recording, found = recorded(program, arrays)
    assert sum(recording.unread.values()) == 1
    np.testing.assert_array_equal(found["out0"], program(*arrays))


def masked(x: Any, y: Any) -> Any:
    out = y.copy()
    np.putmask(out, x, 1.0)
    return out


def placed(x: Any, y: Any) -> Any:
    out = y.copy()
    np.place(out, x, [1.0])
    return out


@pytest.mark.parametrize(
    "program",
    [
        lambda x, y: np.where(x, y, 2 * y),
        lambda x, y: y[np.where(x)],
        lambda x, y: np.where([x[0], x[1]], y[:2], 0.0),
        np.compress,
        np.extract,
        masked,
        placed,
    ],
)
def test_numbers_as_truth_values_are_a_choice(program: Program) -> None:
    recording, _ = recorded(program, [np.array([0.0, 2.0, 0.0]), np.array([1.0, 2.0, 3.0])])
    assert recording.choices
    inputs = recording.calls[0].inputs["in0"]
    assert all(choice.kind == "compare" and np.isin(choice.depends, inputs).all() for choice in recording.choices)


def test_what_reads_memory_itself_leaves() -> None:
    def program(x: Any) -> Any:
        out = np.zeros_like(x)
        with np.nditer([x, out], op_flags=[["readonly"], ["readwrite"]]) as places:  # type: ignore[list-item]
            for one, other in places:
                other[...] = 2 * one
        return out + np.frombuffer(x)

    recording, found = recorded(program, [np.arange(1.0, 4.0)])
    assert [what.split()[0] for what, _ in recording.left] == ["nditer", "frombuffer", "memory"]
    np.testing.assert_array_equal(found["out0"], [3, 6, 9])


def test_what_is_kept_of_a_recording_is_a_constant_of_the_next() -> None:
    kept: dict[tuple[int, ...], Any] = {}

    def program(x: Any) -> Any:
        return kept.setdefault(x.shape, x.copy()) * x

    recorded(program, drawn([(2, 3)]))
    recording, found = recorded(program, [drawn([(2, 3)])[0] + 1])
    assert not recording.left
    assert not recording.unread
    (product,) = (o for o in recording.operations if o.name == "mul")
    assert [o.name for o in recording.operations] == ["input", "constant", "mul"]
    np.testing.assert_array_equal(recording.values[product.output], found["out0"])
