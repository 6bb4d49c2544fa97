"""Evidence for A4, A5 and T10: it passes, it fails where it must, and its certificates are found again by other
code.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp

from attnproof.verify.arithmetic.formats import FORMATS, FP16
from attnproof.verify.evidence import a4, a5, run, t10
from attnproof.verify.evidence.measuring.rounded import Rounded
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.rows.tables import EvidenceRow
from attnproof.verify.tables.saturation.average import mean_squares

QUICK = Options(profile="quick")


@pytest.mark.parametrize(("claim", "figures"), [("A4", 0), ("A5", 0), ("T10", 2)])
def test_every_row_passes(claim, figures):
    rows = run({"claim": claim}, QUICK)
    judged = [row for row in rows if isinstance(row, EvidenceRow)]
    assert [row.id for row in judged if row.verdict != PASS] == []
    assert len({row.id for row in judged}) == len(judged)
    assert len(rows) - len(judged) == figures


def lost_by_pairs(n, sigma):
    """1 − E[Σα²] = n(n − 1) ∫ t φ_1² φ_0^(n−2) dt, in plain Python: another integral, by Simpson's rule for the
    scores.
    """
    cells = 40 * max(10, round(10 * sigma))
    h = 17 / cells
    nodes = [-8.5 + h * k for k in range(cells + 1)]
    simpson = [h / 3 * (1 if k in (0, cells) else 4 if k % 2 else 2) for k in range(cells + 1)]
    z, weight = np.array(nodes), np.array(simpson) * np.exp(-(np.array(nodes) ** 2) / 2) / math.sqrt(2 * math.pi)
    step, total = 0.25, 0.0
    y = -30 - 8.5 * sigma
    while y < 6 + 8.5 * sigma:
        grown = np.exp(np.minimum(y + sigma * z, 50.0))
        decay = np.exp(-grown)
        total += float(weight @ (grown * decay)) ** 2 * float(weight @ decay) ** (n - 2)
        y += step
    return n * (n - 1) * step * total


@pytest.mark.parametrize("sigma", [1.0, 8.0, pytest.param(32.0, marks=pytest.mark.slow)])
def test_the_integral_is_found_again(sigma):
    """At least six digits of 1 − E[Σα²], as rows claim four."""
    for n in t10.COUNTS:
        found = 1 - mean_squares(sigma, (n,))[n].value
        assert lost_by_pairs(n, sigma) == pytest.approx(found, rel=1e-6)
        assert t10.weighted_means(sigma, (n,))[n].value / sigma == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("n", [2, 16, 4096])
def test_the_largest_is_found_again(n):
    with mp.workdps(20):
        again = mp.quad(lambda x: n * x * mp.npdf(x) * mp.ncdf(x) ** (n - 1), [-8, -2, 0, 1, 2, 3, 4, 5, 6, 8, 12])
    assert abs(float(t10.largest_mean(n)) - float(again)) < 1e-12
    assert t10.largest_mean(n).rad() < 1e-20


def test_rows_of_the_integral_can_fail():
    squares, field = mean_squares(8.0, (16,))[16], t10.weighted_means(8.0, (16,))[16]
    assert t10.two_integrals(16, 8.0, squares, field).verdict == PASS
    off = replace(squares, value=squares.value + 1e-6)
    assert t10.two_integrals(16, 8.0, off, field).verdict == FAIL
    assert t10.two_integrals(16, 8.0, replace(squares, error=1e-3), field).verdict == FAIL
    assert t10.between(16, 8.0, squares).verdict == PASS
    assert t10.between(16, 8.0, replace(squares, value=squares.value - 0.01)).verdict == FAIL
    assert t10.between(16, 8.0, replace(squares, value=squares.value + 0.04)).verdict == FAIL
    assert t10.head(64, 16, replace(squares, value=0.7)).verdict == FAIL
    with pytest.raises(ValueError, match="sigma and step"):
        t10.weighted_means(0.0, (16,))


def test_rounded_operations_are_those_of_half_precision():
    """NumPy's own fp16 for the four operations, and mpmath for the exponential."""
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal(2000).astype(np.float16) for _ in range(2))
    for operation in (np.add, np.subtract, np.multiply, np.divide):
        with np.errstate(all="ignore"):
            assert np.array_equal(
                Rounded(FP16)(operation, x.astype(float), y.astype(float)), operation(x, y).astype(float)
            )
    for value in (0.1, -3.7, 300.0):
        with mp.workprec(300):
            exact = mp.exp(mp.mpf(value))
        with mp.workprec(53):
            assert Rounded(FORMATS["fp64"]).exp(np.array([value]))[0] == float(+exact)


def fraction_of_half(number):
    """A rational rounded to fp16, normal range, ties to even, in whole numbers."""
    spacing = Fraction(1, 1024)
    while number >= 2 * 1024 * spacing:
        spacing *= 2
    while number < 1024 * spacing:
        spacing /= 2
    return round(number / spacing) * spacing


