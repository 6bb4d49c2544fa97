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

Choices by value (``where``, ``max``, ``sort``) are as the reference made them. What lies so near to its threshold that
rounding decides is counted (``Enclosed.near``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from attnproof.verify.against.evaluations import LOGSUMEXP, ROUNDINGS, Evaluations, function_error
from attnproof.verify.arithmetic.formats import FORMATS, FP32, FP64, Array, Format
from attnproof.verify.bounds import Bound
from attnproof.verify.bounds.rounding import UP
from attnproof.verify.reading.rounding.api import UNDERFLOW
from attnproof.verify.reading.rounding.kept import LEAVES, Mask, kept
from attnproof.verify.reading.rounding.linear import axes_of, is_elementwise, reached, value
from attnproof.verify.reading.rounding.meaning import ROUNDINGS as CONSTANT
from attnproof.verify.reading.rounding.meaning import meant
from attnproof.verify.recording.recording import Call, Choice, Ids, Operation, Recording

SUMS: Final = ("sum", "cumsum", "segment_sum", "matmul")
PRODUCTS: Final = ("mul", "fma", "matmul", "product")
MULTIPLIED_OUT: Final = ("add", "sub", "neg", "mul", "fma", "cast", "product", "power", *SUMS)
EXPONENTIALS: Final = {"exp": 1.0, "expm1": 1.0, "exp2": math.log(2.0)}
UNIT: Final = FP64.unit_roundoff
EVALUATED: Final = 16.0  # roundings of float64, at most, in an operation of the reference; sums aside
ZERO: Final = -750.0  # an exponential below that is 0 in every format
TOGETHER: Final = 1 << 16  # elements
DEGREE: Final = 8  # powers up to that are multiplied out


@dataclass(frozen=True, eq=False)
class Enclosed:
    """A result of the reference.

    value   float64, as the result is shaped: exact arithmetic gives it within ``radius``
    bound   of ``|computed − value|`` for every evaluation of the class; ∞ where nothing can be said, with reasons
    near    choices by value, of all that were made, that rounding decides
    """

    value: Array
    radius: Array
    bound: Bound
    near: int = 0

    @property
    def silent(self) -> str:
        """Why the bound tells nothing of a result as a whole; empty where it does."""
        infinite = ~np.isfinite(self.bound.bound)
        if infinite.any():
            why = "; ".join(self.bound.reasons) or "no finite bound follows"
            return f"{int(infinite.sum())} of {infinite.size} elements have no bound: {why}"
        size = np.where(np.isfinite(self.value), np.abs(self.value), 0.0)
        if size.any() and np.all((size <= self.bound.bound) | (size == 0.0)):
            return f"zeros would pass: the bound, up to {self.bound.bound.max():.3g}, exceeds every value"
        if size.size and not self.bound.meaningful:
            return "the bound would let an answer pass half of which is wrong"
        return ""


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
    over: Mask = field(init=False)
    exponential: Mask = field(init=False)

    def __post_init__(self) -> None:
        n = self.recording.elements
        self.reference, self.radius, self.atoms, self.scale, self.growth = (np.zeros(n) for _ in range(5))
        self.over, self.exponential = np.zeros(n, bool), np.zeros(n, bool)

    def error(self, ids: Ids) -> Array:
        """E."""
        growth, atoms = self.growth[ids], self.atoms[ids]
        if not growth.any():
            return np.asarray(number(atoms))
        return np.asarray(number(atoms + np.where(growth == 0.0, 0.0, np.expm1(growth) * self.scale[ids])))

    def largest(self, place: slice) -> float:
        """Of |r| + E, at most."""
        parts = (np.max(part[place], initial=0.0) for part in (self.atoms, self.growth, self.scale))
        atoms, growth, scale = (float(part) for part in parts)
        return atoms + math.exp(min(growth, 700.0)) * scale  # |r| is at most the scale


def enclosed(recording: Recording, evaluations: Evaluations, call: int = -1) -> dict[str, Enclosed]:
    """The results of a recorded call, by name. An operation that no rule reads leaves what follows from it without
    bound.
    """
    return _enclosed(recording, evaluations, (recording.calls[call],))[0]


def every_call(recording: Recording, evaluations: Evaluations) -> list[dict[str, Enclosed]]:
    """``enclosed`` of each call of a recording."""
    return _enclosed(recording, evaluations, recording.calls)


def _enclosed(recording: Recording, evaluations: Evaluations, calls: Sequence[Call]) -> list[dict[str, Enclosed]]:
    found = Pass(recording, evaluations)
    hidden = kept(recording) if evaluations.between else np.zeros(recording.elements, bool)
    with np.errstate(all="ignore"):
        for operation in recording.operations:
            if operation.name in LEAVES:
                _leaf(found, operation)
            elif operation.output.size:
                for part in _parts(operation):
                    _step(found, part, stored=not hidden[part.output].any())
        near = sum(_near(found, choice) for choice in recording.choices)
        return [{name: _result(found, ids, near) for name, ids in each.results.items()} for each in calls]


def number(array: Array) -> Array:
    """NaN made ∞."""
    return np.where(np.isnan(array), np.inf, array)


def _parts(operation: Operation) -> Iterator[Operation]:
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


def _leaf(found: Pass, operation: Operation) -> None:
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


def _step(found: Pass, operation: Operation, *, stored: bool) -> None:
    out, how = operation.output, found.evaluations
    r = [found.reference[ids] for ids in operation.inputs]
    made = value(operation, r)
    finite = np.isfinite(made)
    narrow = _narrow(operation, how) if stored else 0.0
    flags = [found.exponential[ids].any() for ids in operation.inputs]
    found.exponential[_run(out)] = any(flags) or operation.name in EXPONENTIALS
    radii = [found.radius[ids] for ids in operation.inputs]
    if _multiplied_out(operation):
        atoms, scale, growth = _polynomial(found, operation, r, exponentials=any(flags))
        mine = (EVALUATED + _count(operation)) * UNIT * scale
        growth += -math.log1p(-narrow)
    else:
        atoms, scale, growth = _atom(found, operation, r, made, narrow)
        mine = EVALUATED * UNIT * np.abs(made)
    lost = _lost(operation, how, stored=stored)
    place = _run(out)
    found.reference[place] = made.ravel()
    found.radius[place] = np.where(finite, number(_carried(operation, r, radii)) + mine, 0.0).ravel()
    found.atoms[place] = np.where(finite, number(atoms + mine + lost), 0.0).ravel()
    found.scale[place] = np.where(finite, number(np.maximum(scale, np.abs(made)) + lost), np.abs(made)).ravel()
    found.growth[place] = growth
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


def _polynomial(found: Pass, operation: Operation, r: list[Array], *, exponentials: bool) -> tuple[Array, Array, float]:
    """P, S and L of a sum, or a product."""
    ins, name, how = operation.inputs, operation.name, found.evaluations
    scales, errors = [found.scale[ids] for ids in ins], [found.atoms[ids] for ids in ins]
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
    growth -= roundings * math.log1p(-how.computed.unit_roundoff)
    if name == "matmul" and how.products is not None:
        exact = [
            not found.growth[ids].any() and how.products.representable(x).all() for ids, x in zip(ins, r, strict=True)
        ]
        growth -= exact.count(False) * math.log1p(-how.products.unit_roundoff)
    return atoms, scale, growth


def _atom(found: Pass, operation: Operation, r: list[Array], made: Array, narrow: float) -> tuple[Array, Array, float]:
    """P, S and L of an elementary function's value, or of a quotient, of which only the divisor is an atom."""
    ins, name, how = operation.inputs, operation.name, found.evaluations
    w = how.computed.unit_roundoff
    errors = [found.error(ids) for ids in ins]
    if name == "div":
        least = np.maximum(np.abs(r[1]) - errors[1], 0.0)
        atoms = reached(operation, r, [found.atoms[ins[0]], errors[1]])
        growth = float(np.max(found.growth[ins[0]], initial=0.0)) - ROUNDINGS * math.log1p(-w) - math.log1p(-narrow)
        return atoms, found.scale[ins[0]] / least, growth
    relative: float | Array
    relative, absolute = function_error(name, how.computed.name) if name != "reciprocal" else (ROUNDINGS, 0.0)
    if name in EXPONENTIALS:
        errors[0] = errors[0] + ROUNDINGS * w * (found.scale[ins[0]] + LOGSUMEXP)
    elif name == "power":
        relative = relative + ROUNDINGS * np.abs(float(operation.attributes["exponent"]) * np.log(np.abs(r[0])))
    carried = _carried(operation, r, errors)
    size = np.abs(made) + carried
    own = relative * w * size + absolute * max(w, FP32.unit_roundoff if how.computed.precision < 24 else 0.0)
    atoms = carried + own + narrow * (size + own)
    return atoms, np.abs(made) + atoms, 0.0


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


def _near(found: Pass, choice: Choice) -> int:
    """How many elements lie so near to 0, or to their neighbour in a sort, that rounding decides."""
    if choice.kind in ("max", "shift") or not choice.depends.size:
        return 0  # the greater of two is continuous
    r, e = found.reference[choice.depends], found.error(choice.depends)
    if choice.kind == "sort" and r.ndim:
        order = np.argsort(r, axis=-1)
        r, e = np.take_along_axis(r, order, -1), np.take_along_axis(e, order, -1)
        return int(np.sum((np.diff(r, axis=-1) <= e[..., 1:] + e[..., :-1]) & (e[..., 1:] + e[..., :-1] > 0.0)))
    return int(np.sum((np.abs(r) <= e) & (e > 0.0)))


def _result(found: Pass, ids: Ids, near: int) -> Enclosed:
    how = found.evaluations
    r, recorded = found.reference[ids], found.recording.values[ids]
    error = found.error(ids)
    if how.stored.precision < how.computed.precision:
        error = error + how.stored.unit_roundoff * (np.abs(r) + error) + how.stored.smallest_subnormal
    error = np.where(error == 0.0, 0.0, error * UP + UNDERFLOW)
    finite = np.isfinite(r)
    odd = (np.isnan(recorded) != np.isnan(r)) | (~np.isnan(r) & (np.isinf(recorded) | ~finite) & (recorded != r))
    beyond = finite & (np.abs(r) + np.where(np.isfinite(error), error, 0.0) > how.stored.max)
    reasons = []
    if odd.any():
        reasons.append("the reference itself leaves the range of its format")
    if (found.over[ids] | beyond).any():
        reasons.append(f"a program of the class may leave the range of {_narrowest(how).name}")
    error = np.where(odd | found.over[ids] | beyond, np.inf, np.where(finite, number(error), 0.0))
    if not np.isfinite(error).all() and not reasons:
        reasons.append("no finite bound follows: a divisor, or an argument, within its error of a singular place")
    radius = np.where(found.radius[ids] == 0.0, 0.0, found.radius[ids] * UP + UNDERFLOW)
    scale = np.where(finite, found.scale[ids], 0.0)
    return Enclosed(r, radius, Bound(error, scale, how.words, tuple(reasons)), near)


def _narrowest(how: Evaluations) -> Format:
    return how.stored if how.between or how.stored.max < how.computed.max else how.computed


def bounds_of(found: Mapping[str, Enclosed]) -> dict[str, Bound]:
    """The bounds alone."""
    return {name: each.bound for name, each in found.items()}
