"""Queries and keys with outcomes of their own: what is random of the keys is so given the query.

A mean over the keys' outcomes is one given the query; a mean of that over the query's outcomes is one over both. So the
keys are independent of the query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sympy import Expr, KroneckerDelta, Symbol

from attnproof.derivations.language.mean import Outcomes
from attnproof.derivations.language.notation import N_K, D, I, J, R, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    HasMean,
    If,
    Index,
    Number,
    Outcome,
    Proposition,
    Size,
    Space,
    eq,
)
from attnproof.derivations.statements._expectation import OMEGA, O, Over, mean, moment, variance, varies
from attnproof.derivations.statements._parts import other

PSI: Final = Outcomes("Psi")
U: Final = Symbol("u")
KEYS: Final[Over] = (U, PSI)
S: Final = index("s")
Q: Final = Tensor("query", "q", (OMEGA, D))
K: Final = Tensor("keys", "k", (PSI, N_K, D))
PLACES: Final = (Index(R, D), Index(S, D))
Score = Callable[[Expr], Expr]


def score(key: Callable[[Expr], Expr]) -> Expr:
    """The dot product of the query with the key whose component r is ``key(r)``."""
    return total(Q[O, R] * key(R), (R, D))


def alike(x: Tensor, middle: Expr, spread: Expr) -> Proposition:
    """Of keys, or parts of them: one law, independent of each other, components uncorrelated; what is used of it."""
    pair = x[U, J, R] * x[U, J, S]
    return Both(
        (
            Every((Index(J, N_K), Index(R, D)), moment(x[U, J, R], middle, KEYS)),
            Every((Index(J, N_K), *PLACES), moment(pair, spread * KroneckerDelta(R, S) + middle**2, KEYS)),
            Every(
                (Index(I, N_K), Index(J, N_K), *PLACES),
                If(other(I, J), moment(x[U, I, R] * x[U, J, S], middle**2, KEYS)),
            ),
        )
    )


def for_keys(x: Tensor, given: tuple[Proposition, ...], says: Proposition, *numbers: Symbol) -> Proposition:
    """For two keys of a query; ``x`` is what is random of the keys."""
    pair = Every((Index(I, N_K), Index(J, N_K)), If(other(I, J), says))
    bound: tuple[Binder, ...] = (
        Space(OMEGA),
        Space(PSI),
        Size(D),
        Size(N_K),
        Array(Q),
        Array(x),
        *map(Number, numbers),
    )
    return Every(bound, If(Both(given), pair))


def whole_variance(e: Expr) -> Expr:
    """Over query and keys."""
    return mean(mean(e**2, KEYS)) - mean(mean(e, KEYS)) ** 2


def have_means(of: Expr) -> tuple[Proposition, Proposition]:
    """Over the keys given any query, and of that over the query."""
    inner = mean(of, KEYS)
    return Every((Outcome(O, OMEGA),), HasMean(inner)), HasMean(mean(inner))


def parts(e: Score, first: Expr, given_query: Expr, moving: Expr, shared: Expr) -> Proposition:
    """Of the scores ``e(i)`` and ``e(j)``: their mean, half the variance of their difference given the query and its
    mean, the variance of what they share, and the whole variance, which is the sum of the two.
    """
    difference = e(I) - e(J)
    return Both(
        (
            Every((Outcome(O, OMEGA),), varies(difference, 2 * given_query, KEYS)),
            moment(variance(difference, KEYS) / 2, moving),
            Every((Outcome(O, OMEGA),), HasMean(mean(e(J), KEYS))),
            moment(mean(e(J), KEYS), first),
            varies(mean(e(J), KEYS), shared),
            *have_means(e(J) ** 2),
            eq(whole_variance(e(J)), shared + moving),
        )
    )