def test_one_unit_is_found_again_by_fractions():
    """a = 1.5 and b = −1.25 in fp16: mpmath rounds the exponentials, fractions do the rest."""
    with mp.workprec(200):
        first, second = (fraction_of_half(Fraction(str(mp.nstr(mp.exp(x), 40)))) for x in (3, -2.5))
    product = fraction_of_half(first * second)
    expected = 1 - fraction_of_half(2 / fraction_of_half(1 + product))
    assert a5.separated(FP16, np.array([1.5]), np.array([-1.25]))[0] == float(fraction_of_half(expected))


def verdicts(rows, part):
    return {row.verdict for row in rows if part in row.id}


def test_rows_of_the_separated_form_can_fail(monkeypatch):
    half = Options(profile="quick", dtypes=("fp16",))
    monkeypatch.setattr(a5, "FORWARD", 2)
    assert verdicts(a5.rows(half), "anywhere") == {FAIL}
    monkeypatch.undo()
    monkeypatch.setattr(a5, "BACKWARD", 1)
    assert verdicts(a5.rows(half), "/derivative/") == {FAIL}
    monkeypatch.undo()
    monkeypatch.setattr(a5, "safe_forward", lambda name: 17)
    monkeypatch.setattr(a5, "safe_backward", lambda name: 9)
    assert verdicts(a5.rows(half), "forward edge") == {FAIL}
    assert verdicts(a5.rows(half), "backward edge") == {FAIL}
    monkeypatch.undo()
    monkeypatch.setattr(a5, "separated", a5.direct)
    assert verdicts(a5.rows(half), "/lost/") == {FAIL}


def test_the_order_of_three_keys_is_found_again():
    """Plain Python's doubles and fractions."""
    left, right = ((0.1 + 0.2) + 0.3) / 3.0, (0.1 + (0.2 + 0.3)) / 3.0
    rows = {row.id: row for row in a4.orders()}
    assert rows["evidence/A4/associative/(xy)z"].measured == left
    assert rows["evidence/A4/associative/x(yz)"].measured == right
    assert left != right
    truth = (Fraction(0.1) + Fraction(0.2) + Fraction(0.3)) / 3
    assert max(abs(Fraction(x) - truth) for x in (left, right)) <= 4 * Fraction(1, 2**53) * truth


def test_the_bound_is_found_again():
    u = mp.mpf(2) ** -11
    budget = 2 * (5 * 3 * u / (1 - u) + u * 3) + u / (1 - u)
    assert a4.bound(FP16, 5, 3.0) == pytest.approx(float(mp.expm1(budget)), rel=1e-12)


def test_the_exact_context_is_found_again():
    scores, value = np.array([0.5, -1.0, 2.0]), np.array([[1.0, -2.0], [3.0, 0.25], [-0.5, 4.0]])
    context, sizes = a4.context(scores, value)
    weights = [mp.exp(e) for e in (0.5, -1, 2)]
    for column, found, size in zip(value.T, context, sizes, strict=True):
        expected = sum(w * x for w, x in zip(weights, column, strict=True)) / sum(weights)
        assert float(found) == pytest.approx(float(expected), rel=1e-13)
        assert float(size) == pytest.approx(
            float(sum(w * abs(x) for w, x in zip(weights, column, strict=True)) / sum(weights))
        )


def test_rows_of_the_merge_can_fail(monkeypatch):
    half = Options(profile="quick", dtypes=("fp16",))

    def without_rescaling(fmt, x, y):
        return np.maximum(x[0], y[0]), x[1] + y[1], x[2] + y[2]

    def second_last(fmt, x, y):
        m, whole, sums = merge(fmt, x, y)
        return m, whole, Rounded(fmt)(np.add, sums, x[2] * 2.0**-9)

    def exact(fmt, x, y):
        return x[0], x[1] + y[1], np.round(x[2] + y[2])

    merge = a4.merge
    monkeypatch.setattr(a4, "merge", without_rescaling)
    assert verdicts(a4.rows(half), "A4/error") == {FAIL}
    monkeypatch.setattr(a4, "merge", second_last)
    assert verdicts(a4.rows(half), "A4/exchanged") == {FAIL}
    monkeypatch.setattr(a4, "merge", exact)
    assert FAIL in verdicts(a4.rows(half), "A4/associative")


def test_trees_hold_every_key_once():
    def leaves(tree):
        return [tree] if isinstance(tree, int) else leaves(tree[0]) + leaves(tree[1])

    rng = np.random.default_rng(1)
    for tree in (
        a4.comb(range(9)),
        a4.mirrored(a4.comb(range(9))),
        a4.balanced(0, 9),
        a4.random_tree(list(range(9)), rng),
    ):
        assert sorted(leaves(tree)) == list(range(9))
    assert (a4.depth(a4.comb(range(9))), a4.depth(a4.balanced(0, 8))) == (8, 3)
