"""What a reference program means, enclosed, and how far a program that is not seen may be from it.

One pass over the recorded operations of the reference. Of every element y, with R its value in exact arithmetic on the
recorded path,

    r, ρ    float64 and radius: |r − R| ≤ ρ
    S       Σ |monomials| at the atoms' largest magnitudes (``evaluations``: what monomials and atoms are)
    L       −Σ ln(1 − w_i) over the roundings that a monomial goes through, of unit roundoffs w_i: at most that many
    P       how far y's polynomial at the *computed* atoms may be from r

*Lemma.* For every program of the class, |computed y − r| ≤ E = P + (e^L − 1) S.
A computed monomial is c Π â (1 + θ) with |θ| ≤ Π (1 − w_i)^−1 − 1 = e^L − 1 (the lemma ``growth_of_roundings`` of the
ledger; distributing, factoring and re-ordering change which roundings these are and not the monomials). So the computed
y differs from the polynomial at the computed atoms by at most (e^L − 1) Σ |c| Π |â| ≤ (e^L − 1) S, and that one from r
by at most P. Sums and products carry P as an exact evaluation does (``linear.reached``), add L along a product, take
the larger in a sum, and compute S from S. An elementary function f, or a division, makes an atom: its error is what f
makes of E of its argument, within that distance, and f's own (``evaluations.function_error``); then L starts from 0.
*Matrix products.* Their factors are computed numbers, hence atoms, up to factors of a row or a column, which the
roundings of each monomial stand for. Where products may be regrouped (``Evaluations.regrouped``) they are multiplied
out like everything.
*Shifts.* exp(s − c) Π exp(c_t − c_t+1) with any computed c_t: what c_t is off by cancels, for it is used in numerator
and normaliser; the differences between are of one sign along running maxima, so that their roundings add up to those of
|s − m| ≤ S, and beside a log-sum-exp to those of S + ln n. That is one more rounding of the argument, by S + ln n.
*Stored between operations* in a format of unit roundoff u: one more rounding by u for every recorded operation.
*One-pass variances* E[x²] − μ² have no monomial that (x − μ)² has not: squares are multiplied out in S. Updating
formulas (Welford) err by less (Chan, Golub and LeVeque, The American Statistician 37, 1983, table 2).
Products and stored values may underflow, to 0 where subnormals are flushed: the smallest normal number, each.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from attnproof.verify.against.evaluations import LOGSUMEXP, ROUNDINGS, Evaluations, function_error
from attnproof.verify.against.sharpening import Sharpening, curvature
from attnproof.verify.arithmetic.formats import FORMATS, FP32, FP64, Array
from attnproof.verify.reading.rounding.kept import Mask
from attnproof.verify.reading.rounding.linear import axes_of, is_elementwise, linear, reached, value
from attnproof.verify.reading.rounding.meaning import ROUNDINGS as CONSTANT
from attnproof.verify.reading.rounding.meaning import meant
from attnproof.verify.recording.recording import Ids, Operation, Recording

SUMS: Final = ("sum", "cumsum", "segment_sum", "matmul")
PRODUCTS: Final = ("mul", "fma", "matmul", "product")
MULTIPLIED_OUT: Final = ("add", "sub", "neg", "mul", "fma", "cast", "product", "power", *SUMS)
EXPONENTIALS: Final = {"exp": 1.0, "expm1": 1.0, "exp2": math.log(2.0)}
UNIT: Final = FP64.unit_roundoff
EVALUATED: Final = 16.0  # roundings of float64, at most, in an operation of the reference; sums aside
ZERO: Final = -750.0  # an exponential below that is 0 in every format
TOGETHER: Final = 1 << 16  # elements
DEGREE: Final = 8  # powers up to that are multiplied out
NONE: Final = np.zeros(())


@dataclass(eq=False)
class Pass:
    """Arrays over the elements of a recording (see the module); ``over``: may have left the range of a format."""

    recording: Recording
    evaluations: Evaluations
    reference: Array = field(init=False)
    radius: Array = field(init=False)
    atoms: Array = field(init=False)
    scale: Array = field(init=False)
    growth: Array = field(init=False)
    weighted: Array = field(init=False)
    over: Mask = field(init=False)
    exponential: Mask = field(init=False)
    summed: Mask = field(init=False)
    sharper: Sharpening | None = None

    def __post_init__(self) -> None:
        n = self.recording.elements
        self.reference, self.radius, self.atoms = (np.zeros(n) for _ in range(3))
        self.scale, self.growth, self.weighted = (np.zeros(n) for _ in range(3))
        self.over, self.exponential, self.summed = (np.zeros(n, bool) for _ in range(3))

    def compute(self, ids: Ids) -> None:
        """Sums of products that matrix products made are numbers from here on, each copy with its own roundings."""
        ids = np.unique(ids[self.summed[ids]])
        if ids.size:
            rounded = self.error(ids) - self.atoms[ids]
            self.atoms[ids] += rounded
            self.scale[ids] = np.abs(self.reference[ids]) + self.atoms[ids]
            self.growth[ids] = self.weighted[ids] = 0.0
            self.summed[ids] = False
            if self.sharper is not None:
                self.sharper.computed(ids, rounded)

    def error(self, ids: Ids) -> Array:
        """E."""
        growth, atoms = self.growth[ids], self.atoms[ids]
        if not growth.any():
            return np.asarray(number(atoms))
        steeper = np.expm1(growth) / np.where(growth == 0.0, 1.0, growth)
        return np.asarray(number(atoms + np.where(growth == 0.0, 0.0, steeper * self.weighted[ids])))

    def largest(self, place: slice) -> float:
        """Of |r| + E, at most."""
        parts = (np.max(part[place], initial=0.0) for part in (self.atoms, self.growth, self.scale))
        atoms, growth, scale = (float(part) for part in parts)
        return atoms + math.exp(min(growth, 700.0)) * scale  # |r| is at most the scale


def number(array: Array) -> Array:
    """NaN made ∞."""
    return np.where(np.isnan(array), np.inf, array)


def parts(operation: Operation) -> Iterator[Operation]:
    """An elementwise operation on many elements, some at a time: what is in between stays near the processor."""
    shape = operation.output.shape
    axis = next((k for k, length in enumerate(shape) if length > 1), None)
    if axis is None or operation.output.size <= 2 * TOGETHER or not is_elementwise(operation):
        yield operation
        return
    some = max(1, TOGETHER * shape[axis] // operation.output.size)
    for first in range(0, shape[axis], some):
        here = (*(slice(None),) * axis, slice(first, first + some))
        inputs = tuple(ids[here] for ids in operation.inputs)
        yield replace(operation, inputs=inputs, output=operation.output[here])


def leaf(found: Pass, operation: Operation) -> None:
    """Inputs are exact, or rounded to the format; constants are what they stand for; of what is opaque nothing is
    known.
    """
    out, how = operation.output, found.evaluations
    x = found.recording.values[out]
    found.reference[out], found.scale[out] = x, np.abs(x)
    rounded = -math.log1p(-how.stored.unit_roundoff) if how.rounded else 0.0
    found.growth[out] = rounded
    if operation.name == "opaque":
        found.atoms[out] = np.inf
    elif operation.name == "constant":
        stands_for = meant(x, operation.dtype)
        finite = np.isfinite(x)
        radius = np.where(finite & (stands_for != x), np.abs(stands_for) * CONSTANT * UNIT, 0.0)
        off = np.where(finite, np.abs(x - stands_for), 0.0) + radius
        found.reference[out], found.radius[out], found.atoms[out] = stands_for, radius, off
        found.scale[out] = np.abs(stands_for) + off
        found.growth[out] = rounded - 2.0 * math.log1p(-how.computed.unit_roundoff)
    found.weighted[out] = found.growth[out] * found.scale[out]
    if found.sharper is not None:
        found.sharper.leaf(operation, found.reference[out], found.atoms[out])


def step(found: Pass, operation: Operation, *, stored: bool) -> None:
    """Carry out an operation; ``stored``: its result may be kept in memory, in the format of results."""
    out, how = operation.output, found.evaluations
    if operation.name in SUMS and operation.name != "matmul":
        found.compute(operation.inputs[0])
    r = [found.reference[ids] for ids in operation.inputs]
    made = value(operation, r)
    finite = np.isfinite(made)
    narrow = _narrow(operation, how) if stored else 0.0
    flags = [found.exponential[ids].any() for ids in operation.inputs]
    found.exponential[_run(out)] = any(flags) or operation.name in EXPONENTIALS
    if operation.name == "matmul":
        found.summed[out] = not how.regrouped
    elif operation.name in MULTIPLIED_OUT:
        found.summed[out] = (
            np.logical_or.reduce([found.summed[ids] for ids in operation.inputs])
            if is_elementwise(operation)
            else False
        )
    radii = [found.radius[ids] for ids in operation.inputs]
    if _multiplied_out(operation):
        atoms, scale, (growth, weighted), (local, factors) = _polynomial(found, operation, r, exponentials=any(flags))
        mine = (EVALUATED + _count(operation)) * UNIT * scale
        growth, weighted = growth - math.log1p(-narrow), weighted - math.log1p(-narrow) * scale
    else:
        atoms, scale, (growth, weighted), local = _atom(found, operation, r, made, narrow)
        factors = ()
        mine = EVALUATED * UNIT * np.abs(made)
    lost = _lost(operation, how, stored=stored)
    place = _run(out)
    found.reference[place] = made.ravel()
    found.radius[place] = np.where(finite, number(_carried(operation, r, radii)) + mine, 0.0).ravel()
    atoms = np.where(finite, number(atoms + mine + lost), 0.0)
    if found.sharper is not None:
        local = np.where(finite, number(local + mine + lost), 0.0)
        atoms = np.minimum(atoms, number(found.sharper.add(operation, made, local, factors)))
    found.atoms[place] = atoms.ravel()
    found.scale[place] = np.where(finite, number(np.maximum(scale, np.abs(made)) + lost), np.abs(made)).ravel()
    found.growth[place] = growth
    found.weighted[place] = np.where(finite, number(weighted + growth * lost), 0.0).ravel()
    _ranges(found, operation, made, stored=stored)


def _run(out: Ids) -> slice:
    """The elements that an operation defines, which are numbered one after the other (``Tape``)."""
    first, last = int(out.flat[0]), int(out.flat[-1])
    if last - first + 1 != out.size:
        raise ValueError("an operation's elements are not numbered one after the other")
    return slice(first, last + 1)


def _multiplied_out(operation: Operation) -> bool:
    if operation.name != "power":
        return operation.name in MULTIPLIED_OUT
    exponent = float(operation.attributes["exponent"])
    return exponent == int(exponent) and 1 <= exponent <= DEGREE


def _count(operation: Operation) -> int:
    """Terms of a sum, factors of a product."""
    given = operation.inputs[0]
    if operation.name == "matmul":
        return int(given.shape[-1])
    if operation.name in ("sum", "product"):
        return math.prod(given.shape[axis] for axis in axes_of(operation))
    if operation.name == "cumsum":
        return int(given.shape[int(operation.attributes["axis"])])
    if operation.name == "segment_sum":
        return int(np.bincount(np.ravel(operation.attributes["segments"]).astype(np.int64)).max(initial=1))
    return int(float(operation.attributes["exponent"])) if operation.name == "power" else 1


def _polynomial(
    found: Pass, operation: Operation, r: list[Array], *, exponentials: bool
) -> tuple[Array, Array, tuple[float, Array], tuple[Array, Sequence[Array]]]:
    """P, S, L (and L by monomials), Λ (and roundings of factors) of a sum, or a product."""
    ins, name, how = operation.inputs, operation.name, found.evaluations
    scales, errors = [found.scale[ids] for ids in ins], [found.atoms[ids] for ids in ins]
    before = errors
    computed = name == "matmul" and not how.regrouped
    if computed:
        errors = [found.error(ids) for ids in ins]
        scales = [np.abs(x) + error for x, error in zip(r, errors, strict=True)]
    atoms = reached(operation, r, errors)
    scale = scales[0] + scales[1] if name == "sub" else scales[0] if name == "neg" else value(operation, scales)
    grown = [0.0 if computed else float(np.max(found.growth[ids], initial=0.0)) for ids in ins]
    count = _count(operation)
    if name in ("product", "power"):
        growth, roundings = count * grown[0], float(count + ROUNDINGS)
    elif name in SUMS:
        growth, roundings = sum(grown), how.additions(count, exponentials=exponentials)
    else:
        growth = (
            grown[0] + grown[1]
            if name == "mul"
            else max(grown[0] + grown[1], grown[2])
            if name == "fma"
            else max(grown)
        )
        roundings = 0.0 if name in ("neg", "cast") else float(ROUNDINGS)
    own = -roundings * math.log1p(-how.computed.unit_roundoff)
    if name == "matmul" and how.products is not None:
        exact = [
            not found.growth[ids].any() and how.products.representable(x).all() for ids, x in zip(ins, r, strict=True)
        ]
        own -= exact.count(False) * math.log1p(-how.products.unit_roundoff)
    before_it = [np.zeros(ids.shape) if computed else found.weighted[ids] for ids in ins]
    weighted = own * scale + _weighted(operation, scales, before_it, growth * scale)
    factors = [whole - part for whole, part in zip(errors, before, strict=True)] if computed else ()
    local = _beyond(operation, r, before, errors) if found.sharper is not None else NONE
    return atoms, scale, (growth + own, weighted), (local, factors)


def _weighted(operation: Operation, scales: list[Array], weighted: list[Array], most: Array) -> Array:
    """``Σ |monomial| · its roundings`` before those of this operation; ``most``: with the most of any monomial."""
    name = operation.name
    if name == "product":
        return most
    if name == "power":
        count = _count(operation)
        return np.asarray(count * scales[0] ** (count - 1) * weighted[0])
    if name in ("mul", "fma"):
        found = weighted[0] * scales[1] + scales[0] * weighted[1]
        return np.asarray(found + weighted[2] if name == "fma" else found)
    if name == "matmul":
        return np.asarray(weighted[0] @ scales[1] + scales[0] @ weighted[1])
    return np.asarray(
        weighted[0] + weighted[1] if name == "sub" else weighted[0] if name == "neg" else value(operation, weighted)
    )


def _beyond(operation: Operation, r: list[Array], p: list[Array], e: list[Array]) -> Array:
    """Of a sum or a product, what is not linear in the errors."""
    if operation.name in ("mul", "fma"):
        return np.asarray(e[0] * e[1])
    if operation.name == "matmul":
        return np.asarray(e[0] @ e[1])
    if operation.name in ("product", "power"):  # no more than all of it, and its linear part
        return np.asarray(reached(operation, r, e) + linear(operation, r, r).carry(p))
    return np.zeros(operation.output.shape)


def _atom(
    found: Pass, operation: Operation, r: list[Array], made: Array, narrow: float
) -> tuple[Array, Array, tuple[float, Array], Array]:
    """P, S, L (and L by monomials) and Λ of an elementary function's value, or of a quotient.

    Of a quotient only the divisor is an atom.
    """
    ins, name, how = operation.inputs, operation.name, found.evaluations
    w = how.computed.unit_roundoff
    errors = [found.error(ids) for ids in ins]
    if name == "div":
        least = np.maximum(np.abs(r[1]) - errors[1], 0.0)
        atoms = reached(operation, r, [found.atoms[ins[0]], errors[1]])
        mine = -ROUNDINGS * math.log1p(-w) - math.log1p(-narrow)
        growth = float(np.max(found.growth[ins[0]], initial=0.0)) + mine
        scale = found.scale[ins[0]] / least
        square = r[1] ** 2
        local = np.abs(r[0]) / square * (errors[1] - found.atoms[ins[1]])
        local += (found.atoms[ins[0]] * np.abs(r[1]) + np.abs(r[0]) * errors[1]) * errors[1] / (square * least)
        return atoms, scale, (growth, found.weighted[ins[0]] / least + mine * scale), local
    relative: float | Array
    relative, absolute = function_error(name, how.computed.name) if name != "reciprocal" else (ROUNDINGS, 0.0)
    if name in EXPONENTIALS:
        errors[0] = errors[0] + ROUNDINGS * w * (found.scale[ins[0]] + LOGSUMEXP)
    elif name == "power":
        relative = relative + ROUNDINGS * np.abs(float(operation.attributes["exponent"]) * np.log(np.abs(r[0])))
    carried = _carried(operation, r, errors)
    size = np.abs(made) + carried
    own = relative * w * size + absolute * max(w, FP32.unit_roundoff if how.computed.precision < 24 else 0.0)
    added = own + narrow * (size + own)
    local = NONE
    if found.sharper is not None:
        slopes = linear(operation, r, r).carry([errors[0] - found.atoms[ins[0]]])
        local = slopes + 0.5 * curvature(operation, r[0], errors[0]) * errors[0] ** 2
        local = np.where(np.isneginf(r[0]) & (carried == 0.0), 0.0, local) + added  # an exponential of −∞
    return carried + added, np.abs(made) + carried + added, (0.0, np.zeros(made.shape)), local


def _carried(operation: Operation, r: list[Array], errors: list[Array]) -> Array:
    """How far errors of the inputs bring the result, at most; exp of what is far below 0 without ∞ · 0."""
    base = EXPONENTIALS.get(operation.name)
    if base is None:
        return reached(operation, r, errors)
    x, e = base * r[0], base * errors[0]
    return np.where(np.isneginf(x), 0.0, np.where(e < 1.0, np.exp(x) * np.expm1(np.minimum(e, 1.0)), np.exp(x + e)))


def _narrow(operation: Operation, how: Evaluations) -> float:
    """The unit roundoff of storing the result in a format narrower than is computed in; 0: that does not happen."""
    own = FORMATS.get(operation.dtype, FP64)
    declared = own.unit_roundoff if own.precision < how.stored.precision else 0.0
    return max(declared, how.stored.unit_roundoff if how.between else 0.0)


def _lost(operation: Operation, how: Evaluations, *, stored: bool) -> float:
    """To underflow: of every product, exponential and stored value."""
    most = how.computed.smallest_normal
    if stored and how.between:
        most = max(most, how.stored.smallest_subnormal if how.stored.emin > FP32.emin else how.stored.smallest_normal)
    times = _count(operation) if operation.name in PRODUCTS else 1
    return 0.0 if operation.name in ("neg", "cast", "sum", "add", "sub") else times * most


def _ranges(found: Pass, operation: Operation, made: Array, *, stored: bool) -> None:
    """Where a program of the class may leave the range of a format; exp of what is far below 0 is 0 all the same."""
    out, how = operation.output, found.evaluations
    limit = how.stored.max if stored and how.between else how.computed.max
    over = np.zeros(made.shape, bool)
    if not found.largest(_run(out)) <= limit:
        error = found.error(out)
        over = np.isfinite(made) & (np.abs(made) + np.where(np.isfinite(error), error, 0.0) > limit)
    before = [found.over[ids] for ids in operation.inputs]
    if any(part.any() for part in before):
        if operation.name in EXPONENTIALS:
            x = found.reference[operation.inputs[0]]
            over |= before[0] & ~(x + found.error(operation.inputs[0]) < ZERO)
        else:
            ones = [np.ones(ids.shape) for ids in operation.inputs]
            over |= number(reached(operation, ones, [part.astype(np.float64) for part in before])) > 0.0
    found.over[out] = over
