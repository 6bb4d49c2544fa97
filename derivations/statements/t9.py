"""T9, formally: what subtracting the maximum leaves unchanged, what it prevents, and what stays undefined."""

from __future__ import annotations

from typing import Final

from sympy import Integer, Rational, Symbol, exp, nan, oo

from attnproof.derivations.bounds.formats import FORMATS, LAST_FINITE, LAST_ZERO, following
from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.results import subtracted, value
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Either,
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
    ne,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, other, same, softmax
from attnproof.derivations.statements._rounding import E_MAX, P, fl
from attnproof.derivations.statements._softmax_program import (
    EXPONENTS,
    FINITE,
    GIVEN,
    PLAIN,
    SOME_KEY_LEFT,
    SUMS,
    TERMS,
    TURNS,
    WEIGHTS,
    V,
    every_key,
    in_turn,
    is_number,
    plus,
    power,
    program,
    shift,
    within,
)

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
            (Equation(HIGHEST, (), largest(SCORES[L], L, N_K)), Equation(SHIFTED, (J,), SCORES[J] - HIGHEST[()])), body
        ),
    )


X, Y = Symbol("x", real=True), Symbol("y", real=True)
FEW: Final = le(N_K, Integer(2) ** P)  # so many keys the format counts
USUAL: Final = Compare(P, "≤", E_MAX, whole=True)  # no more bits than the largest exponent
NUMBERS: Final = every_key(
    Both(
        (
            Either((eq(EXPONENTS[I], -oo), is_number(EXPONENTS[I], le(V, ZERO)))),
            within(TERMS[I], ZERO, ONE),
            within(WEIGHTS[I], ZERO, ONE),
            If(Either((eq(SCORES[I], -oo), eq(EXPONENTS[I], -oo))), eq(WEIGHTS[I], value(ZERO))),
        )
    )
)
UNDEFINED: Final = Every((Index(K, N_K),), eq(WEIGHTS[K], nan))


def in_format(name: str, body: Proposition, *others: Number) -> Proposition:
    """``body`` for the precision p and the largest exponent of a format."""
    bits, exponent = FORMATS[name]
    given = Both((same(P, Integer(bits)), same(E_MAX, Integer(exponent))))
    return Every((Size(P), Size(E_MAX), *others), If(given, body))


def edge(name: str, last: Rational, until: Proposition, beyond: Proposition) -> Proposition:
    """``until`` up to the number ``last`` of the format, ``beyond`` from the next number on."""
    return in_format(name, Both((If(le(X, last), until), If(le(following(last, name), X), beyond))), Number(X))


def edges(name: str) -> tuple[Stated, Stated, Stated]:
    """Where exponentials overflow and underflow in a format."""
    found, last = power(value(X)), power(value(LAST_FINITE[name]))
    return (
        Stated(
            f"overflow_{name}",
            f"{name}: e^x is rounded to a number up to {float(LAST_FINITE[name])!r}, beyond it is infinite",
            edge(name, LAST_FINITE[name], eq(found, value(fl(exp(X)))), eq(found, oo)),
        ),
        Stated(
            f"overflowing_sum_{name}",
            f"{name}: the sum of two such exponentials is infinite",
            in_format(name, eq(plus(last, last), oo)),
        ),
        Stated(
            f"underflow_{name}",
            f"{name}: e^x is rounded to 0 up to {float(LAST_ZERO[name])!r}, beyond not",
            edge(name, LAST_ZERO[name], eq(found, value(ZERO)), ne(found, value(ZERO))),
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
        "numbers",
        "a program that subtracts the maximum: exponents at most 0, terms and weights in [0, 1], the denominator in "
        "[1, n], for up to 2^p keys added in any order; keys, but not all, may be masked by −∞",
        program(
            shift(SCORES[J]),
            Both((NUMBERS, within(SUMS[0, N_K], ONE, N_K))),
            GIVEN,
            given=(USUAL, FEW, SOME_KEY_LEFT),
        ),
    ),
    Stated(
        "numbers_in_turn",
        "the same for any number of keys, where one term is added at a time",
        in_turn(LAST, Both((NUMBERS, within(TURNS[LAST], ONE, N_K))), GIVEN, USUAL, SOME_KEY_LEFT),
    ),
    Stated(
        "harmless",
        "a difference that overflows to −∞: the exponential of the exact one is rounded to 0",
        Every(
            (Size(P), Size(E_MAX), Number(X), Number(Y)),
            If(
                Both((USUAL, eq(subtracted(value(X), value(Y), P, E_MAX), -oo))),
                eq(fl(exp(X - Y)), ZERO),
            ),
        ),
    ),
    Stated(
        "infinity_over_infinity",
        "without the maximum subtracted, a term infinite: every infinite term has the weight ∞/∞, every other one 0",
        program(
            PLAIN,
            Every(
                (Index(K, N_K),),
                Both((If(eq(TERMS[K], oo), eq(WEIGHTS[K], nan)), If(ne(TERMS[K], oo), eq(WEIGHTS[K], value(ZERO))))),
            ),
            FINITE,
            Index(I, N_K),
            given=(eq(TERMS[I], oo),),
        ),
    ),
    Stated(
        "overflowing_sum",
        "without the maximum subtracted, no term infinite but the sum of two: every weight is 0",
        program(
            PLAIN,
            Every((Index(M, N_K),), eq(WEIGHTS[M], value(ZERO))),
            FINITE,
            Index(I, N_K),
            Index(K, N_K),
            given=(
                Every((Index(M, N_K),), ne(TERMS[M], oo)),
                other(I, K),
                eq(plus(TERMS[I], TERMS[K]), oo),
            ),
        ),
    ),
    Stated(
        "zero_over_zero",
        "without the maximum subtracted, every term 0: every weight is 0/0",
        program(PLAIN, UNDEFINED, FINITE, given=(every_key(eq(TERMS[I], value(ZERO))),)),
    ),
    Stated(
        "all_masked",
        "with the maximum subtracted, every key masked: every weight is NaN",
        program(shift(SCORES[J]), UNDEFINED, GIVEN, given=(every_key(eq(SCORES[I], -oo)),)),
    ),
    Stated(
        "infinite_score",
        "with the maximum subtracted, +∞ among the scores: every weight is NaN",
        program(shift(SCORES[J]), UNDEFINED, GIVEN, Index(I, N_K), given=(eq(SCORES[I], oo),)),
    ),
)

OUTSIDE: Final[tuple[str, ...]] = ()
