"""T9, formally: what subtracting the maximum leaves unchanged, and what it prevents."""

from __future__ import annotations

from typing import Final

from sympy import Integer, Rational, Symbol, exp

from attnproof.derivations.bounds.formats import FORMATS, LAST_FINITE, LAST_ZERO, following
from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, I, J, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, same, softmax
from attnproof.derivations.statements._rounding import E_MAX, INFINITE, P, below, fl, in_any_order, parts

K, M, LAST = index("k"), index("m"), index("q")
ZERO, ONE = Integer(0), Integer(1)
HIGHEST: Final = Tensor("highest", "m", (), "intermediate")
SHIFTED: Final = Tensor("shifted", "s", (N_K,), "intermediate")
BETA: Final = Tensor("shifted_weights", "beta", (N_K,), "intermediate")


def shifted(body: Proposition, *others: Index) -> Proposition:
    """``body`` about the scores less their maximum."""
    return Every(
        (Size(N_K), Array(SCORES), *others),
        Where(
            (Equation(HIGHEST, (), largest(SCORES[M], M, N_K)), Equation(SHIFTED, (J,), SCORES[J] - HIGHEST[()])), body
        ),
    )


X: Final = Symbol("x", real=True)
ROUNDED: Final = Tensor("rounded_shifted", "s", (N_K,), "intermediate")
TERMS: Final = Tensor("terms", "w", (N_K,), "intermediate")
SUMS: Final = parts("sums", "S", N_K)
TURNS: Final = Tensor("turns", "T", (N_K,))


def in_format(name: str, body: Proposition, *others: Number) -> Proposition:
    """``body`` for the precision p and the largest exponent of a format."""
    bits, exponent = FORMATS[name]
    given = Both((same(P, Integer(bits)), same(E_MAX, Integer(exponent))))
    return Every((Size(P), Size(E_MAX), *others), If(given, body))


def edge(name: str, last: Rational, until: Proposition, beyond: Proposition) -> Proposition:
    """``until`` up to the number ``last`` of the format, ``beyond`` from the next number on."""
    return in_format(name, Both((If(le(X, last), until), If(le(following(last, name), X), beyond))), Number(X))


def with_rounding(program: Proposition, says: Proposition, *others: Binder) -> Proposition:
    """``says`` of the scores less their maximum and of their exponentials, both rounded, and of their sum."""
    steps = (
        Equation(HIGHEST, (), largest(SCORES[M], M, N_K)),
        Equation(ROUNDED, (J,), fl(SCORES[J] - HIGHEST[()])),
        Equation(TERMS, (J,), fl(exp(ROUNDED[J]))),
    )
    terms = Every((Index(I, N_K),), Both((le(ROUNDED[I], ZERO), le(ZERO, TERMS[I]), le(TERMS[I], ONE))))
    body = Where(steps, Both((terms, If(program, says))))
    return Every((Size(P, 2), Size(E_MAX), Size(N_K), Array(SCORES), *others), body)


IN_TURN: Final = Both(
    (
        eq(TURNS[0], TERMS[0]),
        Every((Index(K, N_K),), If(below(K + 1, N_K), eq(TURNS[K + 1], fl(TURNS[K] + TERMS[K + 1])))),
    )
)


def edges(name: str) -> tuple[Stated, Stated, Stated]:
    """Where exponentials overflow and underflow in a format."""
    return (
        Stated(
            f"overflow_{name}",
            f"{name}: e^x is rounded to a finite number up to {float(LAST_FINITE[name])!r}, beyond it overflows",
            edge(name, LAST_FINITE[name], lt(fl(exp(X)), INFINITE), le(INFINITE, fl(exp(X)))),
        ),
        Stated(
            f"overflowing_sum_{name}",
            f"{name}: the sum of two such exponentials overflows",
            in_format(name, le(INFINITE, fl(2 * fl(exp(LAST_FINITE[name]))))),
        ),
        Stated(
            f"underflow_{name}",
            f"{name}: e^x is rounded to 0 up to {float(LAST_ZERO[name])!r}, beyond to more",
            edge(name, LAST_ZERO[name], eq(fl(exp(X)), ZERO), lt(ZERO, fl(exp(X)))),
        ),
    )


STATEMENT: Final = (
    Stated(
        "unchanged",
        "the weights are those of the scores less their maximum",
        shifted(Where((softmax(), softmax(SHIFTED, BETA)), eq(BETA[I], ALPHA[I])), Index(I, N_K)),
    ),
    Stated(
        "exponents_and_terms",
        "every exponent is at most 0, every term above 0 and at most 1",
        shifted(
            Both((le(SHIFTED[I], Integer(0)), lt(Integer(0), exp(SHIFTED[I])), le(exp(SHIFTED[I]), Integer(1)))),
            Index(I, N_K),
        ),
    ),
    Stated(
        "denominator",
        "the denominator is at least 1 and at most the number of keys",
        shifted(
            Both(
                (
                    le(Integer(1), total(exp(SHIFTED[I]), (I, N_K))),
                    le(total(exp(SHIFTED[I]), (I, N_K)), N_K),
                )
            )
        ),
    ),
    *(stated for name in FORMATS for stated in edges(name)),
    Stated(
        "rounded_denominator",
        "with rounding: exponents at most 0, terms at most 1, and a sum of up to 2^p keys, in any order, in [1, n]",
        with_rounding(
            Both((in_any_order(SUMS, lambda j: TERMS[j]), le(N_K, Integer(2) ** P))),
            Both((le(ONE, SUMS[0, N_K]), le(SUMS[0, N_K], N_K))),
            Array(SUMS),
        ),
    ),
    Stated(
        "denominator_in_turn",
        "of any number of keys where one term is added at a time",
        with_rounding(
            Both((same(LAST + 1, N_K), IN_TURN)),
            Both((le(ONE, TURNS[LAST]), le(TURNS[LAST], N_K))),
            Index(LAST, N_K),
            Array(TURNS),
        ),
    ),
)

OUTSIDE: Final = (
    "Results that are not numbers: inf/inf, 0/0, NaN.",
    "Infinite scores, and rows whose keys are all masked.",
)
