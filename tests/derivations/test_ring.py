"""The exponential ring: its axioms, its functions, its special elements."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import isprime, jacobi_symbol

from attnproof.derivations.ring.constants import recognise
from attnproof.derivations.ring.degree import UNKNOWN
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.field import Field
from attnproof.derivations.ring.kinds import FINITE, MINUS, NAN, PLUS, UNDECIDED, UNSIGNED
from attnproof.derivations.ring.primes import PRIMES, SMALL, SMOOTH
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.series import Series
from attnproof.verify.reading.evaluating import ELEMENTARY

Array = npt.NDArray[Any]
ORDERS = st.sampled_from((2, 3, 5, 16))
SHAPES = st.sampled_from(((), (3,), (2, 1), (2, 3)))


def same(ring: Ring, x: Elements, y: Elements) -> bool:
    """Equal everywhere, and decided."""
    equal, decided = ring.equal(x, y)
    return bool(equal.all() and decided.all())


def differ(ring: Ring, x: Elements, y: Elements) -> bool:
    """Decided everywhere, and somewhere not equal."""
    equal, decided = ring.equal(x, y)
    return bool(decided.all() and not equal.all())


def series_of(ring: Ring, shape: tuple[int, ...]) -> Elements:
    """Random elements with all coefficients."""
    return ring.random(shape) + ring.random(shape) * ring.random(shape).exp()


def test_functions_of_no_elements_have_none() -> None:
    ring = Ring(3)
    for name in ELEMENTARY:
        for shape in ((0,), (2, 0), (0, 3)):
            assert getattr(ring.random(shape), name)().shape == shape


def test_primes_have_the_roots_of_small_numbers() -> None:
    assert list(SMALL) == [n for n in range(2, SMOOTH + 1) if isprime(n)]
    for p in PRIMES:
        assert isprime(p)
        assert p % 4 == 3
        assert 2**30 < p < 2**31
        assert all(jacobi_symbol(q, p) == 1 for q in SMALL)
    assert len({Ring(3, seed=seed).field.primes for seed in range(20)}) > 10


def test_products_of_the_largest_residues() -> None:
    """All coefficients p − 1, that is −1: the largest intermediate results there are, against Python's integers."""
    primes = (PRIMES[-1], PRIMES[-2])
    for order in (2, 3, 16, 40):
        arithmetic = Series(Field(primes), order)
        most = np.stack([np.full((order, 3), p - 1) for p in primes])
        expected = np.stack([np.arange(1, order + 1)] * 2)[..., None]
        assert (arithmetic.multiply(most, most) == expected).all()
    ring = Ring(4)
    full = Elements(ring, np.stack([np.full((4, 200, 200), p - 1) for p in ring.field.primes]))
    product = full[:2] @ full[:, :3]  # large enough for float64, 200 terms of (p − 1)²
    assert (product.series == 200 * np.arange(1, 5)[None, :, None, None]).all()
    near = [p - 1 - 2 * np.arange(1500).reshape(1, 1500) for p in ring.field.primes]  # odd halves, nearly as large
    rows = Elements(ring, np.stack(near)[:, None])
    columns = rows.transpose(1, 0) * ring.constant([1, 1, 1])
    assert same(ring, rows @ columns, (rows * rows).sum(1).reshape(1, 1) * ring.constant([1, 1, 1]))


@given(ORDERS, SHAPES, SHAPES, st.integers(0, 1000))
@settings(max_examples=40)
def test_axioms(order: int, first: tuple[int, ...], second: tuple[int, ...], seed: int) -> None:
    ring = Ring(order, seed=seed)
    x, y, z = series_of(ring, first), series_of(ring, (1,)), series_of(ring, second)
    assert same(ring, (x + y) + z, x + (y + z))
    assert same(ring, x * (y * z), (x * y) * z)
    assert same(ring, x * y, y * x)
    assert same(ring, x * (y + z), x * y + x * z)
    assert same(ring, x - x, ring.zeros(first))
    assert same(ring, x / y * y, x)
    assert same(ring, (x + y).exp(), x.exp() * y.exp())
    assert same(ring, (x + y).tanh(), (x.tanh() + y.tanh()) / (1 + x.tanh() * y.tanh()))
    assert same(ring, (x * x).sqrt().power(2), x * x)


