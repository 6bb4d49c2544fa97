"""Equalities a second time, without SymPy's simplification: in the finite exponential ring, at given sizes.

In the ring ``exp(x + y) = exp(x) exp(y)`` holds to the last digit, so that a difference is a proof of inequality, and
equality at random inputs is one of equality but for a probability that ``attnproof.derivations.lemmas.ring_equality``
bounds, at those sizes. The sizes here are 1 everywhere, and pairwise different primes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sympy import Basic, Derivative, Expr, Indexed, Subs, Sum, Symbol, Tuple
from sympy.core.function import AppliedUndef

from attnproof.derivations.language.indexing import alpha, bounds, symbols_of
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.ring.compare import equal_in_ring
from attnproof.derivations.ring.structure import integer

PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19)


@lru_cache(maxsize=4096)
def ring_says(left: Expr, right: Expr) -> bool | None:
    """Whether both sides are equal at all the sizes; None where the ring has no answer.

    It has none where a function has no interpretation in it, and where an index's range cannot be read off the arrays.
    Sizes at which a sum would have fewer than no terms do not belong to the statement, and are passed over.
    """
    left, right = (alpha(_plain(side)) for side in (left, right))
    both = Tuple(left, right)  # their difference would drop what both sides have
    if both.atoms(AppliedUndef, Derivative, Subs) or (free := _free(both)) is None:
        return None
    names = sorted(symbol.name for symbol in _symbols(both) if _is_size(symbol))
    answers = []
    for values in ((1,) * len(names), PRIMES, PRIMES[2:]):
        sizes = dict(zip(names, values, strict=False))
        lengths = [integer(size, tuple(sizes.items())) for sum_ in both.atoms(Sum) for _, size in bounds(sum_)]
        if min(lengths, default=0) >= 0:
            answers.append(_at(left, right, free, sizes))
    if False in answers:
        return False
    return True if True in answers[1:] else None


def _plain(expr: Expr) -> Expr:
    """Without what is assumed of numbers, such as that they are positive: the ring's know nothing of it."""
    plain = {s: Symbol(s.name, real=True) for s in symbols_of(expr) if not s.is_integer}
    return expr.xreplace({s: one for s, one in plain.items() if s != one})  # of what is the same SymPy makes a copy


def _is_size(symbol: Symbol) -> bool:
    return bool(symbol.is_integer and symbol.is_positive)


def _at(left: Expr, right: Expr, free: tuple[tuple[Symbol, Expr], ...], sizes: Mapping[str, int]) -> bool | None:
    try:
        return equal_in_ring(left, right, _tensors(Tuple(left, right)), free, sizes).equal
    except (
        ValueError
    ):  # an expression that the ring does not know, or an array without elements; its message says which
        return None


def _symbols(expr: Basic) -> frozenset[Symbol]:
    """Free ones, those in ranges of sums and in shapes of arrays included."""
    shapes = (axis.free_symbols for element in expr.atoms(Indexed) for axis in element.base.shape or ())
    return symbols_of(expr).union(*shapes)


def _tensors(expr: Basic) -> list[Tensor]:
    arrays = {(str(e.base.label), tuple(e.base.shape)) for e in expr.atoms(Indexed)}
    scalars = {(s.name, ()) for s in symbols_of(expr) if not s.is_integer}
    labels = {label for label, _ in arrays}
    found = [
        Tensor(name, name, shape) for name, shape in sorted(arrays | scalars, key=str) if shape or name not in labels
    ]
    return found or [Tensor("nothing", "nothing", ())]


def _free(expr: Basic) -> tuple[tuple[Symbol, Expr], ...] | None:
    """Each free index with the size of an axis on which it stands, alone or behind an offset; None where one stands on
    none.
    """
    found: dict[Symbol, Expr | None] = {s: None for s in symbols_of(expr) if s.is_integer and not s.is_positive}
    for element in expr.atoms(Indexed):
        for where, axis in zip(element.indices, element.base.shape, strict=True):
            if where in found:
                found[where] = axis
            for symbol in where.free_symbols & {each for each, size in found.items() if size is None}:
                found[symbol] = (axis - where + symbol).expand()
    return None if None in found.values() else tuple(sorted(found.items(), key=str))
