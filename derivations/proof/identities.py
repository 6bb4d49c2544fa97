"""Identities between index expressions, decided at symbolic sizes, and what makes their sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sympy import Expr, Indexed, Mul, Pow, Sum, Symbol, diff

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.indexing import bounds, fresh, substitute, summed, symbols_of
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import indices_of, split
from attnproof.derivations.language.system import Equation
from attnproof.derivations.proof.in_ring import ring_says

EPSILON = Symbol("epsilon", real=True)


def equal_twice(left: Expr, right: Expr) -> bool:
    """Equal in the canonical form, which is a proof at every size, and not different in the ring, which is none of
    SymPy's.
    """
    return equal(left, right) and ring_says(left, right) is not False


def put(expr: Expr, tensor: Tensor, value: Callable[..., Expr]) -> Expr:
    """``expr`` with every element ``tensor[indices]`` replaced by ``value(*indices)``.

    ``value`` may bring in summation indices of its own, but no free index beyond those that it is given.
    """
    if isinstance(expr, Indexed):
        return value(*indices_of(expr)) if expr.base == tensor.base else expr
    if isinstance(expr, Symbol):
        return value() if expr == tensor.base else expr
    if isinstance(expr, Sum):
        return Sum(put(expr.function, tensor, value), *expr.limits)
    if not expr.args:
        return expr
    return expr.func(*(put(argument, tensor, value) for argument in expr.args))


def written_out(expr: Expr, *definitions: Equation) -> Expr:
    """``expr`` with every element of the tensors that the equations define replaced by its right-hand side."""
    for definition in definitions:
        letters = [split(where)[1] for where in definition.indices]

        def value(*where: Expr, rhs: Expr = definition.rhs, letters: Sequence[Symbol] = letters) -> Expr:
            return substitute(rhs, dict(zip(letters, where, strict=True)))

        expr = put(expr, definition.target, value)
    return expr


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


def variation(expr: Expr, moving: tuple[tuple[Tensor, Tensor], ...]) -> Expr:
    """``d/dε expr`` at ε = 0 when each tensor x moves to ``x + ε ẋ``, by SymPy's own differentiation in ε."""
    moved = expr
    for tensor, direction in moving:
        moved = put(moved, tensor, partial(_moved, tensor, direction))
    return diff(moved, EPSILON).subs(EPSILON, 0)


def _moved(tensor: Tensor, direction: Tensor, *where: Expr) -> Expr:
    return tensor[where] + EPSILON * direction[where]


def is_sum_of_squares(expr: Expr) -> bool:
    """``expr`` is a positive multiple of a sum of squares of real expressions, possibly with positive weights."""
    if isinstance(expr, Sum):
        return is_sum_of_squares(expr.function)
    if isinstance(expr, Mul):
        return all(is_sum_of_squares(factor) for factor in expr.args)
    if isinstance(expr, Pow):
        return bool(expr.exp.is_even) or is_sum_of_squares(expr.base)
    return bool(expr.is_positive)
