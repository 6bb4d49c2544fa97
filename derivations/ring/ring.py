"""The exponential ring: where elements come from, how they are compared and kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.constants import Constant, recognise
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.field import DRAWS
from attnproof.derivations.ring.ground import Ground
from attnproof.derivations.ring.kinds import FINITE, MINUS, NAN, PLUS, UNDECIDED, UNSIGNED
from attnproof.derivations.ring.parts import Large, joined, large_of
from attnproof.derivations.ring.store import Store

LARGE = 10_000  # constants of this size and more may stand for infinity: see `Ring.recognised`
_REDRAWS = 64
Mask = npt.NDArray[np.bool_]


class Ring(Ground):
    """F_p[ε]/ε^order in two draws, with two different primes that ``seed`` chooses, and E(t) = exp(εt).

    Raises ValueError for an order below 2.
    """

    def random(self, shape: Sequence[int] = (), *, square_norm: int | None = None) -> Elements:
        """Independent uniform numbers of the field.

        square_norm  an axis along which the sum of squares of every row is a square (and not 0), so that it has a root
        """
        shape = tuple(shape)
        if square_norm is None:
            return Elements(self, self.drawn(shape)[:, None], degree=degrees.RANDOM)
        axis = square_norm % len(shape)

        def squares(x: Elements) -> Mask:
            norm = (x * x).sum(axis).series[:, 0]
            return np.expand_dims(self.field.is_square(norm).all(0) & (norm != 0).all(0), axis)

        return self.random_where(shape, squares)

    def random_where(self, shape: Sequence[int], holds: Callable[[Elements], Mask]) -> Elements:
        """Random numbers, drawn again where ``holds`` (which broadcasts to ``shape``) is False of them.

        Raises RuntimeError where it does not hold after 64 draws.
        """
        shape = tuple(shape)
        found = self.random(shape)
        for _ in range(_REDRAWS):
            wrong = ~np.broadcast_to(holds(found), shape)
            if not wrong.any():
                return found
            found = found.put(wrong, self.random(shape))
        raise RuntimeError(f"no random numbers of shape {shape} satisfy what was asked in {_REDRAWS} draws")

    def zeros(self, shape: Sequence[int]) -> Elements:
        """0 everywhere."""
        return Elements(self, np.zeros((DRAWS, 1, *shape), np.int64))

    def constant(self, value: object) -> Elements:
        """Exact constants: a ``Constant``, a Fraction, an integer, a float (its exact value; ±∞ and NaN are special
        elements), or an array of such.
        """
        array = np.empty((), object)
        if isinstance(value, np.ndarray | list | tuple):
            array = np.asarray(value, object)
        else:
            array[()] = value
        places: dict[object, int] = {}
        back = [places.setdefault(_key(entry), len(places)) for entry in array.ravel().tolist()]
        if not places:
            return self.zeros(array.shape)
        return joined([self._one(entry).reshape(1) for entry in places]).take(
            np.array(back, np.int64).reshape(array.shape)
        )

    def recognised(self, values: npt.NDArray[np.float64], dtype: str = "fp64") -> Elements:
        """Constants that a program brought itself, as what they mean (``recognise``); ±∞ and NaN as special elements.

        One size of at least 10⁴ among them stands for infinity: Ω, a graded element, whose exponential is 0 or +∞.
        Two sizes and more do not: they are positions or a table, and numbers as all others.
        """
        values = np.asarray(values, np.float64)
        sizes = np.unique(np.abs(values[np.isfinite(values) & (np.abs(values) >= LARGE)]))
        plain = values if len(sizes) != 1 else np.where(np.abs(values) == sizes[0], 0.0, values)
        found = self.constant(_mapped(plain, lambda v: recognise(v, dtype) if math.isfinite(v) else v))
        if len(sizes) != 1:
            return found
        number, _ = self.large(Fraction(float(sizes[0])))
        which = np.where(np.abs(values) == sizes[0], number, 0)
        factor = self.field.reduce(np.stack([np.where(which > 0, np.sign(values), 0).astype(np.int64)] * DRAWS))
        return Elements(self, found.series, found.kind, None, Large(which, factor), found.degree)

    def stack(self, parts: Sequence[Elements], axis: int = 0) -> Elements:
        """As ``numpy.stack``."""
        ndim = parts[0].ndim + 1
        place = axis % ndim
        return joined([p.reshape((*p.shape[:place], 1, *p.shape[place:])) for p in parts], place)

    def concatenate(self, parts: Sequence[Elements], axis: int = 0) -> Elements:
        """As ``numpy.concatenate``."""
        return joined(parts, axis)

    def where(self, condition: Mask, yes: Elements, no: Elements) -> Elements:
        """As ``numpy.where``."""
        shape = np.broadcast_shapes(np.shape(condition), yes.shape, no.shape)
        return no.broadcast_to(shape).put(np.broadcast_to(condition, shape), yes)

    def store(self, size: int) -> Store:
        """A flat store of so many elements, 0 at first."""
        return Store(self, size)

    def equal(self, x: Elements, y: Elements) -> tuple[Mask, Mask]:
        """Whether they are equal, element by element, and whether that is decided; both broadcast.

        ``a + λ log W = 0`` exactly if ``E(a/λ) W = 1``. NaN equals NaN here.
        """
        shape = np.broadcast_shapes(x.shape, y.shape)
        x, y = x.broadcast_to(shape), y.broadcast_to(shape)
        own, other = x.kinds(), y.kinds()
        finite = (own == FINITE) & (other == FINITE)
        difference = x - y
        vanishes = difference.zeros()
        if difference.logarithm is not None:
            scale = self.field.inverse(difference.logarithm.scale)
            free = Elements(self, difference.series) * Elements(self, scale[:, None])
            product = free.exp() * Elements(self, difference.logarithm.argument)
            vanishes |= (product - 1).zeros() & (large_of(difference).which == 0) & (difference.kinds() == FINITE)
        equal = np.where(finite, vanishes, (own == other) & (own != UNDECIDED) & (own != UNSIGNED))
        apart = large_of(x).which != large_of(y).which  # different in size: not equal, whatever else there is
        clash = finite & (difference.kinds() == UNDECIDED) & ~apart
        infinite = [(k == PLUS) | (k == MINUS) | (k == UNSIGNED) for k in (own, other)]
        unsigned = ((own == UNSIGNED) | (other == UNSIGNED)) & infinite[0] & infinite[1]
        undecided = (own == UNDECIDED) | (other == UNDECIDED) | unsigned | clash
        return equal & ~undecided, ~undecided

    def _one(self, value: object) -> Elements:
        """One constant."""
        if isinstance(value, Constant):
            number = self.field.rational(abs(value.rational))
            root = self.field.root(number, value.root)
            square = value.root == 1 or self.field.is_square(number).all()
            if root is None or not square:
                return self.zeros(()).special(UNDECIDED)
            number = self.field.reduce(root * self.factor(value.factor))
            return self.zeros(()).number(number if value.rational >= 0 else self.field.reduce(-number))
        if isinstance(value, float) and not math.isfinite(value):
            return self.zeros(()).special(NAN if math.isnan(value) else PLUS if value > 0 else MINUS)
        if isinstance(value, np.generic):
            value = value.item()
        if not isinstance(value, int | float | Fraction):
            raise ValueError(
                f"no constant of the ring: {value!r}; expected an integer, a float, a Fraction, a Constant"
            )
        return self.zeros(()).number(self.field.rational(Fraction(value)))


def _key(value: object) -> object:
    """Something hashable by which equal constants are found: NaN is one of them."""
    number = value.item() if isinstance(value, np.generic) else value
    return math.nan if isinstance(number, float) and math.isnan(number) else number


def _mapped(values: npt.NDArray[np.float64], function: Callable[[float], object]) -> npt.NDArray[np.object_]:
    known: dict[float, object] = {}
    found = np.empty(values.size, object)
    for place, value in enumerate(values.ravel().tolist()):
        if value not in known:
            known[value] = function(value)
        found[place] = known[value]
    return found.reshape(values.shape)
