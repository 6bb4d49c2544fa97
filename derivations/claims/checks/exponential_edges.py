"""Where the exponential of a format overflows and underflows, decided by ball arithmetic, and the softmax as a program.

Behind claim T9: exp is correctly rounded to nearest, ties to even, with subnormals.
"""

from __future__ import annotations

from typing import Final, Literal

from flint import arb, ctx, fmpq
from sympy import Add, Expr, Integer, Max, Rational, exp, nan, oo, simplify

from attnproof.derivations.bounds.formats import FORMATS, LAST_FINITE, LAST_ZERO, following

Edge = Literal["overflow", "underflow"]

_BITS: Final = 160  # of the balls; a comparison of balls is True only if it is certain


def largest(name: str) -> Rational:
    """The largest finite number of a format, ``(2^p − 1) 2^(e_max − p + 1)``."""
    p, e_max = FORMATS[name]
    return (2**p - 1) * Rational(2) ** (e_max - p + 1)


def edge_of(name: str, edge: Edge) -> Rational:
    """Where rounding to nearest changes its result.

    Half way from the largest number to 2^(e_max + 1), where a tie goes to infinity; or half the smallest subnormal
    number 2^(2 − e_max − p), where it goes to 0.
    """
    p, e_max = FORMATS[name]
    if edge == "overflow":
        return (largest(name) + Rational(2) ** (e_max + 1)) / 2
    return Rational(2) ** (2 - e_max - p) / 2


def _ball(x: Rational) -> arb:
    return arb(fmpq(int(x.p), int(x.q)))


def exponential_below(x: Rational, level: Rational) -> bool | None:
    """Whether ``e^x < level``, by ball arithmetic; None where the balls do not tell."""
    with ctx.workprec(_BITS):
        found, edge = _ball(x).exp(), _ball(level)
        return True if found < edge else False if found > edge else None


def rounded_exp(x: Expr, name: str) -> Expr:
    """``e^x`` as the format has it where that is 0 or infinite, else exact. Raises ValueError if undecided."""
    if x in {oo, -oo} or x is nan:
        return exp(x)
    over, zero = (exponential_below(x, edge_of(name, edge)) for edge in ("overflow", "underflow"))
    if x == 0:
        return Integer(1)
    if over is None or zero is None:
        raise ValueError(f"e^({x}) is too near to a threshold of {name}")
    return oo if not over else Integer(0) if zero else exp(x)


def rounded_difference(a: Expr, b: Expr, name: str) -> Expr:
    """``a − b``, infinite where it overflows; otherwise exact."""
    found = a - b
    if found.is_finite and abs(found) >= edge_of(name, "overflow"):
        return oo if found > 0 else -oo
    return found


def exceeds(value: Expr, name: str) -> bool:
    """A sum of exponentials of rationals reaches the edge to infinity. Raises ValueError if the balls do not tell."""
    with ctx.workprec(_BITS):
        found, edge = sum(map(_term, Add.make_args(value)), arb(0)), _ball(edge_of(name, "overflow"))
        if not (found < edge or found > edge):
            raise ValueError(f"{value} is too near to the largest number of {name}")
        return bool(found > edge)


def _term(value: Expr) -> arb:
    """A rational times powers of e, in a ball. Raises ValueError for anything else."""
    factor, power = value.as_coeff_Mul()
    if power == 1:
        return _ball(factor)
    if not (isinstance(power, exp) and power.args[0].is_Rational):
        raise ValueError(f"{value} is no multiple of the exponential of a rational")
    return _ball(factor) * _ball(power.args[0]).exp()


def weights(scores: tuple[Expr, ...], name: str, *, shifted: bool) -> tuple[Expr, ...]:
    """The softmax as a program, with IEEE 754's overflows, underflows and undefined operations (∞ − ∞, 0/0, ∞/∞)."""
    top = Max(*scores) if shifted else Integer(0)
    terms = [rounded_exp(rounded_difference(x, top, name), name) for x in scores]
    below = sum(terms, Integer(0))
    if below.is_finite and exceeds(below, name):
        below = oo
    return tuple(nan if below == 0 and term == 0 else term / below for term in terms)


def scores(which: str, name: str) -> tuple[Expr, ...]:
    """Scores at the thresholds of a format, or with infinities."""
    zero = Integer(0)
    return {
        "three that underflow": (LAST_ZERO[name],) * 3,
        "one that overflows": (following(LAST_FINITE[name], name), zero),
        "two just finite": (LAST_FINITE[name],) * 2,
        "the extremes": (largest(name), -largest(name)),
        "one masked": (zero, -oo),
        "all masked": (-oo, -oo),
        "one infinite": (oo, zero),
    }[which]


def weights_of(which: str, name: str, shifted: str) -> tuple[Expr | str, ...]:
    """The program's weights for the scores called ``which`` in a format, ``"shifted"`` by the maximum or
    ``"not shifted"``; ``"NaN"`` for what is no number.
    """
    found = weights(scores(which, name), name, shifted=shifted == "shifted")
    return tuple("NaN" if weight is nan else simplify(weight) for weight in found)
