"""Numbers from balls: what enclosures show, rounded to decimals that a proof can print."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq, fmpz
from sympy import Rational


def ball(number: Rational) -> arb:
    """An enclosure of a rational number."""
    return arb(fmpq(number.p, number.q))


def floor_of(found: Sequence[arb], decimals: int) -> Rational:
    """The largest number with so many decimals, or one digit less there, that every ball is above.

    Raises ValueError for a ball without bounds.
    """
    scale = 10**decimals
    return min(Rational(_whole((each.lower() * scale).floor()) - 1, scale) for each in found)


def _whole(of: arb) -> int:
    number = of.lower().unique_fmpz() if of.is_finite() else None
    if not isinstance(number, fmpz):
        raise ValueError(f"expected a ball with bounds, got {of}")
    return int(number)
