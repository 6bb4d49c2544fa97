"""Programs in a format with correctly rounded operations, as float64 arrays: what the bounds of claims A4 and A5 speak
of.

Every value is a number of the format, held as a float64. A sum, difference, product or quotient of two of them in
float64, rounded once more into a format of at most 25 bits, is the correctly rounded one (Figueroa 1995: 53 >= 2p + 2);
fp64 is float64 itself. ``exp`` and tanh are rounded from ball arithmetic in fp64; in narrower formats from NumPy's
float64 function, whose error of at most 8 float64 units is 2^-26 units of fp32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Array, Format

BITS: Final = 200  # of the balls


@dataclass(frozen=True)
class Rounded:
    """The operations of one format; arrays in, arrays out."""

    format: Format

    def __call__(self, operation: Callable[..., Array], *arguments: Array | float) -> Array:
        """``operation`` (one of NumPy's four) and one rounding."""
        with np.errstate(all="ignore"):
            return self.format.round(operation(*arguments))

    def exp(self, x: Array) -> Array:
        """The correctly rounded exponential of numbers of the format."""
        return self._transcendental(np.exp, arb.exp, x)

    def tanh(self, x: Array) -> Array:
        """The correctly rounded hyperbolic tangent."""
        return self._transcendental(np.tanh, arb.tanh, x)

    def _transcendental(self, narrow: Callable[..., Array], ball: Callable[[arb], arb], x: Array) -> Array:
        if self.format.precision < 53:
            return self(narrow, x)
        with ctx.workprec(BITS):
            return np.array([float(ball(arb(float(value))).mid()) for value in x.ravel()]).reshape(x.shape)