@pytest.mark.parametrize("order", [3, 16])
def test_functions(order: int) -> None:
    ring = Ring(order, seed=5)
    x, y = series_of(ring, (4,)), series_of(ring, (4,))
    one = ring.constant(1)
    assert same(ring, x.tanh().power(2) + x.sech().power(2), one)
    assert same(ring, x.cosh().power(2) - x.sinh().power(2), one)
    assert same(ring, x.sigmoid() + (-x).sigmoid(), one)
    assert same(ring, (2 * x).sigmoid() * 2 - 1, x.tanh())
    assert same(ring, x.exp() - 1, x.expm1())
    assert same(ring, (x * ring.constant(recognise(math.log2(math.e)))).exp2(), x.exp())
    assert same(ring, (x + y).sin(), x.sin() * y.cos() + x.cos() * y.sin())
    assert same(ring, x.cos().power(2) + x.sin().power(2), one)
    assert same(ring, (-x).erf(), -x.erf())
    assert differ(ring, x.erf(), y.erf())
    assert x.erf().degree.rests == (x * y.erf().exp()).degree.rests == UNKNOWN
    assert same(ring, (-x).atan() + x.atan(), ring.constant(0))
    assert differ(ring, x.erf(), x.atan())
    assert (ring.constant(math.inf).atan().kinds() == UNDECIDED).all()


def test_roots_multiply() -> None:
    ring = Ring(5, seed=2)
    for a, b in ((2, 3), (8, 61), (Fraction(1, 80), 64)):
        assert same(ring, ring.constant(a).sqrt() * ring.constant(b).sqrt(), ring.constant(Fraction(a) * b).sqrt())
    assert same(ring, ring.constant(64).sqrt(), ring.constant(8))
    assert same(ring, ring.constant(Fraction(1, 9)).rsqrt(), ring.constant(3))
    assert same(ring, ring.constant(64).power(Fraction(-1, 4)).power(4), ring.constant(Fraction(1, 64)))
    x = ring.random((6, 4), square_norm=1)
    norm = (x * x).sum(1)
    assert same(ring, norm.sqrt().power(2), norm)
    assert same(ring, (norm * norm.exp()).sqrt().power(2), norm * norm.exp())
    assert (ring.constant(-1).sqrt().kinds() == UNDECIDED).all()
    assert same(ring, x.power(Fraction(1, 3)).power(3), x)
    assert same(ring, x.power(1 / 3), x.power(Fraction(1, 3)))


def test_roots_of_larger_primes() -> None:
    primes = {Ring(3, seed=seed, squares=(67, 71)).field.primes for seed in range(5)}
    assert all(jacobi_symbol(n, p) == 1 for pair in primes for p in pair for n in (67, 71))
    ring = Ring(3, squares=(67, 71))
    assert same(ring, ring.constant(67 * 71).sqrt(), ring.constant(67).sqrt() * ring.constant(71).sqrt())
    with pytest.raises(ValueError, match="expected two"):
        _ = Ring(3, squares=(-1,)).field


def test_sums_and_products() -> None:
    ring = Ring(4, seed=3)
    x, y = series_of(ring, (3, 5)), series_of(ring, (5, 2))
    columns = [x[:, j] for j in range(5)]
    running = columns[0]
    product = columns[0]
    for column in columns[1:]:
        running, product = running + column, product * column
    assert same(ring, x.sum(1), running)
    assert same(ring, x.sum(-1), running)
    assert same(ring, x.prod(1), product)
    assert same(ring, x.cumsum(1)[:, 4], running)
    assert same(ring, x.cumsum(1)[:, 0], columns[0])
    assert same(ring, x.sum(), x.sum(0).sum(0))
    assert same(ring, (x @ y)[1, 1], (x[1] * y[:, 1]).sum())
    segments = np.array([[0, 1, 1, 3, 0]] * 3)
    found = x.segment_sum(segments, 4)
    assert same(ring, found[1], x[:, 1:3].sum())
    assert same(ring, ring.segment_sum(x, segments, 4), found)
    marked = x + ring.constant([math.inf, 0, 0, 0, 0])
    assert (marked.segment_sum(segments, 4).kinds() == [PLUS, FINITE, FINITE, FINITE]).all()
    assert same(ring, found[2], ring.zeros(()))
    wide = ring.stack([series_of(ring, (70, 90)), series_of(ring, (70, 90))])
    narrow = series_of(ring, (90, 3))
    assert same(ring, (wide @ narrow)[1, 7, 2], (wide[1, 7] * narrow[:, 2]).sum())


