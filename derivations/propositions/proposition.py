"""Propositions over index expressions: relations, connectives, quantifiers with their domains, limits and derivatives.

A proposition is data. What a reader sees (LaTeX, English) and what the kernel proves (Coq) are printed from it; the
expressions are those that the machine checks work on. A symbol carries no assumption that its binder does not state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Symbol
from sympy.core.function import UndefinedFunction

from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation

Relation = Literal["=", "≠", "≤", "<"]


@dataclass(frozen=True)
class Size:
    """A whole number of at least ``least``: a size."""

    symbol: Symbol
    least: int = 1


@dataclass(frozen=True)
class Index:
    """A position: a whole number from 0 and below ``size``."""

    symbol: Symbol
    size: Expr


@dataclass(frozen=True)
class Number:
    """A real number; what else is known of it is a hypothesis."""

    symbol: Symbol


@dataclass(frozen=True)
class Array:
    """An array of real numbers of the tensor's shape; a tensor without axes is a number.

    results  of results of floating-point operations in their place (``language/results.py``)
    """

    tensor: Tensor
    results: bool = False


@dataclass(frozen=True)
class Map:
    """A function from real numbers, as many as ``arity``, to real numbers; nothing else is known of it.

    length   where given, a function from arrays of so many real numbers, written ``f(array)`` with the whole array
    """

    function: UndefinedFunction
    arity: int = 1
    length: Expr | None = None


@dataclass(frozen=True)
class Space:
    """Outcomes with an expectation: of some functions of the outcome a mean exists. Means are linear, that of a
    function that is nowhere negative is not, and that of 1 is 1; nothing else is known of them.

    An array whose first axis is ``symbol`` is random.
    """

    symbol: Outcomes


@dataclass(frozen=True)
class Outcome:
    """One outcome of a space."""

    symbol: Symbol
    space: Outcomes


Binder = Size | Index | Number | Array | Map | Space | Outcome


@dataclass(frozen=True)
class Compare:
    """``left relation right``, between real numbers; between whole numbers (sizes, indices) with ``whole``.

    Results of floating-point operations are equal or not; NaN is NaN here.
    """

    left: Expr
    relation: Relation
    right: Expr
    whole: bool = False


@dataclass(frozen=True)
class Both:
    """Every one of ``parts``."""

    parts: tuple[Proposition, ...]


@dataclass(frozen=True)
class Either:
    """At least one of ``parts``."""

    parts: tuple[Proposition, ...]


@dataclass(frozen=True)
class Not:
    """``of`` does not hold."""

    of: Proposition


@dataclass(frozen=True)
class If:
    """``conclusion`` holds where ``hypothesis`` does."""

    hypothesis: Proposition
    conclusion: Proposition


@dataclass(frozen=True)
class Iff:
    """One holds exactly where the other does."""

    left: Proposition
    right: Proposition


@dataclass(frozen=True)
class Every:
    """``body`` for all values of what is bound; a later binder may use an earlier one."""

    bound: tuple[Binder, ...]
    body: Proposition


@dataclass(frozen=True)
class Some:
    """``body`` for at least one value of what is bound."""

    bound: tuple[Binder, ...]
    body: Proposition


@dataclass(frozen=True)
class Where:
    """``body``, in which every tensor that ``definitions`` define stands for what they say.

    Each equation has one index symbol an axis; a later one may use an earlier one.
    """

    definitions: tuple[Equation, ...]
    body: Proposition


@dataclass(frozen=True)
class Limit:
    """``of`` tends to ``value`` as ``variable`` tends to ``at``; either may be infinite (``oo``, ``-oo``).

    A real variable that is not at ``at`` itself; with ``side`` +1 or −1 only from above or below.

    given   definitions that ``of`` uses and that may depend on ``variable``, as in ``Where``
    """

    of: Expr
    variable: Symbol
    at: Expr
    value: Expr
    side: Literal[-1, 0, 1] = 0
    given: tuple[Equation, ...] = ()


@dataclass(frozen=True)
class Slope:
    """``of`` has a derivative with respect to the real ``variable`` at ``at``, and it is ``value``.

    given   definitions that ``of`` uses and that may depend on ``variable``, as in ``Where``
    """

    of: Expr
    variable: Symbol
    at: Expr
    value: Expr
    given: tuple[Equation, ...] = ()


@dataclass(frozen=True)
class HasMean:
    """The mean ``of`` exists."""

    of: Mean


Proposition = Compare | Both | Either | Not | If | Iff | Every | Some | Where | Limit | Slope | HasMean


@dataclass(frozen=True)
class Stated:
    """One proposition of a claim.

    name   a word for it, unique in its claim and a Coq identifier: ``norm_at_most_half``
    title  what it says, in a few plain words
    says   the proposition; nothing in it is free
    """

    name: str
    title: str
    says: Proposition


def eq(left: Expr, right: Expr) -> Compare:
    """``left = right``."""
    return Compare(left, "=", right)


def ne(left: Expr, right: Expr) -> Compare:
    """``left ≠ right``."""
    return Compare(left, "≠", right)


def le(left: Expr, right: Expr) -> Compare:
    """``left ≤ right``."""
    return Compare(left, "≤", right)


def lt(left: Expr, right: Expr) -> Compare:
    """``left < right``."""
    return Compare(left, "<", right)


def children(proposition: Proposition) -> Iterator[Proposition]:
    """The propositions that it is made of."""
    match proposition:
        case Both(parts) | Either(parts):
            yield from parts
        case Not(of):
            yield of
        case If(left, right) | Iff(left, right):
            yield from (left, right)
        case Every(_, body) | Some(_, body) | Where(_, body):
            yield body
        case Compare() | Limit() | Slope() | HasMean():
            return


def expressions(proposition: Proposition) -> Iterator[Expr]:
    """Every expression in it, those of definitions included."""
    match proposition:
        case Compare(left, _, right):
            yield from (left, right)
        case Limit() | Slope():
            yield from (proposition.of, proposition.at, proposition.value, *(e.rhs for e in proposition.given))
        case HasMean(of):
            yield of
        case Where(definitions, _):
            yield from (equation.rhs for equation in definitions)
        case _:
            pass
    for part in children(proposition):
        yield from expressions(part)


def where(definitions: tuple[Equation, ...], body: Proposition) -> Proposition:
    """``body`` with those of the definitions that it uses; itself where it uses none."""
    names = {str(symbol) for expr in expressions(body) for symbol in expr.free_symbols}
    used: list[Equation] = []
    for equation in reversed(definitions):
        if equation.target.symbol in names:
            used.insert(0, equation)
            names |= {str(symbol) for symbol in equation.rhs.free_symbols}
    return Where(tuple(used), body) if used else body
