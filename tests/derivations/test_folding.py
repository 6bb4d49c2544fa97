"""The folded fractions, their ranges and the exponential: each proof holds, and each check rejects what is wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Integer, Rational, Symbol

from attnproof.derivations.kernels import exponential as exponentials
from attnproof.derivations.kernels import ranges
from attnproof.derivations.kernels.exponential import FORMATS, exponential, nearest_is_close, relative_error
from attnproof.derivations.kernels.folding import (
    Assignment,
    derivative_in_fraction,
    folded,
    reciprocals,
    unit_in_product,
)


def test_everything_that_the_kernels_rely_on() -> None:
    assert ranges.proved()
    assert unit_in_product()[:2] == (1, -2)


def test_a_wrong_numerator_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, result = folded(4)
    wrong = tuple(
        Assignment(s.target, s.value.subs(Symbol("v0", real=True), Symbol("v1", real=True)))
        if s.target.name == "n01"
        else s
        for s in steps
    )
    monkeypatch.setattr(ranges, "folded", lambda _: (wrong, result))
    assert not ranges.same_sum(4)


def test_a_wrong_reciprocal_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, whole = reciprocals(4)
    swapped = {"f0": Symbol("d0"), "f1": Symbol("d1")}
    wrong = tuple(
        Assignment(s.target, swapped[s.target.name] * Symbol("f01")) if s.target.name in swapped else s for s in steps
    )
    monkeypatch.setattr(ranges, "reciprocals", lambda _: (wrong, whole))
    assert not ranges.same_reciprocals(4)


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    f = ranges.FRACTION
    assert derivative_in_fraction() == (4, f - f**2)
    for wrong in ((Integer(4), f + f**2), (Integer(2), f - f**2)):
        monkeypatch.setattr(ranges, "derivative_in_fraction", lambda wrong=wrong: wrong)
        assert not ranges.same_derivative()


def test_a_denominator_that_may_fall_is_found() -> None:
    a, b = Symbol("A0", positive=True), Symbol("B0", positive=True)
    d = Symbol("d0")
    assert ranges.rises((Assignment(d, 1 + a * b),))
    for wrong in (1 - a * b, 1 + a / b, Rational(1, 2) + a * b, a * b):
        assert not ranges.rises((Assignment(d, wrong),)), wrong


def test_a_range_that_is_too_wide_is_rejected() -> None:
    assert not ranges.numerators_stay(4, Rational(1, 2))
    for name in FORMATS:
        assert not ranges.no_overflow(name, 48, 0)
        assert not ranges.no_overflow(name, 48, -1)


def test_roundings_are_counted_by_hand() -> None:
    # n01 = fma(d0, v1, d1 v0): d's rounding, the product's and the sum's; d01: both and one; the quotient
    assert ranges.forward_units(2) == 3 + 3 + 1
    # f0 = d1 · 1/(d0 d1)
    assert ranges.fraction_units(2) == (3 + 1) + 1 + 1
    assert ranges.forward_units(2) < ranges.forward_units(4) < ranges.forward_units(8)


@pytest.mark.parametrize("name", FORMATS)
def test_the_exponential_is_off_by_about_two_roundings(name: str) -> None:
    assert 1 < relative_error(name) < 2.1


def test_a_coarser_polynomial_and_a_shorter_logarithm_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    program = exponential("float32")
    last = program.coefficients[-1]
    for wrong in (
        replace(program, coefficients=(*program.coefficients[:-1], last * Fraction(101, 100))),
        replace(program, low=Fraction(0)),
    ):
        monkeypatch.setattr(exponentials, "exponential", lambda _, wrong=wrong: wrong)
        assert relative_error("float32") > 2.1  # what the other test allows
    assert not nearest_is_close(replace(program, log2e=program.log2e * Fraction(101, 100)))


def test_the_edge_keeps_powers_normal() -> None:
    for name in FORMATS:
        program = exponential(name)
        assert program.edge < float(program.largest - 1) * 0.6931471805599454
        assert Integer(program.magic) == program.magic
