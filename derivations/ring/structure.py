"""What the evaluation of systems needs to know about an expression's structure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from sympy import Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, exp

from attnproof.derivations.language.system import Equation, System

Sizes = tuple[tuple[str, int], ...]  # size symbol's name and value; hashable


@lru_cache(maxsize=4096)
def leaves(expr: Expr) -> tuple[Expr, ...]:
    """The elements of tensors and the symbols in an expression."""
    return tuple(expr.atoms(Indexed, Symbol))


@lru_cache(maxsize=4096)
def free_names(expr: Expr) -> frozenset[str]:
    """The names of the free symbols of an expression."""
    return frozenset(symbol.name for symbol in expr.free_symbols)


@lru_cache(maxsize=8192)
def integer(expr: Expr, sizes: Sizes) -> int:
    """The value of an expression in size symbols. Raises ValueError where it has other symbols or is no integer."""
    known = dict(sizes)
    value = expr.xreplace({s: Integer(known[s.name]) for s in expr.free_symbols if s.name in known})
    if not value.is_Integer:
        raise ValueError(f"{expr} is not an integer expression in the sizes {', '.join(known)}")
    return int(value)


@lru_cache(maxsize=8192)
def place(index: Expr, sizes: Sizes) -> tuple[str | None, int]:
    """``offset + symbol`` as (the symbol's name, offset); a constant place has no symbol.

    Raises ValueError for other indices.
    """
    known = dict(sizes)
    symbols = [s for s in index.free_symbols if s.name not in known]
    if len(symbols) > 1:
        raise ValueError(f"index {index} is not of the form offset + index")
    symbol = symbols[0] if symbols else None
    return symbol and symbol.name, integer(index - symbol if symbol is not None else index, sizes)


@lru_cache(maxsize=1024)
def softmax_parts(expr: Mul) -> tuple[Expr, str, str] | None:
    """``exp(x[j]) / Σ_l exp(x[l])`` as (x[l], name of l, name of j); None for any other product."""
    if len(expr.args) != 2:
        return None
    top = next((a for a in expr.args if isinstance(a, exp)), None)
    bottom = next((a.base for a in expr.args if isinstance(a, Pow) and a.exp == -1 and isinstance(a.base, Sum)), None)
    if top is None or bottom is None or len(bottom.limits) != 1 or not isinstance(bottom.function, exp):
        return None
    summed = bottom.limits[0][0]
    logits = bottom.function.args[0]
    for free in top.free_symbols:
        if free not in bottom.free_symbols and logits.xreplace({summed: free}) == top.args[0]:
            return logits, summed.name, free.name
    return None


def needed(system: System, given: Collection[str], wanted: Collection[str] | None) -> list[list[Equation]]:
    """The equations, grouped by target, that ``wanted`` (None: all) depends on beyond what is given, in order.

    Raises ValueError for a tensor without a value and without an equation.
    """
    names = {tensor.base: name for name, tensor in system.tensors.items()}
    groups: dict[str, list[Equation]] = {}
    for equation in system.equations:
        groups.setdefault(equation.target.name, []).append(equation)
    asked = (set(groups) if wanted is None else set(wanted)) - set(given)
    for name in reversed(groups):
        if name in asked:
            atoms = (atom for equation in groups[name] for atom in leaves(equation.rhs))
            used = {names.get(atom.base if isinstance(atom, Indexed) else atom) for atom in atoms}
            asked |= {other for other in used if other is not None} - set(given)
    missing = sorted(asked - set(groups))
    if missing:
        raise ValueError(f"{system.name}: no value and no equation for {missing[0]!r}")
    return [equations for name, equations in groups.items() if name in asked]


def blocks(
    equations: Sequence[Equation], shape: Sequence[int], lengths: Mapping[Expr, Sequence[int]], sizes: Sizes
) -> Iterator[tuple[Equation, tuple[int | slice, ...], dict[str, int]]]:
    """Each equation of one target, of this shape, with its block of the target and the ranges of its free indices.

    lengths  of the axes of every tensor, by its base

    A block ends where the next one begins, or the axis ends, or a tensor on the right-hand side does. Raises ValueError
    where an index stands twice on the left-hand side.
    """
    for equation in equations:
        places = [place(index, sizes) for index in equation.indices]
        free = [symbol for symbol, _ in places if symbol is not None]
        if len(set(free)) != len(free):
            raise ValueError(f"{equation.target.name}: an index stands twice on the left-hand side {equation.indices}")
        ranges: dict[str, int] = {}
        for axis, (symbol, offset) in enumerate(places):
            starts = [place(other.indices[axis], sizes)[1] for other in equations]
            if symbol is not None:
                ranges[symbol] = min([shape[axis], *(s for s in starts if s > offset)]) - offset
        for atom in (leaf for leaf in leaves(equation.rhs) if isinstance(leaf, Indexed)):
            for length, index in zip(lengths[atom.base], atom.indices, strict=True):
                symbol, offset = place(index, sizes)
                if symbol in ranges:
                    ranges[symbol] = min(ranges[symbol], length - offset)
        yield equation, tuple(o if s is None else slice(o, o + ranges[s]) for s, o in places), ranges


@lru_cache(maxsize=256)
def index_names(system: System, sizes: Sizes) -> tuple[str, ...]:
    """The names of every index symbol of a system, in order."""
    tensors, known = {t.base for t in system.tensors.values()}, {name for name, _ in sizes}
    found: set[Symbol] = set()
    for equation in system.equations:
        for expr in (equation.rhs, *equation.indices):
            for atom in expr.atoms(Symbol):
                found.add(atom)
            for summed in expr.atoms(Sum):
                found |= {limit[0] for limit in summed.limits}
        for atom in equation.rhs.atoms(Indexed):
            found -= set(atom.base.atoms(Symbol))
    return tuple(sorted({s.name for s in found if s not in tensors and s.name not in known}))
