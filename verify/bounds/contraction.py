"""The rule for sums of products: inner products, matrix products, sums, in whatever order they are carried out.

    y = Σ_t c_t Σ_s ∏_k x_tk[s]           (terms t, summed indices s, factors k)

An implementation computes it from x̂ with ``|x̂ − x| ≤ E``, in any order and with any bracketing, partial sums of
products included (``(qW)k`` as well as ``q(Wk)``; scaling before, between or after the products).

*Propagated* error, all second-order terms included (telescoping the product, A = |x| + radius, P = A + E):

    |∏ x̂_k − ∏ x_k|  ≤  Σ_k P_1 … P_(k−1) E_k A_(k+1) … A_m

*Rounding*: in any such evaluation each of the N products of the sum is multiplied by one factor (1 + δ), |δ| ≤ u, for
each multiplication and addition on its way to the result: at most ``mults`` multiplications and N − 1 additions
(Higham, section 3.1, equation 3.4 and what follows, extended to products of more than two factors), fewer where the
order of summation is declared (``attnproof.derivations.bounds.order``). So its error is at most
``(growth) · Σ ∏ |x̂|``, with ``growth = (1 − u)^−(mults + additions) − 1`` (quotients among the constants put some of
the 1 + δ into denominators). Where reductions accumulate in a wider format (w), each summed index costs one rounding in
the format instead, and the additions, one more than N − 1, cost w.

*Underflow*: a product of the factors in a set S is off by at most η/2, and by at most itself; the factors R outside S
multiply that error. Each multiplication of one evaluation has another R, with |R| ≤ m − 2. So
``Σ_R min(η Σ_s ∏_R P, Σ_s ∏ P)`` is enough for every evaluation; it counts products that are not exactly 0 only,
because 0 · x is exact. A partial product that underflows upwards at most doubles; η instead of η/2 covers one of those,
``_doublings`` further ones. Where matrix products flush subnormals (``Arithmetic.flushes``), each factor is off by
itself where it may be subnormal, and each product and each sum by the smallest normal number instead of η/2.

*Overflow*: a partial product, or a partial sum of partial products, is at most ``Σ ∏_S P (1 + growth)`` for its set S.
Where that may exceed the largest number the bound is ∞.

|x| is in all of this what stands for it in the implementation's sums (``Operand.standing``): for a tanh that is taken
as 1 − 2 f more than its own size (``attnproof.verify.bounds.separated``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod

import numpy as np

from attnproof.verify.arithmetic.backends import OWN, Arithmetic
from attnproof.verify.arithmetic.formats import FP64, Array
from attnproof.verify.bounds.operand import BATCH, Operand, Sums, extent, sums
from attnproof.verify.bounds.rounding import UP, below, growth, underflow, up

# Roundings of a constant factor such as 1/√d: at most six. d is rounded, its root, the reciprocal, the product; or, as
# in torch's unfused kernel, both factors are multiplied by d^(−1/4): two more roots or products.
CONSTANT_ROUNDINGS = 6


@dataclass(frozen=True)
class Term:
    """``coefficient · Σ ∏ operands``.

    over             labels that are summed; the result has the others
    extra_roundings  roundings beyond one for each multiplication (a quotient may be a reciprocal and a product)
    rescaling        an upper bound, ≥ 1, of factors that an evaluation may introduce and take out again (κ / κ)
    """

    coefficient: float
    operands: tuple[Operand, ...]
    over: str
    extra_roundings: int = 0
    rescaling: float = 1.0

    @property
    def scaled(self) -> bool:
        """Whether there is a constant that has to be multiplied by; a sign costs nothing."""
        return abs(self.coefficient) != 1.0

    @property
    def multiplications(self) -> int:
        """Multiplications of one product, those of the constant and the extra ones included."""
        return len(self.operands) - 1 + CONSTANT_ROUNDINGS * self.scaled + self.extra_roundings

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Those of the operands."""
        return tuple([operand.labels for operand in self.operands])

    def sums(self, out: str, lengths: Mapping[str, int]) -> Sums:
        """Sums over ``over`` of products of some of the operands' arrays."""
        return sums(self.labels, out, self.over, tuple(lengths.items()))


@dataclass(frozen=True)
class Known:
    """What a sum is, whoever computes it: value, radius and scale of ``Operand``, before any mask."""

    value: Array
    radius: Array
    scale: Array


def known(terms: Sequence[Term], out: str, lengths: Mapping[str, int], repeats: int = 1) -> Known:
    """Value, radius and scale of the sum of the terms: of every arithmetic the same."""
    shape = tuple(lengths[letter] for letter in out)
    value, scale = np.zeros(shape), np.zeros(shape)
    with np.errstate(all="ignore"):
        for term in terms:
            asked = term.sums(out, lengths)
            value = value + term.coefficient * asked.of(dict(enumerate(x.value for x in term.operands)))
            scale = scale + abs(term.coefficient) * asked.of(dict(enumerate(x.scale for x in term.operands)))
        radius, _, _ = _error(terms, out, lengths, OWN, repeats, own=True)
    return Known(value, radius, up(scale))


