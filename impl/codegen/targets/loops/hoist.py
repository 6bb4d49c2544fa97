"""Sums of products with as few operations as steps of their own can save.

A sum that does not depend on all the indices around it is a step of its own, computed once for each of those that it
depends on: the projections ``Σ_r W[a,r] q[i,r]`` inside ``z[i,j,a]``. Of several summed indices, that one goes first
whose sum depends on the fewest others; factors without the index stand before the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Expr, Indexed, Integer, Mul, Sum, Symbol

from attnproof.derivations.language.indexing import bounds
from attnproof.impl.codegen.targets.loops.step import letters

Place = Callable[[Sum, Mapping[Symbol, Expr]], Expr]  # a step for a sum with these free indices; its element


def hoisted(expr: Expr, around: Mapping[Symbol, Expr], place: Place) -> Expr:
    """``expr`` with the same value.

    around  the indices in whose loops it stands, and their ranges
    place   makes a step of a sum
    """
    if not expr.args or isinstance(expr, Indexed):
        return expr
    if isinstance(expr, Sum):
        return _sum(dict(bounds(expr)), expr.function, around, place)
    return expr.func(*(hoisted(argument, around, place) for argument in expr.args))


def _sum(over: dict[Symbol, Expr], body: Expr, around: Mapping[Symbol, Expr], place: Place) -> Expr:
    factors = Mul.make_args(body)
    letter = min(over, key=lambda one: (_left(one, factors), -list(over).index(one)))
    rest = {one: size for one, size in over.items() if one != letter}
    inside = [factor for factor in factors if letter in letters(factor)]
    outside = [factor for factor in factors if letter not in letters(factor)]
    nest = {**around, **rest}
    if inside:
        terms = hoisted(Mul(*inside), {**nest, letter: over[letter]}, place)
        found: Expr = Sum(terms, (letter, Integer(0), over[letter] - 1))
        if letters(found) < set(nest):
            found = place(found, {one: size for one, size in nest.items() if one in letters(found)})
    else:
        found = over[letter]  # Σ_l c = size · c
    if rest:
        return _sum(rest, Mul(*outside, found), around, place)
    return Mul(*(hoisted(factor, around, place) for factor in outside), found)


def _left(letter: Symbol, factors: tuple[Expr, ...]) -> int:
    """The number of indices on which the sum over ``letter`` depends."""
    return len({one for factor in factors if letter in letters(factor) for one in letters(factor)} - {letter})
