"""What the loops compute, step by step: one tensor each, every element by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Function, Indexed, Sum, Symbol

from attnproof.derivations.language.notation import Tensor

Kind = Literal["value", "largest", "total"]


class Local(Function):  # type: ignore[misc]  # SymPy is untyped
    """``Local(name, value)``: a scalar that is computed where it is needed, under a name of its own."""

    nargs = 2


@dataclass(frozen=True)
class Step:
    """``target[indices] = rhs`` for every value of the free indices.

    kind      ``value``; ``largest`` of ``rhs`` over the index ``over``, 0 where that is −∞ (only masked entries);
              ``total``, a sum, 1 where it is 0, so that it may stand below a bar
    free      the range of every free index, in the order of the axes
    over      for ``largest``: the index and its range
    formulas  for a reader: the equations as text
    """

    kind: Kind
    target: Tensor
    indices: tuple[Expr, ...]
    rhs: Expr
    free: Mapping[Symbol, Expr]
    formulas: tuple[str, ...]
    over: tuple[Symbol, Expr] | None = None


def is_index(symbol: Symbol) -> bool:
    """An index may be 0, a size may not; letters of tensors are no integers."""
    return bool(symbol.is_integer and symbol.is_nonnegative and not symbol.is_positive)


def letters(expr: Expr) -> frozenset[Symbol]:
    """The index letters that are free in ``expr``."""
    return frozenset(symbol for symbol in expr.free_symbols if is_index(symbol))


def operands(expr: Expr) -> tuple[Expr, ...]:
    """What ``expr`` is made of, positions in tensors and ranges of sums left away."""
    if isinstance(expr, Indexed | Symbol):
        return ()
    if isinstance(expr, Sum):
        return (expr.function,)
    return (expr.args[1],) if isinstance(expr, Local) else expr.args
