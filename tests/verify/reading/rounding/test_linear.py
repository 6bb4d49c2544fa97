"""Errors through one operation: exactly between two points, at most within a distance."""

from __future__ import annotations

import numpy as np
import pytest

from attnproof.verify.reading.rounding.elementwise import ELEMENTWISE
from attnproof.verify.reading.rounding.linear import edges, linear, reached, value
from attnproof.verify.reading.rounding.sweep import LEAVES
from attnproof.verify.recording.recording import LANGUAGE, Operation

POSITIVE = ("sqrt", "rsqrt", "log", "log2", "log1p", "power")
SEGMENTS = np.array([[0, 1, 1], [2, 0, 1]])
SHAPES: dict[str, tuple[list[tuple[int, ...]], tuple[int, ...], dict[str, object]]] = {
    "sum": ([(2, 3, 4)], (3,), {"axes": (0, 2)}),
    "product": ([(2, 3, 4)], (3,), {"axes": (0, 2)}),
    "cumsum": ([(2, 3, 4)], (2, 3, 4), {"axis": 1}),
    "segment_sum": ([(2, 3)], (3,), {"segments": SEGMENTS}),
    "matmul": ([(2, 3, 4), (2, 4, 5)], (2, 3, 5), {}),
}
CASES = [*(name for name in LANGUAGE if name not in LEAVES), *(("power", p) for p in (2, 3, -1, -2, 0.5, -1.5, 0))]


def operation(name: str, exponent: float = 1.5) -> Operation:
    """One of that name, with numbered elements."""
    arity = {"add": 2, "sub": 2, "mul": 2, "div": 2, "fma": 3}.get(name, 1)
    shapes, out, attributes = SHAPES.get(name, ([(3, 4)] * arity, (3, 4), {}))
    if name == "power":
        attributes = {"exponent": exponent}
    first, inputs = 0, []
    for shape in shapes:
        inputs.append(np.arange(first, first + int(np.prod(shape))).reshape(shape))
        first += int(np.prod(shape))
    output = np.arange(first, first + int(np.prod(out))).reshape(out)
    return Operation(name, tuple(inputs), output, attributes)


def points(given: Operation, rng: np.random.Generator, apart: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Two points, as far apart as said."""
    positive = given.name in POSITIVE
    x = [rng.uniform(0.3 if positive else -2.0, 2.0, ids.shape) for ids in given.inputs]
    return x, [part + apart * rng.uniform(-0.2, 0.2, part.shape) for part in x]


def case(which: object) -> Operation:
    return operation(which) if isinstance(which, str) else operation(*which)  # type: ignore[misc]


@pytest.mark.parametrize("apart", [1.0, 1e-3, 1e-9, 0.0])
@pytest.mark.parametrize("which", CASES, ids=str)
def test_the_map_is_exact(which: object, apart: float) -> None:
    """⟨g, f(x) − f(r)⟩ = ⟨mapᵀ g, x − r⟩ for every g: the second from differences that are known exactly."""
    given = case(which)
    rng = np.random.default_rng(1)
    x, r = points(given, rng, apart)
    moved = value(given, x) - value(given, r)
    g = rng.normal(size=(*given.output.shape, 3))
    back = linear(given, x, r).push(g)
    assert all(part.shape[:-1] in (ids.shape, ()) for part, ids in zip(back, given.inputs, strict=True))
    found = sum((part * (one - other)[..., None]).reshape(-1, 3).sum(0)
                for part, one, other in zip(back, x, r, strict=True))  # fmt: skip
    wanted = (g * moved[..., None]).reshape(-1, 3).sum(0)
    # What is compared are differences of numbers of size at most 2⁵, each known to 2⁻⁵⁰ or so, 60 of them.
    assert np.allclose(found, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("which", CASES, ids=str)
def test_the_slopes_do_not_vanish_where_the_points_meet(which: object) -> None:
    """At x = r the map is the derivative: by a central difference with h = 10⁻⁵.

    It errs by h²/6 of a third derivative (below 2¹⁰ at these points), 1.7e-8, and by 2⁻⁵³/h of a value below 2⁵ for
    each of at most 60 results, 2e-8.
    """
    given = case(which)
    x, _ = points(given, np.random.default_rng(2), 0.0)
    for k, part in enumerate(x):
        apart = [other + 1e-5 * (n == k) for n, other in enumerate(x)]
        back = [other - 1e-5 * (n == k) for n, other in enumerate(x)]
        slope = np.broadcast_to(linear(given, x, x).push(np.ones((*given.output.shape, 1)))[k][..., 0], part.shape)
        numeric = (value(given, apart) - value(given, back)).sum() / 2e-5
        assert np.isclose(slope.sum(), numeric, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("size", [0.2, 1e-4])
@pytest.mark.parametrize("which", CASES, ids=str)
def test_the_reach_is_never_exceeded_and_nearly_attained(which: object, size: float) -> None:
    given = case(which)
    rng = np.random.default_rng(3)
    largest = 0.0
    for _ in range(25):
        x, _ = points(given, rng, 0.0)
        errors = [size * rng.uniform(0.5, 1.0, part.shape) for part in x]
        signs = [np.sign(np.broadcast_to(s[..., 0], part.shape)) for s, part in
                 zip(linear(given, x, x).push(np.ones((*given.output.shape, 1))), x, strict=True)]  # fmt: skip
        for way in (1.0, -1.0):
            y = [part + way * sign * error for part, sign, error in zip(x, signs, errors, strict=True)]
            moved, limit = np.abs(value(given, y) - value(given, x)), reached(given, x, errors)
            assert np.all(~(moved > limit * (1.0 + 1e-9) + 1e-12))
            finite = np.isfinite(limit) & (limit > 0)
            largest = max(largest, float(np.max(moved[finite] / limit[finite], initial=0.0)))
    wanted = 0.0 if which == ("power", 0) else 0.9 if size < 1e-2 else 0.5
    assert largest >= wanted


def test_no_error_reaches_through_a_slope_that_is_no_number() -> None:
    given = operation("log")
    zero = [np.zeros((3, 4))]
    with np.errstate(all="ignore"):
        assert not reached(given, zero, zero).any()
        assert np.all(~np.isfinite(reached(given, zero, [np.ones((3, 4))])))


@pytest.mark.parametrize("name", ["mul", "sum", "cumsum", "segment_sum", "matmul", "product"])
def test_edges_are_what_the_map_depends_on(name: str) -> None:
    """Moving one element of an input moves exactly the elements of the output that it has an edge to."""
    given = operation(name)
    x, _ = points(given, np.random.default_rng(4), 0.0)
    x = [np.abs(part) + 1.0 for part in x]
    for k, ids in enumerate(given.inputs):
        out, source = edges(given, k)
        found = {(int(a), int(b)) for a, b in zip(out, source, strict=True)}
        wanted = set()
        for place in np.ndindex(ids.shape):
            moved = [part.copy() for part in x]
            moved[k][place] += 0.5
            changed = given.output[value(given, moved) != value(given, x)]
            wanted |= {(int(one), int(ids[place])) for one in changed}
        assert found == wanted


def test_every_operation_has_a_rule() -> None:
    assert set(ELEMENTWISE) | set(SHAPES) | {"power", *LEAVES} == set(LANGUAGE)
