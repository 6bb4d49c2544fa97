"""Propositions as Coq terms of type ``Prop``: the statement that the kernel proves."""

from __future__ import annotations

from functools import cache, lru_cache, reduce
from typing import Final

from sympy import Expr, oo

from attnproof.derivations.language.mean import Outcomes
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.defined import defined
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
)
from attnproof.derivations.typesetting.coq import abstraction, argument, average, name, real, whole

_SIGNS: Final = {"=": "=", "≠": "<>", "≤": "<=", "<": "<"}
_SIDES: Final = {-1: "at_left", 1: "at_right"}


def definition(stated: Stated) -> str:
    """``Definition NAME : Prop := ...`` with its title as a comment."""
    return f"(* {stated.title} *)\nDefinition {stated.name} : Prop :=\n{_indented(proposition(stated.says))}.\n"


def need(stated: Stated) -> str | None:
    """``Definition NAME_defined : Prop := ...``, that nothing in it is undefined; None: nothing could be."""
    needs = defined(stated.says)
    if needs is None:
        return None
    return f"Definition {stated.name}_defined : Prop :=\n{_indented(proposition(needs))}.\n"


@cache  # the digest of what was proved is of the same text as what is shown
def proposition(says: Proposition) -> str:
    """The proposition, a line a quantifier, hypothesis or definition."""
    match says:
        case Compare(left, relation, right, whole=True):
            return f"({whole(left)} {_SIGNS[relation]} {whole(right)})%nat"
        case Compare(left, relation, right):
            return f"{real(left)} {_SIGNS[relation]} {real(right)}"
        case Both(parts):
            return " /\\\n".join(f"({proposition(part)})" for part in parts)
        case Either(parts):
            return " \\/\n".join(f"({proposition(part)})" for part in parts)
        case Not(of):
            return f"~ ({proposition(of)})"
        case If(hypothesis, conclusion):
            return f"({proposition(hypothesis)}) ->\n{proposition(conclusion)}"
        case Iff(left, right):
            return f"({proposition(left)}) <->\n({proposition(right)})"
        case Every(bound, body):
            return reduce(lambda text, binder: _every(binder, text), reversed(bound), proposition(body))
        case Some(bound, body):
            return reduce(lambda text, binder: _some(binder, text), reversed(bound), proposition(body))
        case Where(definitions, body):
            return "\n".join((*map(_local, definitions), proposition(body)))
        case HasMean(of):
            return average(of, "has_mean")
        case Limit(of, variable, at, value, side, given):
            function = abstraction(variable.name, "R", _defined(given, of))
            if side:
                return f"filterlim {function} ({_SIDES[side]} {argument(at)}) (Rbar_locally {_extended(value)})"
            return f"is_lim {function} {_extended(at)} {_extended(value)}"
        case Slope(of, variable, at, value, given):
            return f"is_derive {abstraction(variable.name, 'R', _defined(given, of))} {argument(at)} {argument(value)}"


def _kind(binder: Binder) -> tuple[str, str, str]:
    """Name, type, and what else is known of it."""
    match binder:
        case Size(symbol, least):
            return name(symbol.name), "nat", f"({least} <= {name(symbol.name)})%nat" if least else ""
        case Index(symbol, size):
            return name(symbol.name), "nat", f"({name(symbol.name)} < {whole(size)})%nat"
        case Number(symbol):
            return name(symbol.name), "R", ""
        case Array(tensor, results):
            elements = "result" if results else "R"
            return name(tensor.symbol), "".join(f"{_position(axis)} -> " for axis in tensor.shape) + elements, ""
        case Map(function, arity, None):
            return name(str(function)), "R -> " * arity + "R", ""
        case Map(function, _, length):
            return name(str(function)), "(nat -> R) -> R", _of_the_first(name(str(function)), whole(length))
        case Space(symbol):
            return name(symbol.name), "outcomes", ""
        case Outcome(symbol, space):
            return name(symbol.name), name(space.name), ""


def _position(axis: Expr) -> str:
    """The type of a place along an axis."""
    return name(axis.name) if isinstance(axis, Outcomes) else "nat"


def _of_the_first(function: str, length: str) -> str:
    """What makes a function of sequences one of arrays: it depends on their first ``length`` numbers alone."""
    alike = f"forall place : nat, (place < {length})%nat -> one place = another place"
    return f"(forall one another : nat -> R, ({alike}) -> {function} one = {function} another)"


def _every(binder: Binder, body: str) -> str:
    letter, kind, known = _kind(binder)
    return f"forall {letter} : {kind},{' ' + known + ' ->' if known else ''}\n{body}"


def _some(binder: Binder, body: str) -> str:
    letter, kind, known = _kind(binder)
    return f"exists {letter} : {kind},{' ' + known + ' /' + chr(92) if known else ''}\n({body})"


@lru_cache(maxsize=1 << 14)
def _local(equation: Equation) -> str:
    along = zip(equation.indices, equation.target.shape, strict=True)
    places = "".join(f"fun {name(where.name)} : {_position(axis)} => " for where, axis in along)
    return f"let {name(equation.target.symbol)} := {places}{real(equation.rhs)} in"


def _defined(given: tuple[Equation, ...], of: Expr) -> str:
    return "\n".join((*map(_local, given), real(of)))


def _extended(value: Expr) -> str:
    if value in {oo, -oo}:
        return "p_infty" if value == oo else "m_infty"
    return f"(Finite {argument(value)})"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
