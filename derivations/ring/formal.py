"""What elements have beside their series: formal logarithms, and marks of large constants, added and scaled.

``λ₁ log W₁ + λ₂ log W₂`` is one such part where one of them is an integer multiple of the other, ``λ log (W₁ W₂^m)``;
else the sum is undecided. Marks of two different large constants make a ``MIXED`` one, of which nothing is known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.field import Residues
from attnproof.derivations.ring.ground import Ground
from attnproof.derivations.ring.parts import Large, Log, Parts, large_of, padded

Mask = npt.NDArray[np.bool_]
MIXED = -1
MULTIPLE = 16  # integer multiples up to this are looked for


def without_log(log: Log, where: Mask) -> Log:
    """The part, with none ``where``."""
    one = np.eye(log.argument.shape[1], 1, dtype=np.int64).reshape((1, -1) + (1,) * where.ndim)
    return Log(np.where(where, 1, log.scale), np.where(where, one, log.argument), log.degree)


def without_large(large: Large, where: Mask) -> Large:
    """The part, with none ``where``."""
    return Large(np.where(where, 0, large.which), np.where(where, 0, large.factor))


def present(log: Log) -> Mask:
    """Where the argument is not 1."""
    return np.asarray((log.argument[:, 0] != 1).any(0) | log.argument[:, 1:].any((0, 1)))


def add_log(ring: Ground, x: Parts, y: Parts) -> tuple[Log | None, Mask]:
    """The logarithmic part of x + y (of one shape), and where there is none of this form."""
    nowhere = np.zeros(x.shape, np.bool_)
    if x.logarithm is None and y.logarithm is None:
        return None, nowhere
    if x.logarithm is None or y.logarithm is None:
        return x.logarithm or y.logarithm, nowhere
    series, first, second = ring.arithmetic, x.logarithm, y.logarithm
    has_first, has_second = present(first), present(second)
    scale = np.where(has_first, first.scale, second.scale)
    equal = (first.scale == second.scale).all(0) | ~has_first | ~has_second
    argument = series.multiply(first.argument, second.argument)
    degree = degrees.multiply(first.degree, second.degree)
    for m in (m for m in range(-MULTIPLE, MULTIPLE + 1) if m not in (0, 1)):
        if equal.all():
            break
        for one, other in ((first, second), (second, first)):
            here = ~equal & (ring.field.reduce(one.scale * m) == other.scale).all(0)  # λ₂ = m λ₁
            if here.any():
                base = other.argument if m > 0 else series.inverse(other.argument)
                merged = series.multiply(one.argument, series.power(base, abs(m)))
                scale = np.where(here, one.scale, scale)
                argument = _chosen(here, merged, argument)
                power = degrees.power(other.degree if m > 0 else degrees.reciprocal(other.degree), abs(m))
                degree = degrees.largest((degree, degrees.multiply(one.degree, power)))
                equal |= here
    return Log(scale, argument, degree), ~equal


def add_large(ring: Ground, x: Parts, y: Parts) -> Large | None:
    """The mark of x + y, of one shape."""
    if x.large is None and y.large is None:
        return None
    first, second = large_of(x), large_of(y)
    which = np.where(first.which == 0, second.which, first.which)
    clash = (first.which != second.which) & (first.which != 0) & (second.which != 0)
    factor = ring.field.reduce(first.factor + second.factor)
    return _marked(np.where(clash, MIXED, which), factor)


def multiply_large(ring: Ground, x: Parts, y: Parts, moving: tuple[Mask, Mask]) -> Large | None:
    """The mark of x · y, of one shape; ``moving``: which of either are more than a number of the field."""
    if x.large is None and y.large is None:
        return None
    first, second = large_of(x), large_of(y)
    marked = (first.which != 0), (second.which != 0)
    mixed = (marked[0] & (marked[1] | moving[1])) | (marked[1] & moving[0])
    factor = np.where(marked[0], first.factor * y.series[:, 0], second.factor * x.series[:, 0])
    which = np.where(marked[0], first.which, second.which)
    return _marked(np.where(mixed, MIXED, which), ring.field.reduce(factor))


def scale_log(ring: Ground, log: Log, numbers: Residues) -> Log:
    """Times numbers (2, *shape) of the field."""
    scale = ring.field.reduce(log.scale * numbers)
    gone = (scale == 0).all(0)
    return without_log(Log(scale, log.argument, log.degree), gone)


def _marked(which: npt.NDArray[np.int64], factor: Residues) -> Large:
    """Without marks whose factor is 0, and with factor 0 where nothing is known."""
    gone = (factor == 0).all(0) & (which != MIXED)
    return Large(np.where(gone, 0, which), np.where(gone | (which == MIXED), 0, factor))


def _chosen(where: Mask, yes: Residues, no: Residues) -> Residues:
    terms = max(yes.shape[1], no.shape[1])
    return np.where(where, padded(yes, terms), padded(no, terms))
