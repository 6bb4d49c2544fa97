"""Identities between index expressions, decided at symbolic sizes, and what makes their sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from operator import is_

from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, diff

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.indexing import bounds, fresh, substitute, summed, symbols_of
from attnproof.derivations.language.notation import F, R, Tensor
from attnproof.derivations.language.ranges import indices_of, split
from attnproof.derivations.language.system import Equation

EPSILON = Symbol("epsilon", real=True)


def equal_twice(left: Expr, right: Expr) -> bool:
    """Equal in the canonical form, which is a proof at every size, and not different in the ring, which is none of
    SymPy's.
    """
    from attnproof.derivations.proof.in_ring import ring_says  # it takes NumPy and FLINT, and substituting does not

    return equal(left, right) and ring_says(left, right) is not False


def put(expr: Expr, tensor: Tensor, value: Callable[..., Expr]) -> Expr:
    """``expr`` with every element ``tensor[indices]`` replaced by ``value(*indices)``.

    ``value`` may bring in summation indices of its own, which capture none that it is given, but no other free index.
    """
    if isinstance(expr, Indexed):
        return _apart(value, indices_of(expr)) if expr.base == tensor.base else expr
    if isinstance(expr, Symbol):
        return value() if expr == tensor.base else expr
    if isinstance(expr, Sum):
        body = put(expr.function, tensor, value)
        return expr if body is expr.function else Sum(body, *expr.limits)
    parts = [put(argument, tensor, value) for argument in expr.args]
    return expr if all(map(is_, parts, expr.args)) else expr.func(*parts)


def _apart(value: Callable[..., Expr], where: Sequence[Expr]) -> Expr:
    """``value(*where)``, its own summation indices renamed where one of them has the letter of an index given."""
    found = value(*where)
    given = {symbol for each in where for symbol in each.free_symbols}
    bound = {limits[0] for each in found.atoms(Sum) for limits in each.limits}
    if not given & bound:
        return found
    others: dict[Symbol, Symbol] = {}
    for symbol in given & bound:
        others[symbol] = fresh({*given, *bound, *symbols_of(found), *others.values()})
    moved = value(*(each.xreplace(others) for each in where))
    return substitute(moved, {new: old for old, new in others.items()})


def written_out(expr: Expr, *definitions: Equation) -> Expr:
    """``expr`` with every element of the tensors that the equations define replaced by its right-hand side; of a tensor
    that is defined block by block, each element by that of its block.
    """
    for definition in definitions:
        expr = put(expr, definition.target, partial(_by, definition))
    return expr


def _by(definition: Equation, *where: Expr) -> Expr:
    placed = [(_place(given), split(own)) for given, own in zip(where, definition.indices, strict=True)]
    if any(given[0] != own[0] for given, own in placed):
        return definition.target[where]  # of another block
    return substitute(definition.rhs, {own[1]: given[1] for given, own in placed})


def _place(where: Expr) -> tuple[Expr, Expr]:
    """A position as an offset and an index, which may be an element itself: ``k[p[i]]``, keys in another order."""
    return (Integer(0), where) if isinstance(where, Indexed) else split(where)


def renamed(equation: Equation, symbol: str) -> Equation:
    """The equation under another letter, where two systems call different things alike."""
    return replace(equation, target=replace(equation.target, symbol=symbol))


def split_sum(expr: Sum, first: Expr, letters: tuple[Symbol, Symbol]) -> Expr:
    """``Σ_(m < p + q) g(m)`` as ``Σ_(r < p) g(r) + Σ_(f < q) g(p + f)``, with p the size ``first`` and letters r, f.

    Raises ValueError for a sum over more than one index, or a part that is not shorter than the whole.
    """
    ((symbol, size),) = bounds(expr)
    second = (size - first).expand()
    if not second.is_positive:
        raise ValueError(f"{first} is not certainly less than {size}")
    row, column = (fresh(symbols_of(expr.function) - {symbol}, (letter.name,)) for letter in letters)
    return summed(substitute(expr.function, {symbol: row}), ((row, first),)) + summed(
        substitute(expr.function, {symbol: first + column}), ((column, second),)
    )


def cut(expr: Expr, first: Expr) -> Expr:
    """``expr`` with every sum over one index of a size ``first`` + q, q a size, written as its two blocks."""
    if not isinstance(expr, Sum):
        return expr if not expr.args or isinstance(expr, Indexed) else expr.func(*(cut(a, first) for a in expr.args))
    body = Sum(cut(expr.function, first), *expr.limits)
    ((_, size), *more) = bounds(body)
    return (
        split_sum(body, first, (R, F)) if not more and (size - first).expand().is_positive and size != first else body
    )


@lru_cache(maxsize=1 << 10)
def variation(expr: Expr, moving: tuple[tuple[Tensor, Tensor], ...]) -> Expr:
    """``d/dε expr`` at ε = 0 when each tensor x moves to ``x + ε ẋ``, by SymPy's own differentiation in ε."""
    elements: dict[Symbol, Expr] = {}  # by letters without indices, with which SymPy takes half as long
    moved = expr
    for tensor, direction in moving:
        moved = put(moved, tensor, partial(_moved, elements, tensor, direction))
    return diff(moved, EPSILON).subs(EPSILON, 0).xreplace(elements)


def _moved(elements: dict[Symbol, Expr], tensor: Tensor, direction: Tensor, *where: Expr) -> Expr:
    at, along = (Symbol(f"_{kind}{tensor.symbol}{where}", real=True) for kind in ("at", "along"))
    elements |= {at: tensor[where], along: direction[where]}
    return at + EPSILON * along


def is_sum_of_squares(expr: Expr) -> bool:
    """``expr`` is a positive multiple of a sum of squares of real expressions, possibly with positive weights."""
    if isinstance(expr, Sum):
        return is_sum_of_squares(expr.function)
    if isinstance(expr, Add | Mul):
        return all(is_sum_of_squares(factor) for factor in expr.args)
    if isinstance(expr, Pow):
        return bool(expr.exp.is_even) or is_sum_of_squares(expr.base)
    return bool(expr.is_positive)
