"""Real functions, in ball arithmetic, where independent atoms at rational points would not do.

A root is tied to its argument by ``√x √x = x``, which no random rational number obeys. Systems that take roots of
tensors are therefore evaluated in balls (python-flint's ``arb``) from the root on: everything is enclosed, two values
that are *certainly* different are different, and two that agree do so to within ``2^-AGREEMENT`` of their size.
"""

from __future__ import annotations

from typing import Final, cast

from flint import arb, fmpq

from attnproof.derivations.language.functions import ELEMENTARY
from attnproof.derivations.recheck.atoms import Atoms

PRECISION: Final = 1024  # bits of every ball
AGREEMENT: Final = 512  # bits to which equal values must be seen to agree


class Reals(Atoms):
    """The functions at rational points and at balls, in place of atoms; balls stand where rationals stood."""

    def value(self, name: str, x: fmpq | arb) -> fmpq:
        """Enclose function ``name`` at ``x``. Raises ValueError for an unknown one, KinkError at a jump in the ball."""
        if name not in ELEMENTARY:
            raise ValueError(f"no ball arithmetic for the function {name!r}; known: {', '.join(ELEMENTARY)}")
        return as_scalar(ELEMENTARY[name].ball(arb(x)))

    def root(self, x: fmpq | arb, degree: int) -> fmpq:
        """The root: exact where it is rational, else a ball. Raises ZeroDivisionError where x may be 0 or negative."""
        if isinstance(x, fmpq):
            try:
                return super().root(x, degree)
            except ValueError:
                pass
        at = arb(x)
        if not at > 0:
            raise ZeroDivisionError(f"root of {at.str(5)}")
        return as_scalar(at.root(degree))


def agree(left: fmpq | arb, right: fmpq | arb) -> bool:
    """Whether two values are equal: exactly for rationals; balls must overlap and be narrow enough for that to mean
    something.

    Raises ArithmeticError where the balls overlap and are too wide to tell.
    """
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return left == right
    distance, size = arb(left) - arb(right), abs(arb(left)) + abs(arb(right)) + 1
    if not distance.contains(0):
        return False
    if not (distance.is_finite() and abs(distance) < size * arb(2) ** -AGREEMENT):
        raise ArithmeticError(f"{distance.str(5)} encloses 0, and too much else")
    return True


def as_scalar(ball: arb) -> fmpq:
    """The ball, where a rational is asked for."""
    return cast("fmpq", ball)  # a ball has every operation of a rational that the evaluation uses
