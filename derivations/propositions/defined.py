"""What has to hold for a proposition to speak of numbers at all: no division by 0, no root of a negative number.

A kernel gives every expression a value (in Coq 1/0 is a number), so that a proposition may be proved of what a reader
calls undefined. ``defined`` makes of each proposition the one that nothing in it is undefined wherever it is read: a
conclusion where its hypothesis holds, the second part of a conjunction where the first does. It is proved beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from sympy import Basic, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, log, oo

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import (
    Binder,
    Both,
    Compare,
    Either,
    Every,
    HasMean,
    If,
    Iff,
    Index,
    Limit,
    Not,
    Number,
    Outcome,
    Proposition,
    Slope,
    Some,
    Where,
    eq,
    le,
    lt,
    ne,
)

Needs = Proposition | None  # None: nothing
Ranges = Mapping[Symbol, Expr]  # of the indices that are bound: below what
NOWHERE: Final[Ranges] = MappingProxyType({})
ZERO: Final = Integer(0)
NEAR: Final = Symbol("near", real=True)  # how near the variable of a limit has to be


def defined(says: Proposition) -> Needs:
    """What ``says`` needs in order to imply the same with every relation in it read as "defined, and true"; None where
    that is nothing. Hypotheses are read so, and then they are the kernel's: nothing is needed of them.
    """
    return _concluded(says, NOWHERE)


def read(says: Proposition, sizes: Ranges = NOWHERE) -> Proposition:
    """``says`` with every relation in it read as "defined, and true"."""
    match says:
        case Both(parts):
            return Both(tuple(read(part, sizes) for part in parts))
        case Either(parts):
            return Either(tuple(read(part, sizes) for part in parts))
        case Not(of):
            return Not(read(of, sizes))
        case If(left, right) | Iff(left, right):
            return type(says)(read(left, sizes), read(right, sizes))
        case Every(bound, body) | Some(bound, body):
            return type(says)(bound, read(body, {**sizes, **_ranges(bound)}))
        case Where(definitions, body):
            return Where(definitions, read(body, sizes))
        case _:
            return _all(_relation(says, sizes), says) or says


def _concluded(says: Proposition, sizes: Ranges) -> Needs:
    """What is needed where ``says`` is a conclusion."""
    match says:
        case Both(parts):
            return _in_turn(parts, sizes)
        case Either(parts):
            return _all(*(_concluded(part, sizes) for part in parts))
        case Not(Compare() as of):  # undefined is not false
            return _relation(of, sizes)
        case Not(of):
            return _supposed(of, sizes)
        case If(left, right):
            return _all(_supposed(left, sizes), _if(read(left, sizes), _concluded(right, sizes)))
        case Iff(left, right):
            both = (left, right)
            return _all(*(_concluded(side, sizes) for side in both), *(_supposed(side, sizes) for side in both))
        case Every(bound, body) | Some(bound, body):
            return _every(bound, _concluded(body, {**sizes, **_ranges(bound)}))
        case Where(definitions, body):
            return _where(definitions, _concluded(body, sizes), sizes)
        case _:
            return _relation(says, sizes)


def _supposed(says: Proposition, sizes: Ranges) -> Needs:
    """What is needed where ``says`` is a hypothesis: only what is a conclusion in it."""
    match says:
        case Both(parts) | Either(parts):
            return _all(*(_supposed(part, sizes) for part in parts))
        case Not(of):
            return _concluded(of, sizes)
        case If(left, right):
            return _all(_concluded(left, sizes), _supposed(right, sizes))
        case Iff():
            return _concluded(says, sizes)
        case Every(bound, body) | Some(bound, body):
            return _every(bound, _supposed(body, {**sizes, **_ranges(bound)}))
        case Where(definitions, body):
            return _where(definitions, _supposed(body, sizes), sizes)
        case _:
            return None


def _in_turn(parts: tuple[Proposition, ...], sizes: Ranges) -> Needs:
    """Of conclusions, each where the earlier ones hold."""
    needs: Needs = None
    for part in reversed(parts):
        needs = _all(_concluded(part, sizes), _if(read(part, sizes), needs))
    return needs


def _relation(says: Proposition, sizes: Ranges) -> Needs:
    """That the expressions of a relation, a limit, a slope or a mean are defined."""
    match says:
        case Compare(left, _, right, whole):
            return None if whole else _all(_terms(left, sizes), _terms(right, sizes))
        case HasMean(of):
            return _every((Outcome(of.outcome, of.space),), _terms(of.body, sizes))
        case Limit(of, variable, at, value, side, given):
            inside = _where(given, _terms(of, sizes), sizes)
            return _all(_terms(value, sizes), _near(variable, at, side, inside, itself=False))
        case Slope(of, variable, at, value, given):
            inside = _where(given, _terms(of, sizes), sizes)
            return _all(_terms(at, sizes), _terms(value, sizes), _near(variable, at, 0, inside, itself=True))
        case _:
            raise TypeError(f"expected a relation, got {says}")


def _near(variable: Symbol, at: Expr, side: int, needs: Needs, *, itself: bool) -> Needs:
    """``needs`` of every value of the variable that is near enough."""
    if needs is None:
        return None
    if at in {oo, -oo}:
        near = lt(NEAR, variable) if at == oo else lt(variable, NEAR)
        return Some((Number(NEAR),), Every((Number(variable),), If(near, needs)))
    close = [lt(variable - NEAR, at), lt(at, variable + NEAR)]
    if side:
        close[side > 0] = lt(at, variable) if side > 0 else lt(variable, at)
    elif not itself:
        close.append(ne(variable, at))
    around = Every((Number(variable),), If(Both(tuple(close)), needs))
    return Some((Number(NEAR),), Both((lt(ZERO, NEAR), around)))


def _where(definitions: tuple[Equation, ...], needs: Needs, sizes: Ranges) -> Needs:
    for equation in reversed(definitions):
        places = _places(equation)
        needs = None if needs is None else Where((equation,), needs)
        needs = _all(_every(places, _terms(equation.rhs, {**sizes, **_ranges(places)})), needs)
    return needs


def _places(equation: Equation) -> tuple[Binder, ...]:
    along = zip(equation.indices, equation.target.shape, strict=True)
    return tuple(Outcome(where, axis) if isinstance(axis, Outcomes) else Index(where, axis) for where, axis in along)


def _ranges(bound: tuple[Binder, ...]) -> dict[Symbol, Expr]:
    return {binder.symbol: binder.size for binder in bound if isinstance(binder, Index)}


def _terms(expr: Basic, sizes: Ranges) -> Needs:
    """What ``expr`` needs, that of its parts first."""
    if isinstance(expr, Sum | Largest):
        inside = tuple(Index(symbol, count) for symbol, count in bounds(expr))
        within = _every(inside, _terms(expr.function, {**sizes, **_ranges(inside)}))
        some = [_at_most(Integer(1), count) for _, count in bounds(expr)]
        return _all(*some, within) if isinstance(expr, Largest) else within
    if isinstance(expr, Mean):
        return _all(_every((Outcome(expr.outcome, expr.space),), _terms(expr.body, sizes)), HasMean(expr))
    if isinstance(expr, Indexed):
        return _all(*_places_exist(expr, sizes))
    if isinstance(expr, Mul):
        return _product(expr, sizes)
    return _all(*(_terms(part, sizes) for part in expr.args), *_itself(expr))


def _product(expr: Mul, sizes: Ranges) -> Needs:
    """0 times a logarithm is 0, that of 0 too, as entropies are written."""
    logs = tuple(factor for factor in expr.args if isinstance(factor, log))
    rest = tuple(factor for factor in expr.args if factor not in logs)
    nought = tuple(eq(factor, ZERO) for factor in rest if isinstance(factor, Indexed | Symbol))
    needs: Needs = _all(*(_terms(factor, sizes) for factor in rest))
    for needed in (_terms(factor, sizes) for factor in logs):
        needs = _all(needs, Either((*nought, needed)) if nought and needed is not None else needed)
    return needs


def _places_exist(expr: Indexed, sizes: Ranges) -> Iterator[Needs]:
    for where, axis in zip(expr.indices, expr.base.shape, strict=True):
        if not isinstance(axis, Outcomes) and sizes.get(where) != axis:
            yield _at_most(where + 1, axis)


def _at_most(least: Expr, size: Expr) -> Needs:
    spare = size - least
    return None if spare.is_Integer and spare >= 0 else Compare(least, "≤", size, whole=True)


def _itself(expr: Basic) -> Iterator[Needs]:
    if isinstance(expr, Pow) and not (expr.exp.is_integer and expr.exp.is_nonnegative):
        base, power = expr.args
        if not power.is_integer and not power.is_Rational:
            yield lt(ZERO, base)
        elif base.is_Rational and base > 0:
            return
        else:
            if not power.is_integer:
                yield le(ZERO, base)
            if power.could_extract_minus_sign():
                yield ne(base, ZERO)
    elif isinstance(expr, log) and not (expr.args[0].is_Rational and expr.args[0] > 0):
        yield lt(ZERO, expr.args[0])


def _all(*needs: Needs) -> Needs:
    found: list[Proposition] = []
    for each in needs:
        for part in each.parts if isinstance(each, Both) else () if each is None else (each,):
            if part not in found:
                found.append(part)
    return None if not found else found[0] if len(found) == 1 else Both(tuple(found))


def _if(known: Proposition, needs: Needs) -> Needs:
    return None if needs is None else If(known, needs)


def _every(bound: tuple[Binder, ...], needs: Needs) -> Needs:
    return None if needs is None else Every(bound, needs) if bound else needs
