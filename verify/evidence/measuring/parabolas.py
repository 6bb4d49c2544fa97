"""A lower bound of sech² and a parabola together, by enclosures on small pieces: evidence for T8."""

from __future__ import annotations

from typing import Final

from flint import arb

TOLERANCE: Final = 1e-5  # of the certified lower bounds
FINEST: Final = 2.0**-20  # radius of the smallest pieces: far below the root of the tolerance


def lower_bound(linear: arb, quadratic: arb, near: arb) -> arb:
    """A lower bound of ``sech²(y) + linear y + quadratic y²`` over y >= 0, less than the minimum by at most
    ``TOLERANCE/2``.

    On a piece: the value at its middle and an enclosure of the slope; pieces are halved until that is within the
    tolerance of the value at ``near``. Beyond 8 the parabola by itself, which grows there, is above that value. Raises
    ValueError when ``near`` is not near the minimum.
    """

    def value(y: arb) -> arb:
        return y.sech() ** 2 + linear * y + quadratic * y * y

    def slope(y: arb) -> arb:
        return -2 * y.sech() ** 2 * y.tanh() + linear + 2 * quadratic * y

    end = 8
    wanted = float(value(near).lower()) - TOLERANCE / 2
    if not (linear + 2 * quadratic * end > 0 and linear * end + quadratic * end**2 > wanted):
        raise ValueError("the parabola is not above the least value beyond 8")
    pieces = [(arb(k) + 0.5, 0.5) for k in range(end)]
    while pieces:
        middle, radius = pieces.pop()
        if radius < FINEST:
            raise ValueError(f"sech² and its parabola go below their value at {near}, at {middle}")
        piece = arb(middle, radius)
        if not value(middle) + slope(piece) * (piece - middle) > wanted:
            pieces += [(middle - radius / 2, radius / 2), (middle + radius / 2, radius / 2)]
    return arb(wanted)
