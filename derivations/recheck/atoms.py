"""Transcendental functions at rational points, as independent atoms.

At a rational argument a function takes a random rational value, the same for the same argument
(``atom`` of ``attnproof.derivations.language.functions``). Only the relations that a formula may use hold:
``tanh² + sech² = 1``, ``cos² + sin² = 1``, ``cosh² − sinh² = 1``, parity, ``exp(−x) exp(x) = 1``, and for slopes
``d tanh = 1 − tanh²``, ``d exp = exp`` and so on. An identity that holds for every choice of the atoms holds for the
functions, because the functions are one such choice.
"""

from __future__ import annotations

import random

from flint import fmpq
from sympy import integer_nthroot

from attnproof.derivations.language.functions import ELEMENTARY
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
        at = value_of(x)
        value = self.value(name, at)
        return Dual(value, slopes(x, ELEMENTARY[name].slope(self, at))) if isinstance(x, Dual) else value

    def value(self, name: str, x: fmpq) -> fmpq:
        """The value of function ``name`` at ``x``. Raises ValueError for a function that has no rule here."""
        if name not in ELEMENTARY:
            raise ValueError(f"no exact rule for the function {name!r}; known: {', '.join(ELEMENTARY)}")
        return ELEMENTARY[name].atom(self, x)

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