def contraction(
    terms: Sequence[Term],
    out: str,
    lengths: Mapping[str, int],
    arithmetic: Arithmetic,
    repeats: int = 1,
    before: Known | None = None,
) -> tuple[Operand, bool]:
    """The sum of the terms as an operand with axes ``out``, and whether an intermediate may overflow.

    lengths  of every label
    repeats  how many such results are summed in the end, possibly in one go with the sums here (a gradient over the
             batch dimensions along which its input was broadcast): the additions of that sum are counted here already
    before   what ``known`` gave for these terms; None: it is asked

    A masked operand may stand only alone, with coefficient 1: −∞ + x = −∞.
    """
    shape = tuple(lengths[letter] for letter in out)
    own = before or known(terms, out, lengths, repeats)
    value, radius, scale = own.value, own.radius, own.scale
    with np.errstate(all="ignore"):
        error, magnitude, overflow = _error(terms, out, lengths, arithmetic, repeats, own=False)
    masked = _mask(terms, out, shape)
    if masked is not None:
        value, radius, error, scale, magnitude = (
            np.where(masked, 0.0, part) for part in (value, radius, error, scale, magnitude)
        )
    stands = any(operand.summed is not None for term in terms for operand in term.operands)
    return Operand(out, value, radius, error, scale, masked, magnitude if stands else None), overflow


@dataclass(frozen=True)
class _Part:
    """What a term's error is made of, for each operand.

    errors    how far it is off; None: nowhere
    sizes     of what stands for it, before that
    computed  with it
    ranges    the least and the largest of ``computed``
    """

    errors: list[Array | None]
    sizes: list[Array]
    computed: list[Array]
    ranges: list[tuple[float, float]]


def _own_part(term: Term) -> _Part:
    """Of the bounds' own evaluation, whose operands are off by ``radius``."""
    sizes = [x.size for x in term.operands]
    errors = [x.radius if x.inexact else None for x in term.operands]
    return _Part(errors, sizes, sizes, [x.own_range for x in term.operands])


def _part(term: Term, arithmetic: Arithmetic) -> _Part:
    if not arithmetic.flushes and all(x.summed is None for x in term.operands):
        errors = [x.error if x.erring else None for x in term.operands]
        sizes, computed = [x.size for x in term.operands], [x.computed_size for x in term.operands]
        return _Part(errors, sizes, computed, [x.range for x in term.operands])
    off = [_flushed(x, arithmetic) for x in term.operands]
    sizes = [x.standing for x in term.operands]
    computed = [np.asarray((x + e) * UP) for x, e in zip(sizes, off, strict=True)]
    return _Part([e if e.any() else None for e in off], sizes, computed, [extent(x) for x in computed])


def _error(
    terms: Sequence[Term], out: str, lengths: Mapping[str, int], arithmetic: Arithmetic, repeats: int, *, own: bool
) -> tuple[Array, Array, bool]:
    """Bound of |computed − exact| and of |computed|; ``own``: of the bounds' own evaluation."""
    shape = tuple(lengths[letter] for letter in out)
    products = repeats * sum(prod(lengths[letter] for letter in term.over) for term in terms)
    total, magnitude, overflow = np.zeros(shape), np.zeros(shape), False
    for term in terms:
        part = _own_part(term) if own else _part(term, arithmetic)
        factor = abs(term.coefficient) * UP
        asked = term.sums(out, lengths)
        propagated = np.zeros(shape)
        for k, error in enumerate(part.errors):
            if error is not None:
                arrays = dict(enumerate([*part.computed[:k], error, *part.sizes[k + 1 :]]))
                propagated = propagated + factor * asked.of(arrays)
        size = factor * asked.of(dict(enumerate(part.sizes))) + propagated
        relative = growth(arithmetic, *_roundings(terms, term, lengths, repeats, arithmetic))
        everything = (products + 1.0 if arithmetic.flushes else 2.0) * factor
        lost = _underflow(term, part, asked, shape, arithmetic, everything) * (1.0 + relative)
        total = total + propagated + relative * size + lost
        magnitude = magnitude + size * (1.0 + relative) + lost
        if not own:
            overflow |= _partial_overflow(term, part, lengths, arithmetic, relative)
    total, magnitude = up(total, products), up(magnitude, products)
    if own:
        return total, magnitude, False
    too_large = magnitude > arithmetic.format.max
    if overflow:
        too_large = np.ones_like(too_large)
    beyond = bool(too_large.any())
    return np.where(too_large, np.inf, total) if beyond else total, magnitude, beyond


