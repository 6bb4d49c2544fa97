"""The softmax as a program by IEEE 754: its weights are results, which need not be numbers."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, oo

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.results import added, divided, exponential, highest, subtracted, value
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Either,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Some,
    Where,
    eq,
    le,
)
from attnproof.derivations.statements._parts import SCORES, same
from attnproof.derivations.statements._rounding import E_MAX, P, below, in_any_order, parts

K = index("k")
V: Final = Symbol("v", real=True)
ZERO: Final = Integer(0)
GIVEN: Final = Array(SCORES, results=True)  # scores that may be infinite
FINITE: Final = Array(SCORES)

TOP: Final = Tensor("highest", "m", (), "intermediate")
EXPONENTS: Final = Tensor("exponents", "s", (N_K,), "intermediate")
TERMS: Final = Tensor("terms", "w", (N_K,), "intermediate")
SUMS: Final = parts("sums", "S", N_K)
TURNS: Final = Tensor("turns", "T", (N_K,))
WEIGHTS: Final = Tensor("computed_weights", "beta", (N_K,), "intermediate")


def plus(a: Expr, b: Expr) -> Expr:
    """The sum that the format has."""
    return added(a, b, P, E_MAX)


def power(a: Expr) -> Expr:
    """The exponential that the format has."""
    return exponential(a, P, E_MAX)


def shift(score: Expr) -> tuple[Equation, ...]:
    """Exponents and terms of the program that subtracts the highest score; ``score`` is that of the key j."""
    return (
        Equation(TOP, (), highest(substitute(score, {J: L}), L, N_K)),
        Equation(EXPONENTS, (J,), subtracted(score, TOP[()], P, E_MAX)),
        Equation(TERMS, (J,), power(EXPONENTS[J])),
    )


#: the terms of the program that takes exponentials of finite scores as they are
PLAIN: Final = (Equation(TERMS, (J,), power(value(SCORES[J]))),)


def weights(denominator: Expr) -> Equation:
    """Each term over the sum of all."""
    return Equation(WEIGHTS, (J,), divided(TERMS[J], denominator, P, E_MAX))


ADDED: Final = in_any_order(SUMS, lambda j: TERMS[j], plus)


def program(
    steps: tuple[Equation, ...], says: Proposition, scores: Array, *others: Binder, given: tuple[Proposition, ...] = ()
) -> Proposition:
    """``says`` of the weights that a program computes, in every format, whose sum adds two terms at a time in any
    order.

    given  what else is supposed
    """
    defined = (*steps, weights(SUMS[0, N_K]))
    supposed = Both((*given, ADDED)) if given else ADDED
    bound = (Size(P), Size(E_MAX), Size(N_K), scores, *others, Array(SUMS, results=True))
    return Every(bound, Where(defined, If(supposed, says)))


def in_turn(last: Symbol, says: Proposition, scores: Array, *given: Proposition) -> Proposition:
    """The same of the program that subtracts the highest score and adds one term at a time, up to that of ``last``."""
    turns = Both(
        (
            same(last + 1, N_K),
            eq(TURNS[0], TERMS[0]),
            Every((Index(K, N_K),), If(below(K + 1, N_K), eq(TURNS[K + 1], plus(TURNS[K], TERMS[K + 1])))),
        )
    )
    defined = (*shift(SCORES[J]), weights(TURNS[last]))
    bound = (Size(P, 2), Size(E_MAX), Size(N_K), scores, Index(last, N_K), Array(TURNS, results=True))
    return Every(bound, Where(defined, If(Both((*given, turns)), says)))


def every_key(says: Proposition) -> Proposition:
    """Of every key i."""
    return Every((Index(I, N_K),), says)


def is_number(result: Expr, *known: Proposition) -> Proposition:
    """``result`` is a number v of which all of ``known`` holds."""
    says = eq(result, value(V))
    return Some((Number(V),), Both((says, *known)) if known else says)


def within(result: Expr, low: Expr, high: Expr) -> Proposition:
    """``result`` is a number from ``low`` to ``high``."""
    return is_number(result, le(low, V), le(V, high))


#: every score is a number or −∞, which masks its key, and not all are masked
SOME_KEY_LEFT: Final = Both(
    (every_key(Either((eq(SCORES[I], -oo), is_number(SCORES[I])))), Some((Index(I, N_K),), is_number(SCORES[I])))
)
