"""What of a score is a product of matrices, so that its tiles are: sums of a query's and a key's features."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Indexed, Mul, Symbol

from attnproof.derivations.language.indexing import bounds, substitute
from attnproof.derivations.language.notation import I, J
from attnproof.impl.codegen.targets.fused.pairs.split import UNIT, Split, Total, inner_sums


@dataclass(frozen=True)
class Product:
    """``total += weights · feature``: a matrix product for a sum over pairs."""

    total: str
    weight: int
    feature: str
    unit: str


@dataclass(frozen=True)
class Contraction:
    """``Σ_u query[i,u] key[j,u]``."""

    query: str
    key: str
    unit: str


@dataclass(frozen=True)
class Products:
    """The parts of a score that are matrix products; all empty: it is none of them."""

    sums: tuple[Contraction, ...] = ()
    of_query: tuple[Product, ...] = ()
    of_key: tuple[Product, ...] = ()
    weights: tuple[Expr, ...] = ()

    @property
    def totals(self) -> frozenset[str]:
        """Names of the totals among them."""
        return frozenset(one.total for one in (*self.of_query, *self.of_key))


def products_of(parts: Split) -> Products:
    """The matrix products of a score, if all that has units is one."""
    sums: list[Contraction] = []
    totals: list[tuple[bool, Product]] = []
    weights: list[Expr] = []
    for terms in parts.sums:
        ((letter, size),) = bounds(terms)
        found = _contraction(parts, substitute(terms.function, {letter: UNIT}), size)
        if found is None:
            return Products()
        sums.append(found)
    for rhs in parts.pairs.values():
        if UNIT in rhs.free_symbols or any(one not in parts.sums for one in inner_sums(rhs)):
            return Products()
    for total in (one for one in parts.totals if one.unit is not None):
        found_ = _weighted(parts, total, weights)
        if found_ is None:
            return Products()
        totals.append((I in total.axes, found_))
    of_query = tuple(one for by_query, one in totals if by_query)
    return Products(tuple(sums), of_query, tuple(one for by_query, one in totals if not by_query), tuple(weights))


def _feature(parts: Split, factor: Expr, side: Symbol) -> str | None:
    """The name of a feature that is an element with units of one side."""
    if isinstance(factor, Indexed) and factor.indices == (side, UNIT) and factor.base not in parts.pairs:
        return str(parts.tensors[factor.base].name)
    return None


def _contraction(parts: Split, body: Expr, size: Expr) -> Contraction | None:
    factors = Mul.make_args(body)
    for one, other in (factors, factors[::-1]) if len(factors) == 2 else ():
        query, key = _feature(parts, one, I), _feature(parts, other, J)
        if query and key:
            return Contraction(query, key, str(size))
    return None


def _weighted(parts: Split, total: Total, weights: list[Expr]) -> Product | None:
    """A total as a product, its weight noted; None: it is none."""
    factors = Mul.make_args(total.body)
    mine = [factor for factor in factors if UNIT in factor.free_symbols]
    other = J if I in total.axes else I
    feature = _feature(parts, mine[0], other) if len(mine) == 1 and len(total.axes) == 2 else None
    if feature is None:
        return None
    weight = Mul(*(factor for factor in factors if factor not in mine))
    if weight not in weights:
        weights.append(weight)
    return Product(total.tensor.name, weights.index(weight), feature, str(total.unit))
