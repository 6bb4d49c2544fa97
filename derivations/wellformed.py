"""Mistakes in a system, found before anything is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Expr, Indexed, Sum, Symbol

from derivations.indexing import bounds
from derivations.notation import Tensor
from derivations.ranges import free_ranges, indices_of, split
from derivations.system import System


@lru_cache(maxsize=1024)
def check(system: System) -> None:
    """Raise ValueError, naming the equation, for the first mistake in ``system``.

    Mistakes are: an unknown tensor or symbol, a tensor that is used before it is defined, an unbound index, an index
    that runs past the end of an axis or whose size cannot be compared with it, a sum that does not run over
    0 .. size − 1, two tensors of one name or letter.
    """
    _unique(system)
    defined = {tensor.base: tensor for tensor in system.inputs}
    for equation in system.equations:
        try:
            ranges = free_ranges(system, equation)
            for expr in (equation.rhs, equation.otherwise):
                if expr is not None:
                    _expression(expr, ranges, defined, system)
        except ValueError as error:
            raise ValueError(f"{system.name}: equation for {equation.target.name!r}: {error}") from error
        defined[equation.target.base] = equation.target


def _unique(system: System) -> None:
    names: dict[str, Tensor] = {}
    letters: dict[str, Tensor] = {}
    for tensor in (*system.inputs, *(equation.target for equation in system.equations)):
        for kind, key, known in (("name", tensor.name, names), ("letter", tensor.symbol, letters)):
            if known.setdefault(key, tensor) != tensor:
                raise ValueError(f"{system.name}: two different tensors have the {kind} {key!r}")


def _expression(expr: Expr, ranges: Mapping[Symbol, Expr], defined: Mapping[Expr, Tensor], system: System) -> None:
    if isinstance(expr, Sum):
        _expression(expr.function, {**ranges, **dict(bounds(expr))}, defined, system)
    elif isinstance(expr, Indexed):
        tensor = defined.get(expr.base)
        if tensor is None:
            late = expr.base in system.by_base
            raise ValueError(f"{expr} is {'used before it is defined' if late else 'not an element of a known tensor'}")
        for axis, where in enumerate(indices_of(expr)):
            _within(expr, where, tensor.shape[axis], ranges)
    elif isinstance(expr, Symbol):
        if expr in defined or expr in ranges or (expr.is_integer and expr.is_positive):
            return
        if expr in system.by_base:
            raise ValueError(f"{expr} is used before it is defined")
        raise ValueError(f"{expr} is neither a tensor nor a size nor a bound index")
    else:
        for argument in expr.args:
            _expression(argument, ranges, defined, system)


def _within(expr: Expr, where: Expr, end: Expr, ranges: Mapping[Symbol, Expr]) -> None:
    offset, symbol = split(where)
    if symbol not in ranges:
        raise ValueError(f"index {symbol} in {expr} is not bound: neither free on the left nor summed over")
    left = (end - offset - ranges[symbol]).expand()
    if not left.is_nonnegative:
        raise ValueError(f"index {where} in {expr} runs to {offset + ranges[symbol]}, the axis has the size {end}")
