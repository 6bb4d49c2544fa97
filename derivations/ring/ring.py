"""The exponential ring: where elements come from, how they are compared and kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.constants import Constant, logarithm_of, recognise
from attnproof.derivations.ring.degree import Degree
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.field import DRAWS, Residues
from attnproof.derivations.ring.ground import FACTOR_DEGREES, Ground
from attnproof.derivations.ring.kinds import FINITE, MINUS, NAN, PLUS, UNDECIDED, UNSIGNED
from attnproof.derivations.ring.parts import Ids, Large, joined
from attnproof.derivations.ring.store import Store

LARGE = 10_000  # constants of this size and more may stand for infinity: see `Ring.recognised`
_REDRAWS = 64
_TABLE = 1024
Mask = npt.NDArray[np.bool_]


class Ring(Ground):
    """F_p[ε]/ε^order in two draws, with two different primes that ``seed`` chooses, and E(t) = exp(εt).

    Raises ValueError for an order below 2, and where fewer than two primes have the ``squares`` that were asked for.
    """

    def random(self, shape: Sequence[int] = (), *, square_norm: int | None = None) -> Elements:
        """Independent uniform numbers of the field.

        square_norm  an axis along which the sum of squares of every row is a square (and not 0), so that it has a root:
                     rows are drawn again until it is
        Raises RuntimeError where one is none in 64 draws.
        """
        shape = tuple(shape)
        if square_norm is None:
            return Elements(self, self.drawn(shape)[:, None], degree=degrees.RANDOM)
        found = Elements(self, self.drawn(shape)[:, None], degree=degrees.RANDOM._replace(rests=degrees.ROWS))
        axis = square_norm % len(shape)
        for _ in range(_REDRAWS):
            norms = (found * found).sum(axis).series[:, 0]
            wrong = ~(self.field.is_square(norms) & (norms != 0)).all(0)
            if not wrong.any():
                if shape[axis] > 1:  # of one number alone the root is that number, or its opposite
                    self.norms = np.concatenate([self.norms, norms.reshape(DRAWS, -1)], axis=1)
                return found
            found = found.put(np.broadcast_to(np.expand_dims(wrong, axis), shape), self.random(shape))
        raise RuntimeError(f"rows of random numbers of shape {shape} have no norm with a root in {_REDRAWS} draws")

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
        found = [self._one(entry) for entry in places]
        where = np.array(back, np.int64).reshape(array.shape)
        series = np.stack([residues for residues, _, _ in found], axis=1)[:, None, where]
        kind = np.array([kind for _, kind, _ in found], np.uint8)[where]
        degree = degrees.largest(degree for _, _, degree in found)
        return self.zeros(()).new(series, degree, kind)

    def table(self, values: npt.NDArray[np.float64]) -> Elements:
        """Numbers as they stand; ±∞ and NaN as special elements."""
        finite = np.isfinite(values)
        infinite = np.where(values > 0, PLUS, MINUS)
        kind = np.where(finite, FINITE, np.where(np.isnan(values), NAN, infinite)).astype(np.uint8)
        series = self.field.floats(np.where(finite, values, 0.0))[:, None]
        return self.zeros(()).new(series, degrees.CONSTANT, kind)

    def recognised(self, values: npt.NDArray[np.float64], dtype: str = "fp64") -> Elements:
        """Constants that a program brought itself, as what they mean (``recognise``); ±∞ and NaN as special elements.

        More than 1024 different numbers are data, and are taken as they stand. The logarithm of a whole number is one
        here too (``logarithm_of``): the shift log n of a sigmoid, say.

        One size of at least 10⁴ among them, four times any other there, hides keys: it is a number as all others, with
        a mark Ω that stays on sums and on products with numbers, and cancels against itself. Functions with limits,
        the exponential first of all, have their limits at marked elements: 0 and +∞. Two such sizes are positions or a
        table, and bear no mark.

        Why the mark comes from here and not from the argument of an exponential: in a right program an argument may
        have any size, while a constant of this size that the program brought itself has no other use there than to
        hide a key. Inputs bear no mark whatever their size. What this cannot see: that exp(−10⁴) is no 0 once scores
        reach −10⁴ themselves, a matter of range, which is left to bounds. An exponential of an element with two
        different marks, or whose mark was multiplied by more than a number, is undecided.
        """
        values = np.asarray(values, np.float64)
        sizes = np.unique(np.abs(values[np.isfinite(values)]))
        mask = _mask_size(sizes)
        distinct, back = np.unique(values, return_inverse=True)
        if len(distinct) > _TABLE:
            found = self.table(values)
        else:
            found = self._meant(distinct, dtype)[back.reshape(values.shape)]
        if mask is None:
            return found
        which = np.where(np.abs(values) == mask, self.large(Fraction(mask)), 0)
        factor = self.field.reduce(np.stack([np.where(which > 0, np.sign(values), 0).astype(np.int64)] * DRAWS))
        return Elements(self, found.series, found.kind, found.logarithm, Large(which, factor), found.degree)

    def _meant(self, distinct: npt.NDArray[np.float64], dtype: str) -> Elements:
        """Different numbers as what they mean."""
        numbers = distinct.tolist()
        found = self.constant([recognise(v, dtype) if math.isfinite(v) else v for v in numbers])
        logs = [logarithm_of(v, dtype) if math.isfinite(v) else None for v in numbers]
        if not any(logs):
            return found
        signs = [int(math.copysign(1, v)) if whole else 1 for v, whole in zip(numbers, logs, strict=True)]
        formal = self.constant([whole or 1 for whole in logs]).log() * self.constant(signs)
        return found.put(np.array([whole is not None for whole in logs]), formal)

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

    def segment_sum(self, x: Elements, segments: Ids, count: int) -> Elements:
        """``out[s]``, s < count: the sum of the elements whose segment is s."""
        return x.segment_sum(segments, count)

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
            vanishes |= (product - 1).zeros() & (difference.kinds() == FINITE)
        equal = np.where(finite, vanishes, (own == other) & (own != UNDECIDED) & (own != UNSIGNED))
        clash = finite & (difference.kinds() == UNDECIDED)
        infinite = [(k == PLUS) | (k == MINUS) | (k == UNSIGNED) for k in (own, other)]
        unsigned = ((own == UNSIGNED) | (other == UNSIGNED)) & infinite[0] & infinite[1]
        undecided = (own == UNDECIDED) | (other == UNDECIDED) | unsigned | clash
        return equal & ~undecided, ~undecided

    def _one(self, value: object) -> tuple[Residues, int, Degree]:
        """One constant: its residues (2,), its kind and its degree in the random numbers."""
        zero = self.integer(0)
        if isinstance(value, Constant):
            number = self.field.rational(abs(value.rational))
            root = self.field.root(number, value.root)
            if root is None or not (value.root == 1 or self.field.is_square(number).all()):
                return zero, UNDECIDED, degrees.CONSTANT
            number = self.field.reduce(root * self.factor(value.factor))
            number = number if value.rational >= 0 else self.field.reduce(-number)
            return number, FINITE, FACTOR_DEGREES[value.factor]
        if isinstance(value, float) and not math.isfinite(value):
            return zero, NAN if math.isnan(value) else PLUS if value > 0 else MINUS, degrees.CONSTANT
        if not isinstance(value, int | float | Fraction):
            raise ValueError(
                f"no constant of the ring: {value!r}; expected an integer, a float, a Fraction, a Constant"
            )
        return self.field.rational(Fraction(value)), FINITE, degrees.CONSTANT


def _key(value: object) -> object:
    """Something hashable by which equal constants are found: NaN is one of them."""
    number = value.item() if isinstance(value, np.generic) else value
    return math.nan if isinstance(number, float) and math.isnan(number) else number


def _mask_size(sizes: npt.NDArray[np.float64]) -> float | None:
    """The one size that stands for infinity among the sizes of an array's numbers, in ascending order."""
    if not len(sizes) or sizes[-1] < LARGE:
        return None
    others = sizes[-2] if len(sizes) > 1 else 0.0
    return float(sizes[-1]) if others < LARGE and 4 * others <= sizes[-1] else None
