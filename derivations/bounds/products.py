"""The rule for sums of products: inner products, matrix products, sums, with any bracketing.

    y = Σ_t c_t Σ_s ∏_k x_tk[s]           (terms t, summed indices s, factors k),    |x̂ − x| ≤ Δx

    Δy = Σ_t |c_t| ( G_t Σ_s ∏_k (|x_tk| + Δx_tk) − Σ_s ∏_k |x_tk| )  +  G_t η_t

*Propagated* error: ``|∏ x̂ − ∏ x| ≤ ∏ (|x| + Δx) − ∏ |x|`` (lemma ``perturbed_factors``). *Rounding*: each product of
the sum carries a factor (1 + δ) for each multiplication and addition on its way, all of them between 1/G_t and G_t
(lemmas ``growth_of_roundings``, ``order_of_summation``). *Underflow*: a product of the factors in a set is off by at
most η/2, and the factors R outside the set multiply that error; each multiplication of one evaluation has another R, so

    η_t = 2^k η max(1, |c_t|) Σ_R Σ_s ∏_{x in R} (|x| + Δx),       |R| ≤ m − 2 of m factors, with a constant m − 1

is enough for every evaluation; a partial product that underflows upwards at most doubles, η for η/2 covers one of those
and 2^k the others. No overflow is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from sympy import Add, Expr, Integer, Max, Mul, Pow

from attnproof.derivations.bounds.growth import CONSTANT_ROUNDINGS, Reductions, grown_sum
from attnproof.derivations.bounds.parameters import ETA
from attnproof.derivations.language.indexing import Bounds, summed

ONE: Final = Integer(1)


@dataclass(frozen=True)
class Term:
    """``coefficient · Σ_over ∏ factors``.

    factors          elements of tensors
    over             (index, size) of each summation index
    extra_roundings  beyond one for each multiplication
    rescaling        an upper bound, ≥ 1, of factors that an evaluation may introduce and take out again (κ / κ)
    """

    coefficient: Expr
    factors: tuple[Expr, ...]
    over: Bounds = ()
    extra_roundings: int = 0
    rescaling: Expr = ONE

    @property
    def constant(self) -> bool:
        """Whether there is a constant that has to be multiplied by; a sign costs nothing."""
        return bool(abs(self.coefficient) != 1)

    @property
    def multiplications(self) -> int:
        """Of one product, those of the constant and the extra ones included."""
        return max(len(self.factors) - 1, 0) + CONSTANT_ROUNDINGS * self.constant + self.extra_roundings


def sum_of_products(
    terms: Sequence[Term], size: Callable[[Expr], Expr], error: Callable[[Expr], Expr], how: Reductions
) -> Expr:
    """The bound of a sum of products.

    size   of an element, |x|
    error  of an element, Δx; 0 for what is exact
    """
    kept = [term for term in terms if term.coefficient != 0]
    if is_copy(kept):
        return error(kept[0].factors[0])
    every = [[count for _, count in term.over] for term in kept]
    found = []
    for term, sizes in zip(kept, every, strict=True):
        growth = grown_sum(term.multiplications, sizes, every, how)
        exact = [size(factor) for factor in term.factors]
        computed = [size(factor) + error(factor) for factor in term.factors]
        factor = abs(term.coefficient)
        if exact == computed:
            found.append((growth - 1) * factor * _sum(Mul(*exact), term.over))
        else:
            found.append(growth * factor * _sum(Mul(*computed), term.over))
            found.append(-factor * _sum(Mul(*exact), term.over))
        found.append(growth * underflow(term, computed))
    return Add(*found)


def is_copy(terms: Sequence[Term]) -> bool:
    """``y = ± x``: nothing is computed."""
    return len(terms) == 1 and len(terms[0].factors) == 1 and not terms[0].over and not terms[0].constant


def underflow(term: Term, computed: Sequence[Expr]) -> Expr:
    """η_t: what the products of a term may lose to underflow, before the growth; 0 where nothing is multiplied."""
    constant = term.constant or term.extra_roundings > 0
    most = len(computed) - (1 if constant else 2)
    rest = [_sum(Mul(*chosen), term.over) for count in range(most + 1) for chosen in combinations(computed, count)]
    doublings = max(0, len(computed) + 3 * constant - 3)
    return Add(*rest) * 2**doublings * ETA * _at_least_one(abs(term.coefficient)) * term.rescaling


def _at_least_one(constant: Expr) -> Expr:
    """``max(1, constant)``, decided where the constant is a number or a negative power of a size."""
    bases_below_one = isinstance(constant, Pow) and constant.base.is_integer and constant.exp.is_negative
    return Integer(1) if bases_below_one else Max(1, constant)


def _sum(body: Expr, over: Bounds) -> Expr:
    """``Σ body``; an index that the body does not have multiplies by its size."""
    own = tuple((symbol, count) for symbol, count in over if symbol in body.free_symbols)
    others: list[Expr] = [count for symbol, count in over if symbol not in body.free_symbols]
    result: Expr = Mul(*others) * summed(body, own)
    return result
