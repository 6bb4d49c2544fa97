"""Products of many factors in statements, and numbers of the statements on errors."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.propositions.proposition import Both, Every, Index, Proposition, eq, le, lt

N, K = size("n"), index("k")
U: Final = Symbol("u", real=True)
ROUNDOFFS: Final = Both((le(Integer(0), U), lt(U, Integer(1))))
GROWTH: Final = 1 / (1 - U) ** N


def product(partial: Tensor, step: Proposition) -> Proposition:
    """``partial[m]`` is the product of the first m factors: ``step`` is from ``partial[k]`` to ``partial[k + 1]``."""
    return Both((eq(partial[0], Integer(1)), Every((Index(K, N),), step)))


def partial(name: str, letter: str) -> Tensor:
    """The products of the first 0, 1, …, n factors."""
    return Tensor(name, letter, (N + 1,))


def times(partial: Tensor, factor: Expr) -> Proposition:
    """The products of the factors ``factor``, an expression in the index k."""
    return product(partial, eq(partial[K + 1], partial[K] * factor))
