"""How sure an equality in the ring is: degrees of elements against what they are, and how many coefficients decide."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.degree import ROWS, UNKNOWN, Degree
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.sureness import degree_of, enough_coefficients, false_equal, missed

ORDER = 4
Program = Callable[[Elements, Elements], Elements]


def column(x: Elements) -> Elements:
    return x.reshape([*x.shape, 1])


def softmax(x: Elements) -> Elements:
    e = x.exp()
    return e / column(e.sum(-1))


PROGRAMS: dict[str, Program] = {
    "scores": lambda q, k: (q * k).sum(-1),
    "softmax": lambda q, k: softmax((q * k).sum(-1)),
    "shifted": lambda q, k: ((q * k).sum(-1) - (q * k).sum(-1)[:1]).exp(),
    "tanh": lambda q, k: ((q + k).tanh() * q).sum(-1),
    "nested": lambda q, k: softmax(((q + k).tanh() * k).sum(-1)),
    "log": lambda q, k: ((q * k).sum(-1) - column((q * k).sum(-1).exp().sum(-1).log())).exp(),
    "weighted": lambda q, k: softmax((q * k).sum(-1)) * (q * q).sum(-1),
    "sine": lambda q, k: (q * k).sin().sum(-1),
    "powers": lambda q, k: ((q * k).exp().power(3) * q.power(2)).sum(-1),
}
TIGHT = {"scores": 0, "softmax": 1, "log": 1}  # a coefficient of the very degree that the rules give


def capped(q: Elements, k: Elements) -> Elements:
    cap = k[0, 0]
    return softmax(((q * k) / cap).tanh() * cap)[0]


QUOTIENTS: dict[str, Program] = {
    "exponential": lambda q, k: (q / k).exp()[0],
    "divided": lambda q, k: (q / k).sum(-1),
    "softcap": lambda q, k: ((q[:, 0] / k[:, 0]).tanh() * k[:, 0]).exp(),
    "reciprocal": lambda q, k: 1 / (q + (q * k).exp()).sum(-1),
    "softcapped": capped,
    "base two": lambda q, k: (q * k).sum(-1).exp2(),
}


def along_a_line(name: str, t: np.ndarray, program: Program) -> Elements:
    """A program's values at inputs that are linear in t, one row for each t."""
    ring = Ring(ORDER, seed=9)
    start, step = ring.random((1, 2, 2, 2)), ring.random((1, 2, 2, 2))
    inputs = start + step * ring.constant(t.reshape(-1, 1, 1, 1))
    found = [program(inputs[i, 0], inputs[i, 1]) for i in range(len(t))]
    return ring.stack(found)


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_degrees_without_denominators(name: str) -> None:
    """A polynomial of degree D in t has (D + 1)-st differences 0; one difference less would be too few to say so."""
    ring = Ring(ORDER, seed=9)
    q, k = ring.random((2, 2)), ring.random((2, 2))
    bound = PROGRAMS[name](q, k).degree
    assert bound[2:4] == (0, 0)
    for r in range(ORDER):
        most = bound.top + r * bound.slope
        values = along_a_line(name, np.arange(most + 2), PROGRAMS[name])
        coefficient = values.series[:, r] if r < values.series.shape[1] else np.zeros((2, most + 2, 1), np.int64)
        for _ in range(most):
            coefficient = ring.field.reduce(np.diff(coefficient, axis=1))
        assert coefficient.any() or TIGHT.get(name) != r, (name, r)
        assert not np.diff(coefficient, axis=1).any(), (name, r)


@pytest.mark.parametrize("name", list(QUOTIENTS))
def test_degrees_of_quotients(name: str) -> None:
    """N/D with degrees n and d: of so many values, the linear equations ``N(t) = f(t) D(t)`` have a solution; with the
    degrees far too low they have none.
    """
    ring = Ring(ORDER, seed=9)
    bound = QUOTIENTS[name](ring.random((2, 2)), ring.random((2, 2))).degree
    for r in range(ORDER):
        above, below = bound.top + r * bound.slope, bound.below + r * bound.ratio
        points = np.arange(1, above + below + 4)
        values = along_a_line(name, points, QUOTIENTS[name])
        p = ring.field.primes[0]
        found = values.series[0, r].reshape(len(points), -1)[:, 0] if r < values.series.shape[1] else 0 * points
        rows = [
            [pow(int(t), e, p) for e in range(above + 1)] + [-int(f) * pow(int(t), e, p) % p for e in range(below + 1)]
            for t, f in zip(points, found, strict=True)
        ]
        assert rank(rows, p) < above + below + 2, (name, r)
        if name == "exponential" and r:  # exactly these degrees: with one less the equations have no solution
            assert (above, below) == (r, r)
            assert rank([row[:above] + row[above + 1 :] for row in rows], p) == above + below + 1


