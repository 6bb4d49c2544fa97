"""Whether a proposition is closed: everything in it is bound, once, and no symbol brings an assumption of its own.

Nor do results of floating-point operations stand where real numbers should, or real numbers where results should.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sympy import Basic, Expr, Indexed, IndexedBase, Sum, Symbol, oo
from sympy.core.function import AppliedUndef

from attnproof.derivations.language.indexing import symbols_of
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.results import NO_NUMBERS, Highest, Operation, Result
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import (
    Array,
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
    Map,
    Not,
    Number,
    Outcome,
    Proposition,
    Size,
    Slope,
    Some,
    Space,
    Stated,
    Where,
    expressions,
)

REAL = frozenset({"commutative", "complex", "extended_real", "finite", "hermitian", "imaginary", "infinite", "real"})


class OpenError(ValueError):
    """A proposition in which something is free, bound twice, or assumed without being said."""


def check_closed(stated: Stated) -> None:
    """Raises OpenError, which names what is wrong."""
    if not stated.name.isidentifier():
        raise OpenError(f"{stated.name!r} is no identifier")
    try:
        _check(stated.says, {})
    except OpenError as error:
        raise OpenError(f"{stated.name}: {error}") from error


def name_of(binder: Binder) -> str:
    """The letter that a binder binds."""
    match binder:
        case Array(tensor):
            return tensor.symbol
        case Map(function):
            return str(function)
        case Size() | Index() | Number() | Space() | Outcome():
            return str(binder.symbol.name)


def _check(proposition: Proposition, known: dict[str, Binder]) -> None:
    match proposition:
        case Compare(left, relation, right):
            results = _is_result(left, known)
            if results and relation not in {"=", "≠"}:
                raise OpenError(f"{left} is a result, which is equal or not, but not {relation} another")
            _terms((left, right), known, results)
            if left == right and relation != "<":
                raise OpenError(f"{left} {relation} {right} says nothing: SymPy made both sides the same")
        case Both(parts) | Either(parts):
            for part in parts:
                _check(part, known)
        case Not(of):
            _check(of, known)
        case If(left, right) | Iff(left, right):
            _check(left, known)
            _check(right, known)
        case Every(bound, body) | Some(bound, body):
            _check(body, _bind(bound, known))
        case Where(definitions, body):
            _used(definitions, expressions(body))
            _check(body, _define(definitions, known))
        case HasMean(of):
            _terms((of,), known)
        case Limit(of, variable, at, value, _, given) | Slope(of, variable, at, value, given=given):
            _used(given, (of,))
            _terms((end for end in (at, value) if end not in {oo, -oo}), known)
            _terms((of,), _define(given, _bind((Number(variable),), known)))


def _used(definitions: Sequence[Equation], after: Iterable[Expr]) -> None:
    """A definition that nothing uses could be altered, and the statement would be the same."""
    names = {name for expr in after for name in _names(expr)}
    for equation in reversed(definitions):
        if equation.target.symbol not in names:
            raise OpenError(f"{equation.target.symbol} is defined and not used")
        names |= _names(equation.rhs)


@lru_cache(maxsize=1 << 14)
def _names(expr: Expr) -> frozenset[str]:
    return frozenset(symbol.name for symbol in symbols_of(expr))


def _define(definitions: Iterable[Equation], known: dict[str, Binder]) -> dict[str, Binder]:
    inside = known
    for equation in definitions:
        places = _bind(_places(equation), inside)
        results = _is_result(equation.rhs, places)
        _terms((equation.rhs,), places, results)
        inside = _bind((Array(equation.target, results),), inside)
    return inside


def _places(equation: Equation) -> tuple[Binder, ...]:
    found = []
    for where, size in zip(equation.indices, equation.target.shape, strict=True):
        if not isinstance(where, Symbol):
            raise OpenError(f"{equation.target.symbol}: a definition has one index an axis, not {where}")
        found.append(Outcome(where, size) if isinstance(size, Outcomes) else Index(where, size))
    return tuple(found)


def _bind(bound: Iterable[Binder], known: dict[str, Binder]) -> dict[str, Binder]:
    inside = dict(known)
    for binder in bound:
        name = name_of(binder)
        if name in inside:
            raise OpenError(f"{name} is bound twice")
        match binder:
            case Size(symbol, least):
                if least < 0 or not symbol.is_integer or (symbol.is_positive and least < 1):
                    raise OpenError(f"{name} is assumed to be more than a whole number of at least {least}")
            case Index(symbol, size):
                _terms((size,), inside)
                if not symbol.is_integer or symbol.is_positive:
                    raise OpenError(f"{name} is no index: a whole number that may be 0")
            case Number(symbol):
                _only_real(symbol)
            case Array(tensor):
                _terms(tensor.shape, inside)
            case Map(length=length):
                _terms(() if length is None else (length,), inside)
            case Outcome(symbol, space):
                _terms((space,), inside)
                _only_real(symbol)
            case Space():
                pass
        inside[name] = binder
    return inside


def _only_real(symbol: Symbol) -> None:
    if extra := {fact for fact, value in symbol._assumptions_orig.items() if value is not None} - REAL:
        raise OpenError(f"{symbol} is assumed to be {', '.join(sorted(extra))}; say it as a hypothesis")


def _terms(exprs: Iterable[Basic], known: dict[str, Binder], results: bool = False) -> None:
    """Real numbers; with ``results`` results."""
    for expr in exprs:
        if _is_result(expr, known) != results:
            raise OpenError(f"{expr} is {'no' if results else 'a'} result of a floating-point operation")
        _term(expr, known)


def _is_result(expr: Basic, known: dict[str, Binder]) -> bool:
    """As far as its outside tells: what is inside is asked when it is looked at."""
    if isinstance(expr, Indexed | Symbol):
        binder = known.get(expr.base.label.name if isinstance(expr, Indexed) else expr.name)
        return isinstance(binder, Array) and binder.results
    return isinstance(expr, Result) or expr in NO_NUMBERS


def _term(expr: Basic, known: dict[str, Binder]) -> None:
    if isinstance(expr, Sum | Largest):
        inside = known
        for symbol, first, last in reversed(expr.limits):
            if first != 0:
                raise OpenError(f"a sum or a maximum starts at 0, not at {first}")
            inside = _bind((Index(symbol, last + 1),), inside)
        _terms((expr.function,), inside, isinstance(expr, Highest))
    elif isinstance(expr, Mean):
        _terms((expr.body,), _bind((Outcome(expr.outcome, expr.space),), known))
    elif isinstance(expr, Indexed):
        binder = known.get(expr.base.label.name)
        if not isinstance(binder, Array) or binder.tensor.base != expr.base:
            raise OpenError(f"{expr.base.label} is free")
        _terms(expr.indices, known)
    elif isinstance(expr, Symbol):
        binder = known.get(expr.name)
        matches = (
            binder is not None
            and not isinstance(binder, Map)
            and expr == (binder.tensor.base if isinstance(binder, Array) else binder.symbol)
        )
        if not matches:
            raise OpenError(f"{expr} is free")
    elif isinstance(expr, AppliedUndef):
        _applied(expr, known)
    elif isinstance(expr, IndexedBase):
        raise OpenError(f"{expr.label} is an array, and stands where a number should")
    elif isinstance(expr, Operation):
        _terms(expr.args[:-2], known, results=True)
        _terms(expr.args[-2:], known)
    else:
        _terms(expr.args, known)


def _applied(expr: AppliedUndef, known: dict[str, Binder]) -> None:
    binder = known.get(str(expr.func))
    if not isinstance(binder, Map):
        raise OpenError(f"{expr.func} is free")
    if binder.length is None:
        if len(expr.args) != binder.arity:
            raise OpenError(f"{expr.func} takes {binder.arity} numbers, not {len(expr.args)}")
        _terms(expr.args, known)
        return
    arrays = [known.get(str(array.label)) if isinstance(array, IndexedBase) else None for array in expr.args]
    if len(arrays) != 1 or not isinstance(arrays[0], Array) or arrays[0].tensor.shape != (binder.length,):
        raise OpenError(f"{expr.func} takes an array of {binder.length} numbers")
