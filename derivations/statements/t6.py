"""T6, formally: additive scores are bounded in exact arithmetic, and where 1 is the nearest number to a tanh."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Rational, Symbol, log, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, I, J, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import scores
from attnproof.derivations.statements._rounding import E_MAX, ROUNDOFF, P, fl, in_any_order, number, parts

SCORE: Final = scores(FAMILIES["additive"].system.resolve())
NORM: Final = total(Abs(V_HIDDEN[A]), (A, D_A))
UNITS: Final = Tensor("units", "z", (D_A,))  # pre-activations
BOUND, Z = Symbol("B", real=True), Symbol("z", real=True)
TERMS: Final = Tensor("terms", "w", (D_A,), "intermediate")  # rounded products
SUMS: Final = parts("sums", "S", D_A)
COMPUTED: Final = SUMS[0, D_A]
V_1, V_2 = Symbol("v_1", real=True), Symbol("v_2", real=True)


def computed(says: Proposition, *, summed: bool = False) -> Proposition:
    """``says`` of the score as it is computed: tanh, products and sums rounded, v of the format."""
    given = Every((Index(A, D_A),), number(V_HIDDEN[A]))
    terms = Equation(TERMS, (A,), fl(V_HIDDEN[A] * fl(tanh(UNITS[A]))))
    body = Every((Array(SUMS),), If(in_any_order(SUMS, lambda a: TERMS[a]), says)) if summed else says
    return Every((Size(P), Size(E_MAX, 2), Size(D_A), Array(V_HIDDEN), Array(UNITS)), If(given, Where((terms,), body)))


def rounded_up(bits: int, decimal: str) -> Proposition:
    """½ ln(2^(bits + 2) − 1) is at most the decimal, and above the one before it of three places."""
    edge, most = log(2 ** (bits + 2) - 1, evaluate=False) * Rational(1, 2), Rational(decimal)
    return Both((lt(most - Rational(1, 1000), edge), le(edge, most)))


STATEMENT: Final = (
    Stated(
        "strictly_bounded",
        "where some v_a is not 0, the score is below the sum of all |v_a| in size",
        Every(
            (
                *(Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A)),
                *(Array(QUERY), Array(KEY), Array(WEIGHT_QUERY), Array(WEIGHT_KEY), Array(V_HIDDEN)),
                *(Index(I, N_Q), Index(J, N_K)),
            ),
            If(Some((Index(A, D_A),), ne(V_HIDDEN[A], Integer(0))), lt(Abs(SCORE), NORM)),
        ),
    ),
    Stated(
        "least_bound",
        "no smaller number bounds it for all pre-activations",
        Every(
            (Size(D_A), Array(V_HIDDEN), Number(BOUND)),
            If(
                Every((Array(UNITS),), le(Abs(total(V_HIDDEN[A] * tanh(UNITS[A]), (A, D_A))), BOUND)),
                le(NORM, BOUND),
            ),
        ),
    ),
    Stated(
        "rounded_to_1",
        "in a format of p bits a correctly rounded tanh z is 1 exactly from ½ ln(2^(p + 2) − 1) on",
        Every(
            (Size(P), Size(E_MAX, 2), Number(Z)),
            Iff(eq(fl(tanh(Z)), Integer(1)), le(log(Integer(2) ** (P + 2) - 1) * Rational(1, 2), Z)),
        ),
    ),
    Stated(
        "nearest_to_1_in_numbers",
        "that is 4.506 in fp16, 3.466 in bf16, 9.011 in fp32 and 19.062 in fp64, rounded up",
        Both(tuple(map(rounded_up, (11, 8, 24, 53), ("4.506", "3.466", "9.011", "19.062")))),
    ),
    Stated(
        "products",
        "rounded products stay within |v_a|",
        computed(Every((Index(A, D_A),), le(Abs(TERMS[A]), Abs(V_HIDDEN[A])))),
    ),
    Stated(
        "rounded_sum",
        "their rounded sum, in any order, within (1 + 2^−p)^(d_a − 1) times the sum of all |v_a|",
        computed(le(Abs(COMPUTED) * (1 + ROUNDOFF), (1 + ROUNDOFF) ** D_A * NORM), summed=True),
    ),
    Stated(
        "attained",
        "it is the bound where every tanh is rounded to the sign of its v_a and the sum is exact",
        computed(
            If(
                Both(
                    (
                        Every(
                            (Index(A, D_A),),
                            If(ne(V_HIDDEN[A], Integer(0)), eq(fl(tanh(UNITS[A])), V_HIDDEN[A] / Abs(V_HIDDEN[A]))),
                        ),
                        eq(COMPUTED, total(TERMS[A], (A, D_A))),
                    )
                ),
                eq(COMPUTED, NORM),
            ),
            summed=True,
        ),
    ),
    Stated(
        "exceeded",
        "of two units the rounded sum exceeds it for some v and z, in every format",
        Every(
            (Size(P, 2), Size(E_MAX, 3)),
            Some(
                (Number(V_1), Number(V_2), Number(Z)),
                Both(
                    (
                        number(V_1),
                        number(V_2),
                        lt(Abs(V_1) + Abs(V_2), fl(fl(V_1 * fl(tanh(Z))) + fl(V_2 * fl(tanh(Z))))),
                    )
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