def rank(rows: list[list[int]], p: int) -> int:
    """Rank of a matrix mod p."""
    found, width = 0, len(rows[0])
    for place in range(width):
        pivot = next((k for k in range(found, len(rows)) if rows[k][place]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        inverse = pow(rows[found][place], -1, p)
        rows[found] = [x * inverse % p for x in rows[found]]
        for k in range(found + 1, len(rows)):
            factor = rows[k][place]
            if factor:
                rows[k] = [(x - factor * y) % p for x, y in zip(rows[k], rows[found], strict=True)]
        found += 1
    return found


def test_the_probability() -> None:
    ring = Ring(16, seed=1)
    p, q = ring.field.primes
    x, y = ring.random((3, 4)), ring.random((4, 2))
    truth = softmax(x) @ y
    assert missed(truth, truth, ring) == pytest.approx((16 / p) * (16 / q))
    assert false_equal(Degree(top=2**40), ring) == 1
    lse = x.exp().sum(-1).log()
    assert degree_of(lse).of(16) == 15
    assert degree_of(lse + x[:, 0]).of(16) == 15


def test_roots() -> None:
    ring = Ring(3, seed=2)
    assert ring.constant(80).rsqrt().degree == degrees.CONSTANT
    assert ring.random((3,)).exp().sum(-1).sqrt().degree.rests == 0  # its constant term is a constant
    x = ring.random((4, 3), square_norm=-1)
    norm = (x * x).sum(-1)
    root = norm.sqrt()
    assert root.degree.rests == x.degree.rests == ROWS
    seven = Degree(top=7)
    assert false_equal(seven._replace(rests=ROWS), ring) == pytest.approx(81 * (false_equal(seven, ring) or 0))
    assert missed(root, root, ring) is not None
    fourth = (norm * norm).power(Fraction(1, 4))
    assert missed(fourth, fourth, ring) is None
    assert missed(root, root, ring) is not None


def test_what_comes_out_equal_by_chance_has_no_bound() -> None:
    """The root of (x − y)² is x − y in both draws, or its opposite, for every fourth ring: so is that of x²."""
    squares: list[Callable[[Ring], Elements]] = [
        lambda ring: ring.random((1,)) - ring.random((1,)),
        lambda ring: ring.random((1, 1), square_norm=-1),
    ]
    for drawn in squares:
        equal = 0
        for seed in range(20):
            ring = Ring(2, seed=seed)
            x = drawn(ring)
            root = (x * x).sqrt()
            equal += bool(ring.equal(root, x)[0].all())
            assert missed(root, x, ring) is None
        assert equal > 0


def test_functions_without_an_interpretation_have_no_bound() -> None:
    """They are equal wherever their arguments are, and of those nothing is kept."""
    ring = Ring(3, seed=4)
    x = ring.random((3,))
    found = (x * x).erf().exp() * x
    assert missed(found, found, ring) is None


def test_roots_of_multiples_of_norms() -> None:
    ring = Ring(2, seed=2)
    x = ring.random((4, 3), square_norm=-1)
    norm = (x * x).sum(-1)
    assert (norm * norm[:1]).sqrt().degree.rests == UNKNOWN  # one of them is |x|⁴
    assert (norm / 3).sqrt().degree.rests == ROWS  # of the mean
    several = ring.concatenate([4 * norm, norm / 7, ring.constant([0.0, 5.0])])  # in another scale, and of no row
    assert several.rsqrt().degree.rests == ROWS
    assert (-norm * norm).sqrt().degree.rests == ROWS  # what has no root at any numbers is none that was taken


GRID = [Degree(*row) for row in itertools.product((0, 1, 3), (0, 2), (0, 1, 4), (0, 1))]
OF_ONE: dict[str, tuple[Callable[[Degree], Degree], Callable[[Degree], tuple[int, ...]]]] = {
    "reciprocal": (degrees.reciprocal, lambda x: (x.below, x.top + x.slope, x.top, x.top + x.ratio)),
    "of a number": (lambda x: degrees.reciprocal(x, number=True), lambda x: (x.below, 0, x.top, 0)),
    "exponential": (
        degrees.exponential,
        lambda x: (0, max(x.top + x.ratio, x.slope + x.below), 0, x.below + x.ratio),
    ),
    "root": (
        lambda x: degrees.root(x, Fraction(1, 2)),
        lambda x: (-(-(x.top + x.below) // 2), x.top + x.slope, x.below, x.top + x.ratio),
    ),
}
FIRST_OF_TWO: dict[str, tuple[Callable[[Degree, Degree], Degree], Callable[[Degree, Degree], int]]] = {
    "multiply": (degrees.multiply, lambda x, y: x.top + y.top),
    "add": (degrees.add, lambda x, y: max(x.top + y.below, y.top + x.below)),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_a_rule_in_use_is_the_formula_of_the_lemma(name: str) -> None:
    rule, formula = OF_ONE[name]
    for one in GRID:
        assert rule(one)[:4] == formula(one)


@pytest.mark.parametrize("name", FIRST_OF_TWO)
def test_a_rule_for_two_is_the_formula_of_the_lemma(name: str) -> None:
    rule, first = FIRST_OF_TWO[name]
    for x, y in itertools.product(GRID, GRID):
        slope = max(x.slope + y.ratio, y.slope + x.ratio)
        assert rule(x, y)[:4] == (first(x, y), slope, x.below + y.below, x.ratio + y.ratio)


def test_denominators_are_shared_where_the_same_was_done_to_all() -> None:
    """Sums of elements that share their denominators, whatever was done to all of them alike; others, whose numbers
    differ or are 0, do not.
    """
    some, other = (one._replace(shared=degrees.fresh()) for one in (Degree(2, 3, 1, 2), Degree(1, 4, 1, 2)))
    alike = other._replace(shared=some.shared)
    exponential = degrees.exponential(some)
    assert degrees.add(some, alike) == some._replace(slope=4)
    assert degrees.total(some, 3) == some
    assert degrees.add(some, other)[2:4] == (2, 4)
    assert degrees.total(some._replace(shared=0), 3)[2:4] == (3, 6)
    assert degrees.total(exponential, 3) == exponential == degrees.exponential(some)
    assert degrees.reciprocal(exponential)[:4] == (0, exponential.slope, 0, exponential.ratio)
    assert degrees.reciprocal(exponential).shared
    assert not degrees.reciprocal(some).shared


def test_rules_that_stand_for_many() -> None:
    """Powers and sums are products and sums one after the other."""
    some = Degree(2, 3, 1, 2)
    assert degrees.power(some, 3) == degrees.multiply(degrees.multiply(some, some), some)
    assert degrees.total(some, 3) == degrees.add(degrees.add(some, some), some)
    assert degrees.power(some, 0) == degrees.CONSTANT
    assert degrees.total(Degree(1, 1), 9) == Degree(1, 1)
    ring = Ring(ORDER)
    wide = capped(ring.random((2, 50)), ring.random((2, 50)))
    assert wide.degree.of(ORDER) < 100  # one denominator for all fifty, not fifty


def test_shared_denominators_pass_through_a_store() -> None:
    ring = Ring(3, seed=8)
    x, cap = ring.random((2, 6)), ring.random(())
    store = ring.store(40)
    for start, part in ((0, x / cap), (20, x / cap.broadcast_to(x.shape)), (32, ring.zeros((3,)))):
        store.put(np.arange(start, start + part.size), part)
    one, two = store.take(np.arange(12)), store.take(np.arange(20, 32))
    assert one.degree.shared
    assert two.degree.shared
    assert one.degree.shared != two.degree.shared
    assert one.sum().degree == one.degree
    inverse = one.reciprocal().degree  # over x, another for each
    assert not inverse.shared
    assert degrees.total(inverse, 12).below == 12
    assert ring.concatenate([one, store.take(np.arange(32, 35))]).degree == one.degree
    assert not store.take(np.arange(32)).degree.shared


@pytest.mark.parametrize(("keys", "order"), [(2, 3), (3, 6), (4, 10)])
def test_enough_coefficients_for_values(keys: int, order: int) -> None:
    """The product Π (d/dε − g) over all sums of two exponents takes all coefficients to 0: a sum of exactly these that
    vanishes to one order less than their number exists, and with one more there is none.
    """
    assert enough_coefficients(keys, "forward") == order
    ring = Ring(max(order, 2), seed=3)
    scores = ring.random((keys,)).series[0, 0].tolist()
    p = ring.field.primes[0]
    sums = [scores[i] + scores[j] for i in range(keys) for j in range(i, keys)]
    rows = [[pow(g, r, p) for g in sums] for r in range(order)]  # Σ P_j g_j^r, r below the order
    assert rank([*map(list, rows)], p) == len(sums)
    assert rank([*map(list, rows[:-1])], p) == len(sums) - 1


def test_three_keys_need_fifteen() -> None:
    assert enough_coefficients(3, "backward") == 15 == math.comb(6, 4)
    assert enough_coefficients(4, "backward") > 16
