"""B1 with rounding: the weights beside a shared bias as a program computes them, and what the bias does to its sums."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Function, Integer, Symbol, exp, log, tanh

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Either,
    Every,
    If,
    Index,
    Map,
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
from attnproof.derivations.statements._rounding import (
    E_MAX,
    LEAST_NORMAL,
    ROUNDOFF,
    P,
    fl,
    in_any_order,
    normal,
    number,
    parts,
)

E: Final = Tensor("scores", "e", (N_K,))
LOGITS: Final = Tensor("logits", "t", (N_K,), "intermediate")
REDUCED: Final = Tensor("reduced", "s", (N_K,), "intermediate")
UNBIASED: Final = Tensor("unbiased", "r", (N_K,), "intermediate")
EXPONENTIALS: Final = Tensor("exponentials", "w", (N_K,))
SUMS: Final = parts("sums", "S", N_K)
ALPHA: Final = Tensor("weights", "alpha", (N_K,), "intermediate")
COMPUTED: Final = Tensor("computed_weights", "beta", (N_K,))
B, MOST, H, BOUND, GRID, SCORE, SUM = (Symbol(letter, real=True) for letter in ("b", "E", "h", "D", "c", "x", "z"))
TOP, K, G, I_1, I_2, J_1, J_2 = (index(letter) for letter in ("m", "k", "g", "i_1", "i_2", "j_1", "j_2"))
ZERO, ONE = Integer(0), Integer(1)
FURTHER: Final = ROUNDOFF * (1 + 2 * ROUNDOFF) * (Abs(B) + MOST) + 2 * ROUNDOFF * MOST - log(1 - H)
FORMAT: Final = (Size(P, 2), Size(E_MAX))
ADDED: Final = Equation(LOGITS, (J,), fl(E[J] + B))
SUBTRACTED: Final = Equation(REDUCED, (J,), fl(LOGITS[J] - LOGITS[TOP]))


def each(says: Proposition) -> Proposition:
    """``says`` of every key j."""
    return Every((Index(J, N_K),), says)


def divided(above: Expr, below: Expr, result: Expr) -> Proposition:
    """``result`` is the rounded quotient, or the rounded product with the rounded reciprocal; nothing underflows."""
    return Either(
        (
            Both((normal(above / below), eq(result, fl(above / below)))),
            Both((normal(1 / below), normal(above * fl(1 / below)), eq(result, fl(above * fl(1 / below))))),
        )
    )


def computed(says: Proposition) -> Proposition:
    """``says`` of the weights as they are computed: add, subtract the largest, exponentiate, sum, divide."""
    given = Both(
        (
            *(number(B), each(number(E[J])), each(le(Abs(E[J]), MOST)), le(ZERO, H), lt(H, ONE)),
            eq(BOUND, FURTHER),
        )
    )
    program = Both(
        (
            each(number(EXPONENTIALS[J])),
            each(le(Abs(EXPONENTIALS[J] - exp(REDUCED[J])), H * exp(REDUCED[J]))),
            in_any_order(SUMS, lambda j: EXPONENTIALS[j]),
            each(divided(EXPONENTIALS[J], SUMS[0, N_K], COMPUTED[J])),
        )
    )
    exact = Equation(ALPHA, (J,), exp(E[J]) / total(exp(E[L]), (L, N_K)))
    arrays: tuple[Binder, ...] = tuple(map(Array, (E, EXPONENTIALS, SUMS, COMPUTED)))
    numbers: tuple[Binder, ...] = tuple(map(Number, (B, MOST, H, BOUND)))
    return Every(
        (*FORMAT, Size(N_K), Index(TOP, N_K), *arrays, *numbers),
        If(
            given,
            Where(
                (ADDED,),
                If(
                    each(le(LOGITS[J], LOGITS[TOP])),
                    Where((SUBTRACTED,), If(program, Where((exact,), Every((Index(I, N_K),), says)))),
                ),
            ),
        ),
    )


def power_of_two(value: Expr, exponent: Symbol) -> Proposition:
    """``value`` is 2^exponent or 2^−exponent."""
    return Either((eq(value, Integer(2) ** exponent), eq(value, 1 / Integer(2) ** exponent)))


BIASED: Final = (*FORMAT, Size(N_K), Index(TOP, N_K), Array(E), Number(B))
EXP, REST = Function("f"), Function("W")
LOW, HIGH = ROUNDOFF * B, 3 * ROUNDOFF * B

ROUNDING: Final = (
    Stated(
        "rounded_log_ratio",
        "as computed in a format, u = 2^−p: how far the logarithm of a weight over the exact one is from 0",
        computed(
            Both(
                (
                    lt(ZERO, COMPUTED[I]),
                    le(Abs(log(COMPUTED[I] / ALPHA[I])), 2 * BOUND - (N_K + 1) * log(1 - ROUNDOFF)),
                )
            )
        ),
    ),
    Stated(
        "rounded_weight",
        "and how far the computed weight is from the exact one",
        computed(le(Abs(COMPUTED[I] - ALPHA[I]), tanh(BOUND / 2) + 1 / (1 - ROUNDOFF) ** (N_K + 1) - 1)),
    ),
    Stated(
        "same_bits",
        "where every sum is exact, whatever the program computes from the differences is the same without the bias",
        Every(
            (*BIASED, Map(REST, length=N_K)),
            If(
                each(eq(fl(E[J] + B), E[J] + B)),
                Where(
                    (ADDED, SUBTRACTED, Equation(UNBIASED, (J,), fl(E[J] - E[TOP]))),
                    eq(REST(REDUCED.base), REST(UNBIASED.base)),
                ),
            ),
        ),
    ),
    Stated(
        "exact_sums",
        "a sum of multiples of c = 2^±g is exact up to 2^p c",
        Every(
            (*FORMAT, *(Size(letter, 0) for letter in (G, I_1, I_2, J_1, J_2)), Number(GRID), Number(SCORE), Number(B)),
            If(
                Both(
                    (
                        power_of_two(GRID, G),
                        le(2 * LEAST_NORMAL * ROUNDOFF, GRID),
                        eq(SCORE, (I_1 - I_2) * GRID),
                        eq(B, (J_1 - J_2) * GRID),
                        le(Abs(B) + Abs(SCORE), Integer(2) ** P * GRID),
                    )
                ),
                eq(fl(SCORE + B), SCORE + B),
            ),
        ),
    ),
    Stated(
        "absorbed",
        "once all |e_j| are at most u |b|/2 every sum is rounded to b, and the weights are uniform",
        Every(
            (*BIASED, Map(EXP), Number(SUM), Index(I, N_K), Index(K, N_K)),
            If(
                Both((number(B), each(le(Abs(E[J]), ROUNDOFF * Abs(B) / 2)), ne(SUM, ZERO))),
                Where(
                    (ADDED, SUBTRACTED),
                    Both((eq(LOGITS[I], B), eq(fl(EXP(REDUCED[I]) / SUM), fl(EXP(REDUCED[K]) / SUM)))),
                ),
            ),
        ),
    ),
    Stated(
        "ties",
        "b = 2^±k, scores u b and 3u b: the difference of the sums is off by 1/(1 + 3u) of 2u (|b| + E)",
        Every(
            (*FORMAT, Size(K, 0), Number(B)),
            If(
                Both((power_of_two(B, K), le(LEAST_NORMAL, LOW))),
                Both(
                    (
                        *map(number, (B, LOW, HIGH)),
                        *(eq(fl(LOW + B), B), eq(fl(HIGH + B), B * (1 + 4 * ROUNDOFF))),
                        eq(
                            (fl(HIGH + B) - fl(LOW + B) - (HIGH - LOW)) / (2 * ROUNDOFF * (Abs(B) + HIGH)),
                            1 / (1 + 3 * ROUNDOFF),
                        ),
                    )
                ),
            ),
        ),
    ),
)
