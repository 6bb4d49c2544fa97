"""Numbers as the result files write them, and as a reader likes to see them."""

from __future__ import annotations

import math
from typing import Any

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(cell: Any) -> float | None:
    """A cell of a result file as a float (nan and infinities included); None where it holds no number.

    A bool is no number.
    """
    if cell is None or isinstance(cell, bool):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def finite(cell: Any) -> float | None:
    """A cell as a finite float, else None."""
    value = number(cell)
    return value if value is not None and math.isfinite(value) else None


def power(base: int, exponent: int) -> str:
    """``2⁻²⁰``"""
    return f"{base}{str(exponent).translate(_SUPERSCRIPTS)}"


def show(cell: Any, digits: int = 4) -> str:
    """A number with ``digits`` significant digits: ``0.01234``, ``1.235×10⁻⁹``, ``4096``; other text unchanged.

    Missing values are a dash, infinities ``∞`` and ``−∞``, not-a-number ``NaN``.
    """
    value = number(cell)
    if value is None:
        return str(cell) if isinstance(cell, str) and cell else "–"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value)}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -4 <= int(exponent) < 6:
        plain = f"{value:.{max(0, digits - 1 - int(exponent))}f}"
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace("-", "−")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", "−")
    return f"{mantissa}×{power(10, int(exponent))}"
