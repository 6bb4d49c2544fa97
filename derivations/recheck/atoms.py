"""Transcendental functions at rational points, as independent atoms.

At a rational argument a function takes a random rational value, the same for the same argument. Only the relations that
a formula may use hold: ``tanh² + sech² = 1``, ``cos² + sin² = 1``, ``cosh² − sinh² = 1``, parity,
``exp(−x) exp(x) = 1``, and for slopes ``d tanh = 1 − tanh²``, ``d exp = exp`` and so on. An identity that holds for
every choice of the atoms holds for the functions, because the functions are one such choice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from flint import fmpq
from sympy import integer_nthroot

from attnproof.derivations.recheck.dual import Dual, Scalar, slopes, value_of


class Atoms:
    """Random rational values for transcendental functions, determined by ``seed``, the function and the argument."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.found: dict[tuple[str, fmpq], fmpq] = {}

    def __call__(self, name: str, x: Scalar) -> Scalar:
        """The value of function ``name`` at ``x``, with its slope for a dual number.

        Raises ValueError for a function that has no rule here.
        """
        if name not in VALUES:
            raise ValueError(f"no exact rule for the function {name!r}; known: {', '.join(VALUES)}")
        at = value_of(x)
        value = VALUES[name](self, at)
        if isinstance(x, Dual):
            return Dual(value, slopes(x, SLOPES[name](self, at)))
        return value

    def parameter(self, name: str, x: fmpq) -> fmpq:
        """A random rational in (0, 1) for the argument ``x``; odd functions are built from it."""
        key = (name, x)
        if key not in self.found:
            rng = random.Random(f"{self.seed}/{name}/{x}")
            low = rng.randint(1, 30)
            self.found[key] = fmpq(low, low + rng.randint(1, 30))
        return self.found[key]

    def root(self, x: fmpq, degree: int) -> fmpq:
        """The exact root. Raises ValueError when it is not rational: choose sizes that are perfect powers."""
        above, exact_above = integer_nthroot(int(x.p), degree) if x >= 0 else (0, False)
        below, exact_below = integer_nthroot(int(x.q), degree)
        if not (exact_above and exact_below):
            raise ValueError(f"the root of degree {degree} of {x} is not rational; choose a perfect power")
        return fmpq(int(above), int(below))

    def signed(self, name: str, x: fmpq) -> fmpq:
        """As ``parameter``, odd in ``x``."""
        return fmpq(0) if x == 0 else self.parameter(name, x) if x > 0 else -self.parameter(name, -x)


def _tanh(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("tanh", x)
    return 2 * s / (1 + s * s)  # with sech below: (2s)² + (1 − s²)² = (1 + s²)²


def _sech(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("tanh", x)
    return (1 - s * s) / (1 + s * s)


def _exp(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("exp", x)
    return (1 + s) / (1 - s)  # positive, and exp(−x) = 1 / exp(x)


def _sin(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("sin", x)
    return 2 * s / (1 + s * s)


def _cos(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("sin", x)
    return (1 - s * s) / (1 + s * s)


def _sinh(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("sinh", x)
    return 2 * s / (1 - s * s)


def _cosh(a: Atoms, x: fmpq) -> fmpq:
    s = a.signed("sinh", x)
    return (1 + s * s) / (1 - s * s)


VALUES: Mapping[str, Callable[[Atoms, fmpq], fmpq]] = {
    "tanh": _tanh,
    "sech": _sech,
    "exp": _exp,
    "sin": _sin,
    "cos": _cos,
    "sinh": _sinh,
    "cosh": _cosh,
    "log": lambda a, x: a.parameter("log", x),
    "atan": lambda a, x: a.signed("atan", x),
    "relu": lambda _, x: max(x, fmpq(0)),  # no atom: rational at rational points
    "step": lambda _, x: fmpq(int(x > 0)),
}
SLOPES: Mapping[str, Callable[[Atoms, fmpq], fmpq]] = {
    "tanh": lambda a, x: 1 - _tanh(a, x) ** 2,
    "sech": lambda a, x: -_sech(a, x) * _tanh(a, x),
    "exp": _exp,
    "sin": _cos,
    "cos": lambda a, x: -_sin(a, x),
    "sinh": _cosh,
    "cosh": _sinh,
    "log": lambda _, x: 1 / x,
    "atan": lambda _, x: 1 / (1 + x * x),
    "relu": lambda _, x: fmpq(int(x > 0)),
    "step": lambda *_: fmpq(0),
}
