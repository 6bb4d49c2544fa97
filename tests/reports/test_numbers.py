from __future__ import annotations

import pytest

from attnproof.reports.page.numbers import finite, number, power, show


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0.012345678", "0.01235"),
        (1.23456e-9, "1.235×10⁻⁹"),
        ("-2.5e+20", "−2.5×10²⁰"),
        (4096, "4096"),
        ("4096.0", "4096"),
        (-3, "−3"),
        (0.0, "0"),
        ("nan", "NaN"),
        ("inf", "∞"),
        ("-inf", "−∞"),
        ("", "–"),
        (None, "–"),
        ("none", "none"),
        (99999.99, "100000"),
        (0.00009999999, "0.0001"),
        (1234567.0, "1.235×10⁶"),
        (100.04, "100"),
    ],
)
def test_show(cell: object, text: str) -> None:
    assert show(cell) == text


def test_number_and_finite() -> None:
    assert number("") is None
    assert number(True) is None
    assert number("inf") == float("inf")
    assert finite("inf") is None
    assert finite("1e-3") == 0.001


def test_power() -> None:
    assert power(2, -20) == "2⁻²⁰"
