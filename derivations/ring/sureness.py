"""How sure an equality in the ring is: a bound on the probability that different elements come out equal.

Proved in ``attnproof.derivations.lemmas.ring_equality``, with what it needs: it speaks of programs that differ in one
of the ring's coefficients; how many coefficients are enough is `enough_coefficients`.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, Context
from typing import Final, Literal

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.degree import ROWS, UNKNOWN, Degree
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ground import Ground

ROW_FACTOR: Final = 9  # for the roots of norms of rows


def degree_of(x: Elements) -> Degree:
    """A bound on the degrees of E(x) where x has logarithms, else of x."""
    if x.logarithm is None:
        return x.degree
    return degrees.multiply(degrees.exponential(x.degree), x.logarithm.degree)


def false_equal(degree: Degree, ring: Ground) -> float | None:
    """At most this probable: elements whose difference has this degree, and is not 0, come out equal in both draws.

    None where there is no bound: it rests on roots of something else than the squared norm of a row of random numbers,
    or on a function without an interpretation, which may be equal at arguments that are not.
    """
    if degree.rests == UNKNOWN:
        return None
    factor = ROW_FACTOR if degree.rests == ROWS else 1
    numerator = factor * degree.of(ring.order)
    return math.prod(min(1.0, numerator / p) for p in ring.field.primes)


def missed(x: Elements, y: Elements, ring: Ground) -> float | None:
    """`false_equal` of two elements, or arrays of them: for each that differs."""
    return false_equal(degrees.add(degree_of(x), degree_of(y)), ring)


def printed(probability: float) -> str:
    """Two digits, rounded up."""
    return f"{Context(prec=2, rounding=ROUND_CEILING).create_decimal(probability):.1e}"


def enough_coefficients(keys: int, direction: Literal["forward", "backward"]) -> int:
    """So many coefficients decide quotients of sums of exponentials of the scores of one row of so many keys.

    forward   numerators and denominators of degree 1 in the exponentials: n(n + 1)/2
    backward  of degree 2, as in gradients of queries, keys and parameters: C(n + 3, 4), 15 for three keys

    There is no such number where exponentials are nested: the additive score, a soft-cap.
    """
    return math.comb(keys + 1, 2) if direction == "forward" else math.comb(keys + 3, 4)