def _flushed(operand: Operand, arithmetic: Arithmetic) -> Array:
    """The operand's error, and itself where it may be subnormal, if the arithmetic takes subnormals for 0."""
    if not arithmetic.flushes:
        return operand.error
    may_be_subnormal = below(np.abs(operand.value), operand.radius + operand.error) < arithmetic.format.smallest_normal
    itself = np.minimum(operand.computed_size, arithmetic.format.smallest_normal)
    return np.where(may_be_subnormal, (operand.error + itself) * UP, operand.error)


def _roundings(
    terms: Sequence[Term], term: Term, lengths: Mapping[str, int], repeats: int, arithmetic: Arithmetic
) -> tuple[int, int]:
    """Roundings in the format, and additions in the accumulation's format."""
    over = [[letter for letter in t.over if letter != BATCH or lengths[letter] > 1] for t in terms]
    additions = sum(arithmetic.order.count(*(lengths[letter] for letter in letters), repeats) for letters in over)
    additions += len(terms) - 1  # in unknown order: one fewer than products
    if arithmetic.accumulation is None:
        return term.multiplications, additions
    reductions = sum(letter != BATCH or lengths[letter] > 1 for letter in term.over) + (repeats > 1)
    if not reductions and len(terms) == 1:
        return term.multiplications, 0  # nothing is accumulated
    return term.multiplications + len(terms) - 1 + reductions, additions + 1


def _underflow(
    term: Term, part: _Part, asked: Sums, shape: tuple[int, ...], arithmetic: Arithmetic, times: float
) -> Array:
    """``Σ_R min(η Σ_s ∏_{k ∈ R} P_k ∏_{k ∉ R} [P_k > 0], times Σ_s ∏ P_k)`` over the sets R of factors still to be
    multiplied in.

    In fp64 the second argument is left out: its own evaluation, in float64, may underflow to 0. In the narrower formats
    it cannot: what an operation has produced has P ≥ η, inputs are ≥ η, so products of up to six factors are above η⁶ ≥
    2⁻⁸⁹⁴.
    """
    computed = part.computed
    whole = None
    if arithmetic.format != FP64 and len(computed) <= 6:
        whole = times * term.rescaling * asked.of(dict(enumerate(computed)))
    constants = term.scaled or term.extra_roundings > 0
    most = len(computed) - 1 if constants else len(computed) - 2
    eta = underflow(arithmetic) * max(1.0, abs(term.coefficient)) * term.rescaling
    doubtful = [k for k, (least, _) in enumerate(part.ranges) if not least > 0]  # others are all ones: left out
    indicator = {k: (computed[k] > 0).astype(np.float64) for k in doubtful}
    total = np.zeros(shape)
    for count in range(most + 1):
        for chosen in combinations(range(len(computed)), count):
            arrays = {k: computed[k] if k in chosen else indicator[k] for k in sorted({*chosen, *indicator})}
            lost = eta * asked.of(arrays)
            total = total + (lost if whole is None else np.minimum(lost, whole))
    return total * 2.0 ** _doublings(len(computed), constants=constants)


def _doublings(factors: int, *, constants: bool) -> int:
    """How many partial products besides one may underflow upwards on the way to a product; a constant counts as up to
    three.
    """
    return max(0, factors + 3 * constants - 3)


def _partial_overflow(
    term: Term, part: _Part, lengths: Mapping[str, int], arithmetic: Arithmetic, relative: float
) -> bool:
    """Whether a partial product, summed over what only it depends on, may exceed the largest number."""
    limit = arithmetic.format.max / ((1.0 + relative) * max(1.0, abs(term.coefficient)) * term.rescaling * UP)
    everything = prod(max(1.0, largest) for _, largest in part.ranges) * prod(lengths[letter] for letter in term.over)
    if everything <= limit:
        return False
    labels, of_all = term.labels, tuple(lengths.items())
    for count in range(1, len(labels) + 1):
        for chosen in combinations(range(len(labels)), count):
            outside = "".join(labels[k] for k in range(len(labels)) if k not in chosen)
            over = "".join(x for x in term.over if x not in outside and any(x in labels[k] for k in chosen))
            kept = "".join(sorted({x for k in chosen for x in labels[k]} - set(over)))
            if count == len(labels) and not term.scaled and term.rescaling == 1.0:
                continue  # the complete sum is judged element by element
            if not np.all(sums(labels, kept, over, of_all).of({k: part.computed[k] for k in chosen}) <= limit):
                return True
    return False


def _mask(
    terms: Sequence[Term], out: str, shape: tuple[int, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None:
    found = None
    for term in terms:
        for operand in term.operands:
            if operand.masked is None:
                continue
            if len(term.operands) > 1 or term.coefficient != 1.0 or term.over:
                raise ValueError("−∞ may only be added, not multiplied or summed over")
            axes = [operand.labels.index(letter) for letter in out if letter in operand.labels]
            where = tuple(length if x in operand.labels else 1 for x, length in zip(out, shape, strict=True))
            mask = np.broadcast_to(operand.masked.transpose(axes).reshape(where), shape)
            found = mask if found is None else found | mask
    return found
