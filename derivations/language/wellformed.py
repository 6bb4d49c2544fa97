"""Mistakes in a system, found before anything is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Expr, Indexed, Sum, Symbol

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, indices_of, split, tensors_in
from attnproof.derivations.language.system import Equation, System


class MistakeError(ValueError):
    """A mistake in a system; ``equation`` is the one that has it, None where it is between several."""

    def __init__(self, message: str, equation: Equation | None = None) -> None:
        super().__init__(message)
        self.equation = equation


class _TooEarlyError(ValueError):
    """A tensor is used before it is defined."""


@lru_cache(maxsize=1024)
def check(system: System) -> None:
    """Raise MistakeError, naming the equation, for the first mistake in ``system``.

    Mistakes are: an unknown tensor or symbol, a tensor that is used before it is defined or by its own definition, an
    element that is defined twice, an unbound index, an index that runs past the end of an axis or whose size cannot be
    compared with it, a sum that does not run over 0 .. size − 1, two tensors of one name or letter.
    """
    _unique(system)
    defined = {tensor.base: tensor for tensor in system.inputs}
    blocks: set[tuple[str, tuple[Expr, ...]]] = set()
    for equation in system.equations:
        try:
            _new(equation, system, blocks)
            ranges = free_ranges(system, equation)
            for expr in (equation.rhs, equation.otherwise):
                if expr is not None:
                    _expression(expr, ranges, defined, system)
        except ValueError as error:
            cycle = _cycle(system, equation) if isinstance(error, _TooEarlyError) else ()
            why = f"cyclic definition: {' → '.join(cycle)}" if cycle else str(error)
            raise MistakeError(f"{system.name}: equation for {equation.target.name!r}: {why}", equation) from error
        defined[equation.target.base] = equation.target


def _unique(system: System) -> None:
    names: dict[str, Tensor] = {}
    letters: dict[str, Tensor] = {}
    for tensor in (*system.inputs, *(equation.target for equation in system.equations)):
        for kind, key, known in (("name", tensor.name, names), ("letter", tensor.symbol, letters)):
            if known.setdefault(key, tensor) != tensor:
                raise MistakeError(f"{system.name}: two different tensors have the {kind} {key!r}")


def _new(equation: Equation, system: System, blocks: set[tuple[str, tuple[Expr, ...]]]) -> None:
    """Raise unless the equation defines what neither an input nor an earlier equation is; note it in ``blocks``."""
    block = equation.target.name, tuple(split(where)[0] for where in equation.indices)
    if equation.target in system.inputs:
        raise ValueError(f"{equation.lhs} is an input, which no equation may define")
    if block in blocks:
        raise ValueError(f"{equation.lhs} is defined twice")
    blocks.add(block)


def _cycle(system: System, equation: Equation) -> tuple[str, ...]:
    """The names of tensors through which ``equation`` depends on its own target, that one first and last; or none."""
    used: dict[str, set[str]] = {}
    for other in system.equations:
        for rhs in (other.rhs, other.otherwise):
            if rhs is not None:
                used.setdefault(other.target.name, set()).update(tensor.name for tensor in tensors_in(rhs, system))
    start = equation.target.name
    paths: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        for name in sorted(used.get(path[-1], ())):
            if name == start:
                return (*path, name)
            if name not in seen:
                seen.add(name)
                paths.append((*path, name))
    return ()


def _expression(expr: Expr, ranges: Mapping[Symbol, Expr], defined: Mapping[Expr, Tensor], system: System) -> None:
    if isinstance(expr, Sum):
        _expression(expr.function, {**ranges, **dict(bounds(expr))}, defined, system)
    elif isinstance(expr, Indexed):
        tensor = defined.get(expr.base)
        if tensor is None:
            if expr.base in system.by_base:
                raise _TooEarlyError(f"{expr} is used before it is defined")
            raise ValueError(f"{expr} is not an element of a known tensor")
        for axis, where in enumerate(indices_of(expr)):
            _within(expr, where, tensor.shape[axis], ranges)
    elif isinstance(expr, Symbol):
        if expr in defined or expr in ranges or (expr.is_integer and expr.is_positive):
            return
        if expr in system.by_base:
            raise _TooEarlyError(f"{expr} is used before it is defined")
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
