"""Enclosures of everything a case computes, at a given precision or as tight as a bound under test needs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from flint import arb, ctx

from attnproof.derivations.language.system import System
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle.enclosure import Enclosure
from attnproof.verify.oracle.error import OracleError, PrecisionError
from attnproof.verify.oracle.interpreter import evaluate
from attnproof.verify.oracle.named import Balls, balls

GRADIENT = "grad."

# First precision tried, in bits: the significand, 10 bits for the demand below, and room for cancellation.
START: Mapping[str, int] = {"fp64": 128, "fp32": 64, "bf16": 64, "fp16": 64}
CAP = 8192
SHARPER = 1024  # a radius must be at least 2^10 below the bound under test


def quantities_of(case: Case) -> tuple[str, ...]:
    """``scores``, ``weights``, ``context``, ``lse`` where the case has it, and ``grad.NAME`` for every input given."""
    return (*case.outputs, *(GRADIENT + name for name in case.tensors))


def enclose(case: Case, precision: int, quantities: Collection[str] | None = None) -> dict[str, Enclosure]:
    """Enclosures of the ``quantities`` (default: all) of a case, computed with ``precision`` bits.

    Shapes: forward quantities ``batch + shape``; a gradient has the shape of its input. A masked key has weight 0 and a
    fully masked row weights, context and gradients 0, all exactly.
    Raises OracleError for NaN or +∞ in an input (or −∞ outside ``bias``), PrecisionError when the precision is too low
    to keep every ball finite, ValueError for an unknown quantity.
    """
    wanted = _selected(case, quantities)
    _reject_non_finite(case)
    with ctx.workprec(precision):
        return {name: Enclosure(found, precision) for name, found in _assemble(case, wanted).items()}


def certified(
    case: Case, bounds: Mapping[str, Array] | None = None, quantities: Collection[str] | None = None
) -> dict[str, Enclosure]:
    """Enclosures whose radius is at most 2^-10 of the bound under test, element by element, or exactly 0.

    bounds      quantity -> upper bounds >= 0, broadcastable to the quantity. For a quantity without bounds, the unit
                roundoff of the case's format times the quantity's largest magnitude, and at least the format's smallest
                positive value, stands in.
    quantities  default: all
    The precision is doubled until that holds. Raises OracleError naming quantity, index, precision, radius and bound
    when it does not hold at 8192 bits.
    """
    pending = list(_selected(case, quantities))
    done: dict[str, Enclosure] = {}
    precision = START[case.dtype]
    while True:
        try:
            found = enclose(case, precision, pending)
        except PrecisionError:
            if precision >= CAP:
                raise
        else:
            failures = {name: _first_loose(case, e, (bounds or {}).get(name)) for name, e in found.items()}
            done |= {name: found[name] for name, failure in failures.items() if failure is None}
            pending = [name for name in pending if name not in done]
            if not pending:
                return {name: done[name] for name in _selected(case, quantities)}
            if precision >= CAP:
                index, bound = failures[pending[0]] or ((), 0.0)
                radius = found[pending[0]].balls[index].rad().str(5, radius=False)
                raise OracleError(
                    f"{case.score}: {pending[0]}{list(index)} has radius {radius} at {precision} bits, "
                    f"more than 2^-10 of the bound {bound!r}"
                )
        precision *= 2


def _selected(case: Case, quantities: Collection[str] | None) -> tuple[str, ...]:
    known = quantities_of(case)
    unknown = sorted(set(quantities or ()) - set(known))
    if unknown:
        raise ValueError(f"unknown quantity {unknown[0]!r}; known here: {', '.join(known)}")
    return known if quantities is None else tuple(name for name in known if name in quantities)


def _reject_non_finite(case: Case) -> None:
    for name, array in {**case.inputs, **case.cotangents}.items():
        bad = np.isnan(array) | np.isposinf(array) | (np.isneginf(array) & (name != "bias"))
        if bad.any():
            index = tuple(int(k) for k in np.argwhere(bad)[0])
            raise OracleError(f"{case.score}: {name}{list(index)} is {array[index]}; no real number to work with")


_systems: WeakKeyDictionary[Case, System] = WeakKeyDictionary()


def _system(case: Case) -> System:
    """The resolved forward system followed by its adjoint with respect to every input; made once for a case."""
    if case not in _systems:
        _systems[case] = _joined(case.forward, case.backward)
    return _systems[case]


@lru_cache(maxsize=64)
def _joined(forward: System, backward: System) -> System:
    return forward.then(backward)


def _assemble(case: Case, wanted: tuple[str, ...]) -> dict[str, Balls]:
    """One evaluation for all batch elements; gradients of inputs shared by several elements are summed."""
    shapes = {
        **{name: (*case.batch, *_sizes_of(case, name)) for name in case.outputs},
        **{GRADIENT + name: case.inputs[name].shape for name in case.tensors},
    }
    result = {name: np.full(shapes[name], None, object) for name in wanted}
    if 0 in case.batch:
        return result
    tensors = {name: name if name in case.outputs else "grad_" + name.removeprefix(GRADIENT) for name in wanted}
    known = evaluate(_system(case), _values(case), case.sizes, set(tensors.values()))
    for name, tensor in tensors.items():
        found = known[tensor]
        core = len(_system(case).tensors[tensor].shape)
        each = found if found.ndim > core else np.broadcast_to(found, (math.prod(case.batch), *found.shape))
        own = shapes[name][: len(shapes[name]) - core]
        for number, place in enumerate(np.ndindex(*case.batch)):
            where: tuple[Any, ...] = (*_place_in(own, place), ...)  # the ellipsis keeps it a view
            part = result[name][where]
            part[...] = each[number] if part.flat[0] is None else part + each[number]
    return result


def _values(case: Case) -> dict[str, Balls]:
    """Inputs and cotangents as balls, those that a batch has several of behind one axis for all of its elements."""
    elements = math.prod(case.batch)

    def flat(array: Array, core: int, *, batched: bool) -> Balls:
        found, own = _to_balls(array), array.shape[array.ndim - core :]
        if not batched or elements == 1:
            return found.reshape(own)
        return np.broadcast_to(found, (*case.batch, *own)).reshape(elements, *own)

    values = {name: flat(seed, seed.ndim - len(case.batch), batched=True) for name, seed in case.cotangents.items()}
    for name, tensor in case.tensors.items():
        values[name] = flat(case.inputs[name], len(tensor.shape), batched=tensor.batched)
    return values


def _sizes_of(case: Case, output: str) -> tuple[int, ...]:
    return tuple(case.sizes[str(axis)] for axis in case.forward.tensors[output].shape)


def _place_in(leading: tuple[int, ...], place: tuple[int, ...]) -> tuple[int, ...]:
    """Where an array with these leading dimensions, broadcast to the batch, keeps the batch element ``place``."""
    aligned = place[len(place) - len(leading) :]
    return tuple(0 if length == 1 else k for length, k in zip(leading, aligned, strict=True))


def _to_balls(array: Array) -> Balls:
    """Exact balls of float64 values."""
    return balls(map(arb, array.ravel().tolist()), array.shape)


def _first_loose(case: Case, enclosure: Enclosure, bound: Array | None) -> tuple[tuple[int, ...], float] | None:
    """The first element whose radius is neither 0 nor small enough, with its bound."""
    radius = enclosure.radius()
    if bound is None:
        largest = float(np.max(enclosure.magnitude_upper()))
        fmt = FORMATS[case.dtype]
        bound = np.array(max(fmt.unit_roundoff * largest, fmt.smallest_subnormal))
    limits = np.broadcast_to(bound, enclosure.shape)
    with np.errstate(over="ignore"):
        doubtful = ~(radius * SHARPER <= limits)
    for index in map(tuple, np.argwhere(doubtful).tolist()):
        limit = float(limits[index])
        if not enclosure.balls[index].rad() * SHARPER <= arb(limit):  # exact, where float64 runs out of exponents
            return index, limit
    return None