def test_movement() -> None:
    ring = Ring(3, seed=1)
    x = ring.recognised(np.arange(24.0).reshape(2, 3, 4)) * ring.random(()).exp()
    places = np.arange(24).reshape(2, 3, 4)
    flat = x.reshape(24)
    index = (np.array([1, 0]), slice(None), np.array([2, 3]))
    assert same(ring, x[index], flat[places[index]])
    assert same(ring, x.transpose(2, 0, 1), flat[places.transpose(2, 0, 1)])
    assert same(ring, x.reshape(4, -1), flat[places.reshape(4, -1)])
    assert same(ring, ring.concatenate([x, x[:1]]), flat[np.concatenate([places, places[:1]])])
    assert same(ring, ring.stack([x, x], -1), flat[np.stack([places, places], -1)])
    condition = places % 2 == 0
    assert same(ring, ring.where(condition, x, flat[0]), flat[np.where(condition, places, 0)])


INFINITE = {"+": math.inf, "-": -math.inf, "n": math.nan, "0": 0.0, "3": 3.0, "m": -2.0}


def _exact(x: Array, y: Array, operation: str, expected: Array) -> Array:
    """Quotients as the fractions that they are."""
    if operation != "div":
        return expected
    exact = expected.astype(object)
    for place, value in np.ndenumerate(expected):
        if math.isfinite(value):
            above, below = (float(np.broadcast_to(side, expected.shape)[place]) for side in (x, y))
            exact[place] = Fraction(above) / Fraction(below) if math.isfinite(below) else Fraction(0)
    return exact


@pytest.mark.parametrize("operation", ["add", "sub", "mul", "div"])
def test_special_elements_as_ieee_has_them(operation: str) -> None:
    ring = Ring(3)
    values = np.array(list(INFINITE.values()))
    x, y = values[:, None], values[None, :]
    with np.errstate(all="ignore"):
        expected = {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y}[operation]
    left, right = ring.constant(x), ring.constant(y)
    found = {"add": left + right, "sub": left - right, "mul": left * right, "div": left / right}[operation]
    found = found.settle(expected)  # the sign of x / 0 is that of the zero, which a ring does not have
    assert same(ring, found, ring.constant(_exact(x, y, operation, expected)))


def test_functions_of_special_elements() -> None:
    ring = Ring(3)
    x = ring.constant(np.array([math.inf, -math.inf, math.nan]))
    expected = {
        "exp": [math.inf, 0.0, math.nan],
        "exp2": [math.inf, 0.0, math.nan],
        "expm1": [math.inf, -1.0, math.nan],
        "tanh": [1.0, -1.0, math.nan],
        "sigmoid": [1.0, 0.0, math.nan],
        "sech": [0.0, 0.0, math.nan],
        "sinh": [math.inf, -math.inf, math.nan],
        "cosh": [math.inf, math.inf, math.nan],
        "sqrt": [math.inf, math.nan, math.nan],
        "rsqrt": [0.0, math.nan, math.nan],
        "log": [math.inf, math.nan, math.nan],
        "sin": [math.nan, math.nan, math.nan],
        "erf": [1.0, -1.0, math.nan],
    }
    for name, values in expected.items():
        assert same(ring, getattr(x, name)(), ring.constant(np.array(values))), name
    assert (ring.zeros(()).log().kinds() == MINUS).all()
    assert (ring.zeros(()).rsqrt().kinds() == PLUS).all()


def test_what_has_no_value_is_undecided() -> None:
    ring = Ring(4, seed=1)
    x = ring.random((3,))
    tiny = x.expm1()  # no constant term
    lse = x.exp().log()
    for found in (
        lse * x.exp(),
        1 / tiny,
        tiny.log(),
        tiny.sqrt(),
        x.exp().log() * x.exp().log(),
        x.exp().log().reciprocal(),
    ):
        assert (found.kinds() == UNDECIDED).all()
    infinite = x * ring.constant(math.inf)
    assert (infinite.kinds() == UNSIGNED).all()
    assert (infinite.exp().kinds() == UNDECIDED).all()
    assert (infinite.settle(np.array([math.inf, -math.inf, 1.0])).kinds() == [PLUS, MINUS, UNSIGNED]).all()
    assert not ring.equal(infinite, infinite)[1].any()
    assert ((0 * infinite).kinds() == NAN).all()
    assert ((1 / infinite).kinds() == FINITE).all()
