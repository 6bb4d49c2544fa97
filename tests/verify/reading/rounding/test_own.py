"""What one operation may add: never exceeded by NumPy's, and nearly attained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from written_programs import Written

from attnproof.verify.arithmetic.formats import BF16, FORMATS, FP16, FP32, FP64
from attnproof.verify.reading.rounding.linear import value
from attnproof.verify.reading.rounding.own import OWN, Machine, half_spacing, own_error
from attnproof.verify.recording.recording import Operation

NUMPY = Machine("numpy")
# name -> (attained, at least, of the bound; shapes; attributes). Sums and products attain a part of the worst order's.
OPERATIONS: dict[str, tuple[float, list[tuple[int, ...]], dict[str, Any]]] = {
    **{name: (0.99, [(4000,)] * 2, {}) for name in ("add", "sub", "mul", "div")},
    "fma": (0.99, [(4000,)] * 3, {}),
    **{name: (0.99, [(4000,)], {}) for name in ("reciprocal",)},
    "sqrt": (0.95, [(4000,)], {}),
    **{name: (0.9, [(4000,)], {}) for name in ("exp", "log", "tanh")},
    **{name: (0.05, [(4000,)], {}) for name in ("exp2", "expm1", "log2", "log1p", "sin", "cos", "sinh", "cosh")},
    **{name: (0.05, [(4000,)], {}) for name in ("sigmoid", "rsqrt")},
    "power": (0.05, [(4000,)], {"exponent": 2.5}),
    "sum": (0.4, [(2000, 3)], {"axes": (1,)}),
    "cumsum": (0.4, [(2000, 3)], {"axis": 1}),
    "product": (0.5, [(2000, 3)], {"axes": (1,)}),
    "matmul": (0.3, [(1000, 1, 2), (1000, 2, 1)], {}),
    "segment_sum": (0.2, [(300,)], {"segments": np.arange(300) // 3}),
}


def ran(name: str, dtype: str, low: float = 0.5, high: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """|computed − f| and the bound, for random numbers."""
    _, shapes, attributes = OPERATIONS[name]
    rng = np.random.default_rng(5)
    written = Written(dtype)
    ids = [written.input(str(k), rng.uniform(low, high, shape)) for k, shape in enumerate(shapes)]
    written.op(name, *ids, **attributes)
    (operation,) = (o for o in written.tape.operations if o.name == name)
    x = [written.tape.values(i) for i in ids]
    made = value(operation, x)
    error = np.abs(written.tape.values(operation.output) - made)
    return error, own_error(operation, x, [np.zeros_like(part) for part in x], made, NUMPY)


@pytest.mark.parametrize("dtype", ["fp16", "fp32"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_numpy_is_within_the_bound_and_near_it(name: str, dtype: str) -> None:
    error, bound = ran(name, dtype)
    assert np.all(error <= bound + 1e-14 * (1.0 + error))  # of float64, in which the error is taken
    attained = OPERATIONS[name][0]
    if dtype == "fp32" and attained == 0.9:
        attained = 0.1  # assumed for all processors, not measured here
    assert np.max(error[bound > 0] / bound[bound > 0]) >= attained


@pytest.mark.parametrize("name", ["mul", "div", "exp", "matmul", "product"])
def test_what_underflows_is_within_the_bound(name: str) -> None:
    low, high = (-17.0, -9.0) if name == "exp" else (1e-4, 3e-3)
    error, bound = ran(name, "fp16", low, high)
    assert np.all(error <= bound + 1e-20)
    if name != "div":
        assert np.max(error) > 2.0**-11 * 1e-8  # some are lost


def test_half_the_spacing() -> None:
    sizes = np.array([0.0, 1.0, 1.999, 2.0, 2.0**-14, 2.0**-24, 1e-12, np.inf])
    expected = [0.0, 2.0**-11, 2.0**-11, 2.0**-10, 2.0**-25, 2.0**-25, 2.0**-25, np.inf]
    assert half_spacing(FP16, sizes).tolist() == expected


def of(name: str, shapes: list[tuple[int, ...]], dtype: str = "fp16", computed: str = "fp16", **attributes: Any) -> Any:
    """An operation and a function from its inputs to its bound."""
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    ids = [np.arange(a, b).reshape(shape) for a, b, shape in zip(ends, ends[1:], shapes, strict=False)]
    first = int(ends[-1])
    out = value(Operation(name, tuple(ids), np.zeros(1, int), attributes), [np.ones(shape) for shape in shapes])
    operation = Operation(name, tuple(ids), np.arange(first, first + out.size).reshape(out.shape), attributes, dtype,
                          computed, "aten.x")  # fmt: skip

    def bound(*x: Any, machine: Machine = NUMPY, inside: float = 0.0, wider: tuple[Any, ...] = ()) -> np.ndarray:
        given = [np.broadcast_to(np.asarray(part, np.float64), ids.shape) for part, ids in
                 zip(x, operation.inputs, strict=True)]  # fmt: skip
        made = value(operation, given)
        return np.squeeze(
            own_error(operation, given, [np.full(part.shape, inside) for part in given], made, machine, wider)
        )

    return bound


def test_what_is_exact_costs_nothing() -> None:
    assert of("add", [(1,), (1,)])(1.0, 0.5) == 0.0
    assert of("mul", [(1,), (1,)])(1.125, 0.5) == 0.0
    assert of("cast", [(1,)])(0.5) == 0.0
    assert of("sum", [(4,)], axes=(0,))([3.0, 0.0, 0.0, 0.0]) == 0.0
    assert of("exp", [(1,)])(0.0) == 0.0
    assert of("exp", [(1,)])(-np.inf) == 0.0
    assert of("add", [(1,), (1,)])(1.0, 2.0**-12) > 0.0
    assert of("sum", [(4,)], axes=(0,))([3.0, 1.0, 0.0, 0.0]) > 0.0


def test_sums_count_their_terms() -> None:
    bound = of("sum", [(9,)], axes=(0,))
    u = FP16.unit_roundoff
    # (1 − u)^−m − 1 is m u up to a factor of at most 1 + m u (m u ≤ 1/2); of the product's 16 u, 4 · 4
    assert np.isclose(bound(np.ones(9)), 9 * 8 * u, rtol=8 * u)
    product = of("matmul", [(1, 4), (4, 1)])
    assert np.isclose(product(np.ones((1, 4)), np.ones((4, 1))), 16 * u, rtol=4 * u)


def test_a_wider_accumulation_leaves_one_rounding() -> None:
    bound = of("sum", [(9,)], "fp16", "fp32", axes=(0,))
    found = float(bound(np.full(9, 1.1)))
    spacing = float(half_spacing(FP16, np.array(9.9)))
    assert spacing < found <= spacing + 80 * FP32.unit_roundoff * 9.9


def test_a_format_that_is_not_allowed_counts_as_the_one_that_is() -> None:
    narrow = of("cast", [(1,)], "bf16", "fp64")
    assert np.isclose(narrow(1.1, machine=Machine("torch")), 2.0**-8, rtol=1e-9)
    assert np.isclose(narrow(1.1, machine=Machine("torch", allowed=FP32)), 2.0**-24, rtol=1e-9)
    assert np.isclose(narrow(1.1, machine=Machine("torch", allowed=BF16)), 2.0**-8, rtol=1e-9)


def test_a_wider_number_is_rounded_first() -> None:
    bound = of("mul", [(1,), (1,)], "fp32", "fp32")
    third = 1.0 / 3.0
    once, twice = float(bound(1.5, third)), float(bound(1.5, third, wider=(None, FP32)))
    assert np.isclose(twice - once, 1.5 * 2.0**-26)


def test_what_is_not_known_exactly_is_rounded_somewhere() -> None:
    assert of("add", [(1,), (1,)])(1.0, 0.5, inside=1e-5) > 0.0


def test_subnormals_that_are_flushed() -> None:
    product = of("matmul", [(1, 2), (2, 1)], "bf16", "fp32")
    small, large = np.full((1, 2), 2.0**-130), np.full((2, 1), 2.0**20)
    kept = product(small, large, machine=Machine("numpy"))
    assert kept < 2.0**-110 <= product(small, large, machine=Machine("torch"))


def test_the_replay_is_float64_whatever_is_recorded() -> None:
    assert float(of("add", [(1,), (1,)])(1.1, 1.1, machine=OWN)) == float(half_spacing(FP64, np.array(2.2)))
    assert FORMATS["fp64"] == FP64
