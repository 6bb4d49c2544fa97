"""Which values an index takes: ranges of the free indices of an equation, blocks of an axis.

An axis may be made of blocks (``W[a, r]`` with r < d_q and ``W[a, d_q + f]`` with f < d_k): a block is an offset and
an index; it ends where the next block of the same tensor begins, or where the axis ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sympy import Expr, Indexed, Integer, Sum, Symbol, preorder_traversal

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation, System


@lru_cache(maxsize=1 << 12)
def split(where: Expr) -> tuple[Expr, Symbol]:
    """``offset + index`` as ``(offset, index)``; an index is told from a size by being non-negative, not positive.

    Raises ValueError for anything else (two indices, a multiple of one, no index at all).
    """
    found = [symbol for symbol in where.free_symbols if symbol.is_nonnegative and not symbol.is_positive]
    if len(found) != 1:
        raise ValueError(f"an index is 'symbol' or 'offset + symbol' with exactly one index symbol, got {where}")
    offset = where - found[0]
    if found[0] in offset.free_symbols:
        raise ValueError(f"an index is 'symbol' or 'offset + symbol', got {where}")
    return offset, found[0]


def ordered(cuts: Iterable[Expr]) -> tuple[Expr, ...]:
    """Symbolic positions along an axis, in increasing order, for every value of the sizes.

    Raises ValueError when the order of two of them depends on the values of the sizes.
    """
    result: list[Expr] = []
    for cut in sorted(set(cuts), key=str):
        position = 0
        for other in result:
            difference = (cut - other).expand()
            if difference.is_positive:
                position += 1
            elif not difference.is_negative:
                raise ValueError(f"blocks at {cut} and {other}: which comes first depends on the sizes")
        result.insert(position, cut)
    return tuple(result)


def free_ranges(system: System, equation: Equation) -> Mapping[Symbol, Expr]:
    """The size of each free index of ``equation``, in the order of its axes.

    Raises ValueError when an index letter stands on two axes of the left-hand side.
    """
    return _ranges(equation, tuple(other for other in system.equations if other.target == equation.target))


@lru_cache(maxsize=4096)
def _ranges(equation: Equation, siblings: tuple[Equation, ...]) -> Mapping[Symbol, Expr]:
    found: dict[Symbol, Expr] = {}
    for axis, (where, end) in enumerate(zip(equation.indices, equation.target.shape, strict=True)):
        offset, symbol = split(where)
        if symbol in found:
            raise ValueError(f"equation for {equation.target.name!r}: index {symbol} stands on two axes")
        later = [split(other.indices[axis])[0] for other in siblings]
        cuts = [cut for cut in ordered((*later, offset, end, Integer(0))) if (cut - offset).expand().is_positive]
        found[symbol] = (cuts[0] - offset).expand()
    return found


def indices_of(leaf: Expr) -> tuple[Expr, ...]:
    """The indices of a tensor element; none for a scalar."""
    return tuple(leaf.indices) if isinstance(leaf, Indexed) else ()


def tensors_in(expr: Expr, system: System, others: Iterable[Tensor] = ()) -> tuple[Tensor, ...]:
    """The tensors that stand in ``expr``, of ``system`` and of ``others``, each once, in order of appearance."""
    known = {**system.by_base, **{tensor.base: tensor for tensor in others}}
    found: dict[str, Tensor] = {}
    for leaf in leaves(expr):
        tensor = known.get(leaf.base if isinstance(leaf, Indexed) else leaf)
        if tensor is not None:
            found.setdefault(tensor.name, tensor)
    return tuple(found.values())


@lru_cache(maxsize=65536)
def leaves(expr: Expr) -> tuple[Expr, ...]:
    """Every ``Indexed`` and every symbol outside of indices and limits, in order of appearance."""
    if isinstance(expr, Indexed | Symbol):
        return (expr,)
    if isinstance(expr, Sum):
        return leaves(expr.function)
    return tuple(leaf for argument in expr.args for leaf in leaves(argument))


@lru_cache(maxsize=256)
def accesses(system: System) -> Mapping[str, tuple[tuple[Expr, ...], ...]]:
    """For every tensor the indices with which it is defined or used, definitions first, in order."""
    found: dict[str, list[tuple[Expr, ...]]] = {name: [] for name in system.tensors}
    for equation in system.equations:
        found[equation.target.name].append(equation.indices)
    for equation in system.equations:
        for leaf in leaves(equation.rhs):
            for tensor in tensors_in(leaf, system):
                found[tensor.name].append(indices_of(leaf))
    return {name: tuple(dict.fromkeys(indices)) for name, indices in found.items()}


@lru_cache(maxsize=256)
def usual_letters(system: System) -> Mapping[Expr, tuple[str, ...]]:
    """The index letters that the system uses for each size, in order of appearance."""
    found: dict[Expr, dict[str, None]] = {}
    for equation in system.equations:
        for symbol, size in free_ranges(system, equation).items():
            found.setdefault(size, {})[symbol.name] = None
        for sum_ in preorder_traversal(equation.rhs):
            if isinstance(sum_, Sum):
                for symbol, size in bounds(sum_):
                    found.setdefault(size, {})[symbol.name] = None
    return {size: tuple(names) for size, names in found.items()}


def leading_to(system: System, outputs: Iterable[str]) -> tuple[Equation, ...]:
    """The equations on which ``outputs`` depend, in order of evaluation."""
    needed = set(outputs)
    found: list[Equation] = []
    for equation in reversed(system.equations):
        if equation.target.name in needed:
            found.append(equation)
            needed |= {tensor.name for tensor in tensors_in(equation.rhs, system)}
    return tuple(reversed(found))


def depending_on(system: System, names: Iterable[str]) -> frozenset[str]:
    """``names`` and every tensor that depends on one of them."""
    found = set(names)
    for equation in system.equations:
        if any(tensor.name in found for tensor in tensors_in(equation.rhs, system)):
            found.add(equation.target.name)
    return frozenset(found)
