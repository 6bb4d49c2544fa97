"""Rotary positions that a program makes itself: which of its constants turn which pairs of features.

A program that turns features r and s of a query by an angle has, for numbers c and d of its own,

    q'[r] = q[r] c − q[s] d        q'[s] = q[s] c + q[r] d

in whatever order, whether it multiplies complex numbers, exchanges halves or takes every other feature. So every sum of
two products of a feature and a constant is looked at, and two sums over the same two features are a rotation where
their constants are those of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.recording.recording import Call, Ids, Recording

ROLES: Final = ("query", "key")
ELEMENTWISE: Final = frozenset({"cast", "neg", "mul", "add", "sub", "div"})
CLOSE: Final = 1e-6  # relative: numbers of a random array are further apart, and a scale of it is rounded
Signs = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Turned:
    """What is done to the queries, or the keys.

    pairs    features that are turned together, the lower one first, in order
    cos, sin  (n, pairs): the numbers, by position
    elements every element that holds one of them, before and after casts that do not change it
    copies   ``cos`` or ``sin``, and elements, (n, pairs), that hold it: a program may have several copies
    lines    ``file.py:12`` of the program at which the numbers are made, taken from a table, or multiplied by
    """

    pairs: tuple[tuple[int, int], ...]
    cos: Array
    sin: Array
    elements: Ids
    copies: tuple[tuple[str, Ids], ...] = ()
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class _Products:
    """Products of an element and a constant, by element: the other one, the constant, and a sign; −1: no product."""

    element: Ids
    constant: Ids
    sign: Signs


def rotations(recording: Recording, call: Call, given: Mapping[str, Array]) -> dict[str, Turned]:
    """For queries and keys, what of them is turned by constants; those that are not turned are left out.

    given  the arrays that were handed over in that call, by name
    """
    source, sign, products, sums = _traced(recording)
    if not sums:
        return {}
    left, right, minus = (np.concatenate(each) for each in zip(*sums, strict=True))
    first, second = products.element[left], products.element[right]
    found: dict[str, Turned] = {}
    taken = np.zeros(len(left), bool)
    for role in ROLES:
        array = np.asarray(given[role])
        at = [
            _places(call.inputs[role], array, source[each], sign[each] * recording.values[source[each]])
            for each in (first, second)
        ]
        width = array.shape[-1]
        same = (at[0] >= 0) & (at[1] >= 0) & (at[0] // width == at[1] // width) & (at[0] != at[1]) & ~taken
        here = np.flatnonzero(same)
        signs = sign[first[here]], minus[here] * sign[second[here]]
        turned = _turned(recording, products, (left[here], right[here]), signs, (at[0][here], at[1][here]), array)
        if turned is not None:
            found[role] = turned[0]
            taken[here[turned[1]]] = True
    return found


def _traced(recording: Recording) -> tuple[Ids, Signs, _Products, list[tuple[Ids, Ids, Signs]]]:
    """What elements are up to casts and signs, products with constants, and sums of two of them."""
    count = recording.elements
    source, sign = np.arange(count, dtype=np.int64), np.ones(count, np.int64)
    fixed = np.zeros(count, bool)
    products = _Products(np.full(count, -1, np.int64), np.full(count, -1, np.int64), np.ones(count, np.int64))
    sums: list[tuple[Ids, Ids, Signs]] = []
    for operation in recording.operations:
        out, inputs = operation.output.ravel(), [ids.ravel() for ids in operation.inputs]
        if operation.name == "constant":
            fixed[out] = True
        elif operation.name in ELEMENTWISE or (inputs and all(ids.size == out.size for ids in inputs)):
            fixed[out] = np.logical_and.reduce([fixed[ids] for ids in inputs])
        elif inputs:
            fixed[out] = all(bool(fixed[ids].all()) for ids in inputs)
        if operation.name in ("cast", "neg"):
            factor = -1 if operation.name == "neg" else 1
            source[out], sign[out] = source[inputs[0]], factor * sign[inputs[0]]
            for mine in (products.element, products.constant):
                mine[out] = mine[inputs[0]]
            products.sign[out] = factor * products.sign[inputs[0]]
        elif operation.name == "mul":
            for element, constant in (inputs, inputs[::-1]):
                here = fixed[constant] & ~fixed[element]
                products.element[out[here]], products.constant[out[here]] = element[here], constant[here]
        elif operation.name in ("add", "sub"):
            here = (products.element[inputs[0]] >= 0) & (products.element[inputs[1]] >= 0)
            if here.any():
                minus = np.full(int(here.sum()), -1 if operation.name == "sub" else 1, np.int64)
                sums.append((inputs[0][here], inputs[1][here], minus))
    return source, sign, products, sums


def _places(ids: Ids, array: Array, elements: Ids, values: Array) -> Ids:
    """Which number of the array, flat, each element is, as it was handed over or but for one factor; −1: none."""
    flat = ids.ravel()
    order = np.argsort(flat, kind="stable")
    near = order[np.minimum(np.searchsorted(flat, elements, sorter=order), flat.size - 1)]
    own = flat[near] == elements
    if own.any():
        return np.where(own, near, -1)
    numbers = np.asarray(array, np.float64).ravel()
    width = array.shape[-1]
    for factor in (1.0, width**-0.5, width**-0.25, 1.0 / width):
        scaled = numbers * factor
        order = np.argsort(scaled)
        at = np.clip(np.searchsorted(scaled, values, sorter=order), 0, scaled.size - 1)
        below = order[np.maximum(at - 1, 0)]
        above = order[at]
        nearest = np.where(np.abs(scaled[below] - values) < np.abs(scaled[above] - values), below, above)
        close = np.abs(scaled[nearest] - values) <= CLOSE * np.abs(values)
        if close.any():
            return np.where(close, nearest, -1)
    return np.full(values.shape, -1, np.int64)


def _turned(
    recording: Recording,
    products: _Products,
    sides: tuple[Ids, Ids],
    signs: tuple[Signs, Signs],
    places: tuple[Ids, Ids],
    array: Array,
) -> tuple[Turned, Ids] | None:
    """The rotation that these sums are, and which of them it is; None where they are none, or others along a batch."""
    n, width = array.shape[-2:]
    (left, right), (first, second) = sides, places
    factors, others = (
        recording.values[products.constant[side]] * products.sign[side] * sign
        for side, sign in zip(sides, signs, strict=True)
    )
    swapped = first > second
    low, high = np.where(swapped, second, first), np.where(swapped, first, second)
    of_low, of_high = np.where(swapped, others, factors), np.where(swapped, factors, others)
    by: dict[tuple[int, int], list[int]] = {}
    for number, key in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        by.setdefault(key, []).append(number)
    ids = [products.constant[np.where(swapped, *each)] for each in ((right, left), (left, right))]  # of low, of high
    angles: dict[tuple[int, int, int], set[tuple[float, float]]] = {}
    holding: dict[tuple[int, int, int], list[tuple[int, int, int, int]]] = {}
    used: list[int] = []
    for (one, other), (a, *rest) in by.items():
        turn = next((each for b in rest if (each := _rotation(of_low, of_high, a, b)) is not None), None)
        if turn is None:
            return None
        first_sum, second_sum = turn
        used += [first_sum, second_sum]
        cell = (one // width % n, one % width, other % width)
        angles.setdefault(cell, set()).add((float(of_low[first_sum]), float(of_low[second_sum])))
        holding.setdefault(cell, []).append(
            (ids[0][first_sum], ids[1][second_sum], ids[1][first_sum], ids[0][second_sum])
        )
    pairs = tuple(sorted({key[1:] for key in angles}))
    if not pairs or any(len(found) != 1 for found in angles.values()) or len(angles) != n * len(pairs):
        return None
    numbers = np.array([[next(iter(angles[i, *pair])) for pair in pairs] for i in range(n)])
    elements = np.concatenate([products.constant[left[used]], products.constant[right[used]]])
    elements = _and_sources(recording, np.unique(elements))
    alike = min(map(len, holding.values()))  # elements of the batch that are equal are told apart by nothing
    cells = np.array([[holding[i, *pair][:alike] for pair in pairs] for i in range(n)])  # (n, pairs, batch, 4)
    every = {
        (name, cells[:, :, batch, k].tobytes()): cells[:, :, batch, k]
        for k, name in enumerate(("cos", "cos", "sin", "sin"))
        for batch in range(alike)
    }
    table = {"cos": numbers[..., 0], "sin": numbers[..., 1]}
    copies = tuple((name, held) for (name, _), held in every.items() if _is(recording, held, table[name]))
    lines = _lines(recording, elements)
    return Turned(pairs, numbers[..., 0], numbers[..., 1], elements, copies, lines), np.array(used)


def _lines(recording: Recording, elements: Ids) -> frozenset[str]:
    """Where the program makes these elements, or makes others of them."""
    own = np.zeros(recording.elements, bool)
    own[elements] = True
    touched = (each for each in recording.operations if any(own[ids].any() for ids in (each.output, *each.inputs)))
    return frozenset(each.where for each in touched if each.where)


def _is(recording: Recording, elements: Ids, numbers: Array) -> bool:
    return bool((recording.values[elements] == numbers).all())


def _and_sources(recording: Recording, elements: Ids) -> Ids:
    """With what they were cast from: a library casts anew for each product, forward and backward."""
    found = np.zeros(recording.elements, bool)
    found[elements] = True
    for operation in reversed(recording.operations):
        if operation.name == "cast" and found[operation.output].any():
            (source,) = operation.inputs
            same = found[operation.output] & (recording.values[source] == recording.values[operation.output])
            found[source[same]] = True
    return np.flatnonzero(found)


def _rotation(of_low: Array, of_high: Array, a: int, b: int) -> tuple[int, int] | None:
    """The sums that are the lower feature of a rotation and the higher one; None where they are those of none."""
    for one, other in ((a, b), (b, a)):
        if of_low[one] == of_high[other] and of_high[one] == -of_low[other]:
            return one, other
    return None
