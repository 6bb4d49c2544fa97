"""Real functions, in ball arithmetic, where independent atoms at rational points would not do.

A root is tied to its argument by ``√x √x = x``, which no random rational number obeys. Systems that take roots of
tensors are therefore evaluated in balls (python-flint's ``arb``) from the root on: everything is enclosed, two values
that are *certainly* different are different, and two that agree do so to within ``2^-AGREEMENT`` of their size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, cast

from flint import arb, fmpq

from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.dual import Dual, Scalar, slopes, value_of

PRECISION: Final = 1024  # bits of every ball
AGREEMENT: Final = 512  # bits to which equal values must be seen to agree


def _step(x: arb) -> arb:
    if x > 0:
        return arb(1)
    if x <= 0:
        return arb(0)
    raise ZeroDivisionError(f"the kink at 0 lies within {x.str(5)}")  # another point is drawn, as at a pole


VALUES: Mapping[str, Callable[[arb], arb]] = MappingProxyType(
    {
        "exp": arb.exp,
        "tanh": arb.tanh,
        "sech": arb.sech,
        "sin": arb.sin,
        "cos": arb.cos,
        "sinh": arb.sinh,
        "cosh": arb.cosh,
        "log": arb.log,
        "atan": arb.atan,
        "relu": lambda x: x * _step(x),
        "step": _step,
    }
)
SLOPES: Mapping[str, Callable[[arb], arb]] = MappingProxyType(
    {
        "exp": arb.exp,
        "tanh": lambda x: 1 - x.tanh() ** 2,
        "sech": lambda x: -x.sech() * x.tanh(),
        "sin": arb.cos,
        "cos": lambda x: -x.sin(),
        "sinh": arb.cosh,
        "cosh": arb.sinh,
        "log": lambda x: 1 / x,
        "atan": lambda x: 1 / (1 + x * x),
        "relu": _step,
        "step": lambda _: arb(0),
    }
)


class Reals(Atoms):
    """The functions at rational points and at balls, in place of atoms; balls stand where rationals stood."""

    def __call__(self, name: str, x: Scalar) -> Scalar:
        """Enclose function ``name`` at ``x``, with its slope for a dual number; ValueError for an unknown function."""
        if name not in VALUES:
            raise ValueError(f"no ball arithmetic for the function {name!r}; known: {', '.join(VALUES)}")
        at = arb(value_of(x))
        value = _as_scalar(VALUES[name](at))
        return Dual(value, slopes(x, _as_scalar(SLOPES[name](at)))) if isinstance(x, Dual) else value

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
        return _as_scalar(at.root(degree))


def agree(left: fmpq | arb, right: fmpq | arb) -> bool:
    """Whether two values are equal: exactly for rationals; balls must overlap and be narrow enough for that to mean something.

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


def _as_scalar(ball: arb) -> fmpq:
    return cast("fmpq", ball)  # a ball has every operation of a rational that the evaluation uses
