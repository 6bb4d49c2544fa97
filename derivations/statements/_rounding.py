"""Programs in a floating-point format: its numbers, its rounding, and sums whose terms are added in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sympy import Abs, Expr, Integer, Symbol

from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.propositions.proposition import (
    Both,
    Compare,
    Either,
    Every,
    If,
    Index,
    Proposition,
    Some,
    eq,
    le,
)
from attnproof.derivations.statements._parts import same

P, E_MAX = size("p"), size("e_max")
ROUNDOFF: Final = 1 / Integer(2) ** P
LEAST_NORMAL: Final = 2 / Integer(2) ** E_MAX
INFINITE: Final = 2 * Integer(2) ** E_MAX  # what is rounded to this or more overflows
FIRST, LAST, BETWEEN = index("x"), index("y"), index("c")  # a part of the terms: from one to before another


def fl(value: Expr) -> Expr:
    """``value`` rounded to nearest in the format of p bits with the largest exponent e_max."""
    return rounded(value, P, E_MAX)


def number(value: Expr) -> Proposition:
    """``value`` is a number of the format."""
    return eq(fl(value), value)


def normal(value: Expr) -> Proposition:
    """``value`` does not underflow: it is 0 or at least the least normal number in size."""
    return Either((eq(value, Integer(0)), le(LEAST_NORMAL, Abs(value))))


def below(one: Expr, another: Expr) -> Compare:
    """One position is before another."""
    return Compare(one + 1, "≤", another, whole=True)


def parts(name: str, letter: str, count: Expr) -> Tensor:
    """The array of sums of the terms x, …, y − 1."""
    return Tensor(name, letter, (count + 1, count + 1))


def by_parts(
    count: Expr, one: tuple[Proposition, ...], two: tuple[Proposition, ...], made: Tensor | None = None
) -> Proposition:
    """``one`` of every part x, …, y − 1 of a single term, ``two`` of a larger one for some place c where it is split.

    With the terms numbered as they are taken, that is every order of joining two parts at a time. What a program does
    not make may be filled in; where that asks too much, ``made`` is 1 at the parts that it makes, the whole included.
    """
    whole, front, back = (FIRST, LAST), (FIRST, BETWEEN), (BETWEEN, LAST)
    given: Proposition = below(FIRST, LAST)
    if made is not None:
        given = Both((given, eq(made[whole], Integer(1))))
        two = (*(eq(made[part], Integer(1)) for part in (front, back)), *two)
    single = Both((same(LAST, FIRST + 1), *one))
    joined = Some((Index(BETWEEN, count + 1),), Both((below(FIRST, BETWEEN), below(BETWEEN, LAST), *two)))
    every = Every((Index(FIRST, count + 1), Index(LAST, count + 1)), If(given, Either((single, joined))))
    return every if made is None else Both((eq(made[0, count], Integer(1)), every))


def in_any_order(
    sums: Tensor, term: Callable[[Symbol], Expr], plus: Callable[[Expr, Expr], Expr] = lambda a, b: fl(a + b)
) -> Proposition:
    """``sums[0, n]`` is the rounded sum of the n terms, added two at a time in some order.

    plus  the rounded addition
    """
    whole = sums[FIRST, LAST]
    return by_parts(
        sums.shape[0] - 1,
        (eq(whole, term(FIRST)),),
        (eq(whole, plus(sums[FIRST, BETWEEN], sums[BETWEEN, LAST])),),
    )
