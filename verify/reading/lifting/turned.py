"""Rotary positions that a program makes itself, as if its tables had been handed over: in recordings, and written into
a derivation, pair of features by pair of features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from sympy import Expr, Indexed, Sum

from attnproof.derivations.attention.rotary import HALF, G, half_split_order
from attnproof.derivations.language.indexing import bounds, substitute, summed
from attnproof.derivations.language.notation import D
from attnproof.derivations.language.ranges import indices_of, split
from attnproof.derivations.language.system import Equation, System
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.reading.rotations import ROLES, Turned, rotations
from attnproof.verify.recording.recording import Call, Ids, Operation, Recording
from attnproof.verify.targets.target import Request

FEATURES: Final = ("query", "key")


@dataclass(frozen=True)
class OwnRotation:
    """What a program turns queries and keys by, at both sets of sizes.

    tables  names of the derivation's -> its numbers, of each recording
    word    ``half-split`` or ``interleaved``
    first   where queries and keys have one table: which key the first query stands at, in each recording
    """

    tables: tuple[Mapping[str, Array], Mapping[str, Array]]
    word: str
    first: tuple[int, int] | None = None

    @property
    def order(self) -> list[int]:
        """In the first recording, which of the target's features each of the derivation's is."""
        return _order(2 * self.tables[0]["cos_key"].shape[-1], self.word)


def taken_out(
    recordings: tuple[Recording, Recording], requests: tuple[Request, Request]
) -> tuple[OwnRotation, tuple[Recording, Recording]] | None:
    """The rotation, and the recordings with its tables among what was handed over and features in the derivation's
    order; None where all of query and key is not turned in pairs, alike in both.
    """
    words, tables, changed, first = set(), [], [], []
    for recording, request in zip(recordings, requests, strict=True):
        call = recording.calls[-1]
        found = rotations(recording, call, request.given)
        width = np.shape(request.given["query"])[-1]
        word = next((w for w, pairs in _ways(width).items() if all(_turns(found, r, pairs) for r in ROLES)), None)
        if word is None:
            return None
        words.add(word)
        tables.append({f"{f}_{role}": getattr(found[role], f) for role in ROLES for f in ("cos", "sin")})
        first.append(_first(found))
        own = found if first[-1] is None else {"key": found["key"]}
        changed.append(_handed_over(recording, own, word, width))
    if len(words) != 1 or (first[0] is None) != (first[1] is None):
        return None
    at = None if first[0] is None or first[1] is None else (first[0], first[1])
    return OwnRotation((tables[0], tables[1]), words.pop(), at), (changed[0], changed[1])


def _first(found: Mapping[str, Turned]) -> int | None:
    """Which key the first query stands at, where every element of the queries' tables is one of the keys'."""
    queries, keys = (dict(enumerate(found[role].copies)) for role in ROLES)
    at = set()
    for name, ids in queries.values():
        rows = next((_rows(ids, own) for of, own in keys.values() if of == name and np.isin(ids, own).all()), None)
        at.add(rows)
    return at.pop() if len(at) == 1 else None


def _rows(ids: Ids, own: Ids) -> int | None:
    """Where one table starts in another."""
    starts = range(len(own) - len(ids) + 1)
    return next((start for start in starts if np.array_equal(own[start : start + len(ids)], ids)), None)


def _ways(width: int) -> Mapping[str, tuple[tuple[int, int], ...]]:
    half = width // 2
    return {
        "half-split": tuple((g, half + g) for g in range(half)),
        "interleaved": tuple((2 * g, 2 * g + 1) for g in range(half)),
    }


def _turns(found: Mapping[str, Turned], role: str, pairs: tuple[tuple[int, int], ...]) -> bool:
    return role in found and found[role].pairs == pairs


def _handed_over(recording: Recording, found: Mapping[str, Turned], word: str, width: int) -> Recording:
    """The recording in which the tables are inputs, and features stand in the derivation's order."""
    inputs = [
        Operation("input", (), ids, {"name": f"{name}_{role}", "copy": number})
        for role, turned in found.items()
        for number, (name, ids) in enumerate(turned.copies)
    ]
    known = np.zeros(recording.elements, bool)
    for each in inputs:
        known[each.output] = True
    rest = [kept for operation in recording.operations if (kept := _without(operation, known)) is not None]
    order = _order(width, word)
    rest = [_ordered(operation, order) for operation in rest]
    call = recording.calls[-1]
    results = {n: ids[..., order] if n in ("grad.query", "grad.key") else ids for n, ids in call.results.items()}
    handed = {n: ids[..., order] if n in FEATURES else ids for n, ids in call.inputs.items()}
    calls = (*recording.calls[:-1], Call(handed, call.seeds, results))
    return replace(recording, operations=(*inputs, *rest), calls=calls)


def _order(width: int, word: str) -> list[int]:
    return list(half_split_order(width)) if word == "interleaved" else list(range(width))


def _without(operation: Operation, known: Ids) -> Operation | None:
    """The operation without elements that are known; None where there are no others."""
    here = known[operation.output]
    if not here.any():
        return operation
    if here.all():
        return None
    keep = ~here
    if any(ids.shape != operation.output.shape for ids in operation.inputs):
        return operation
    return replace(operation, inputs=tuple(ids[keep] for ids in operation.inputs), output=operation.output[keep])


def _ordered(operation: Operation, order: list[int]) -> Operation:
    if operation.name == "input" and operation.attributes.get("name") in FEATURES:
        return replace(operation, output=operation.output[..., order])
    return operation


def opened(system: System, rotary: System) -> System:
    """A system, and what is derived from it, with rotated features written out: sums over all features are sums over
    pairs.

    rotary  the system that defines them
    """
    blocks: dict[str, dict[bool, Equation]] = {}
    for equation in (*rotary.equations, *system.equations):
        name = equation.target.name
        if "rotated" in name:
            upper = bool(equation.indices[-1].has(HALF))
            blocks.setdefault(name, {})[upper] = equation
    kept = [each for each in system.equations if "rotated" not in each.target.name]
    every = {each.name: each for each in (*rotary.inputs, *system.inputs) if "rotated" not in each.name}
    equations = tuple(replace(each, rhs=_open(each.rhs, blocks)) for each in kept)
    return System(system.name, tuple(every.values()), equations, system.outputs)


def _open(expr: Expr, blocks: Mapping[str, Mapping[bool, Equation]]) -> Expr:
    if isinstance(expr, Indexed):
        found = next((each for each in blocks.values() if each[False].target.base == expr.base), None)
        if found is None:
            return expr
        where = indices_of(expr)
        upper = bool(where[-1].has(HALF))
        own = found.get(upper, found[False])  # an adjoint's is one equation for all features
        to = (*where[:-1], where[-1] - HALF if len(found) > 1 and upper else where[-1])
        letters = (split(each)[1] for each in own.indices)
        return _open(substitute(own.rhs, dict(zip(letters, to, strict=True))), blocks)
    if isinstance(expr, Sum):
        function, over = expr.function, bounds(expr)
        wide = [letter for letter, size in over if size == D]
        turned = {each[False].target.base for each in blocks.values()}
        if wide and turned & {element.base for element in function.atoms(Indexed)}:
            rest = tuple((letter, size) for letter, size in over if letter != wide[0])
            halves = [substitute(function, {wide[0]: at}) for at in (G, HALF + G)]
            return sum(summed(_open(half, blocks), (*rest, (G, HALF))) for half in halves)
        return summed(_open(function, blocks), over)
    if not expr.args:
        return expr
    return expr.func(*(_open(each, blocks) for each in expr.args))
