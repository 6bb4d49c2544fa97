"""A5, formally: tanh of a sum separates, and in which range its exponentials stay."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log, tanh

from attnproof.derivations.attention.separated import DIRECT, SEPARATED
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, I, J, L, Tensor, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Slope,
    Stated,
    Where,
    eq,
    le,
)
from attnproof.derivations.statements._a5_rounding import ROUNDING
from attnproof.derivations.statements._parts import T
from attnproof.derivations.statements._pieces import scores

X, Y = Symbol("x", real=True), Symbol("y", real=True)
BITS: Final = size("m")
FIRST, SECOND = Tensor("first", "A", (), "intermediate"), Tensor("second", "B", (), "intermediate")
BY_EXPONENTIALS: Final = (Equation(FIRST, (), exp(2 * X)), Equation(SECOND, (), exp(2 * Y)))
PRODUCT: Final = FIRST[()] * SECOND[()]
DERIVATIVE: Final = 4 * PRODUCT / (1 + PRODUCT) ** 2
SIZES: Final = (Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A))
INPUTS: Final = (Array(QUERY), Array(KEY), Array(WEIGHT_QUERY), Array(WEIGHT_KEY), Array(V_HIDDEN))

FRACTION: Final = Tensor("fraction", "R", (N_Q, N_K, D_A))  # 1/(1 + A_ia B_ja)
FULL, SHORT = (Tensor(name, name, (N_Q, N_K), "intermediate") for name in ("t", "s"))


def of_two(body: Proposition, *others: Size, given: Proposition | None = None) -> Proposition:
    """``body`` about two real numbers x and y, with A = e^2x and B = e^2y."""
    inside = Where(BY_EXPONENTIALS, body)
    return Every((*others, Number(X), Number(Y)), If(given, inside) if given else inside)


def power(exponent: Expr) -> Expr:
    """``2^exponent``."""
    return Integer(2) ** exponent


def near(bits: Expr) -> Proposition:
    """|x| and |y| are at most ½ bits ln 2."""
    return Both(tuple(le(Abs(each), bits * log(2) * Rational(1, 2)) for each in (X, Y)))


#: by format, the exponent of the range and the decimal that is quoted, forward and backward
QUOTED: Final = tuple(
    le(Rational(decimal), bits * Rational(1, 2) * log(2))
    for bits, decimal in ((14, "4.85"), (126, "43.6"), (1022, "354"), (3, "1.03"), (31, "10.7"), (255, "88.3"))
)

STATEMENT: Final = (
    Stated("separates", "tanh(x + y) = 1 − 2/(1 + A B)", of_two(eq(tanh(X + Y), 1 - 2 / (1 + PRODUCT)))),
    Stated(
        "derivative",
        "its derivative is 4AB/(1 + AB)²",
        of_two(
            Both(
                (
                    Slope(tanh(T + Y), T, X, DERIVATIVE),
                    Slope(tanh(X + T), T, Y, DERIVATIVE),
                )
            )
        ),
    ),
    Stated(
        "same_scores",
        "the additive scores, from one exponential for each unit of a query and of a key",
        Every(
            (*SIZES, *INPUTS),
            Where(
                SEPARATED.equations[:2],
                Every((Index(I, N_Q), Index(J, N_K)), eq(scores(DIRECT), SEPARATED.equations[-1].rhs)),
            ),
        ),
    ),
    Stated(
        "counts",
        "those are (n_q + n_k) d_a exponentials, and n_q n_k d_a reciprocals",
        Every(
            SIZES[:2] + SIZES[4:],
            Both(
                (
                    eq(
                        total(total(Integer(1), (A, D_A)), (I, N_Q)) + total(total(Integer(1), (A, D_A)), (J, N_K)),
                        (N_Q + N_K) * D_A,
                    ),
                    eq(
                        total(total(total(Integer(1), (A, D_A)), (J, N_K)), (I, N_Q)),
                        N_Q * N_K * D_A,
                    ),
                )
            ),
        ),
    ),
    Stated(
        "sum_of_v_left_out",
        "the sum of the v_a may be left out before a softmax",
        Every(
            (Size(N_Q), Size(N_K), Size(D_A), Array(V_HIDDEN), Array(FRACTION)),
            Where(
                (
                    Equation(FULL, (I, J), total(V_HIDDEN[A] * (1 - 2 * FRACTION[I, J, A]), (A, D_A))),
                    Equation(SHORT, (I, J), -2 * total(V_HIDDEN[A] * FRACTION[I, J, A], (A, D_A))),
                ),
                Every(
                    (Index(I, N_Q), Index(J, N_K)),
                    eq(
                        exp(FULL[I, J]) / total(exp(FULL[I, L]), (L, N_K)),
                        exp(SHORT[I, J]) / total(exp(SHORT[I, L]), (L, N_K)),
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "forward_range",
        "for |x|, |y| ≤ ½ m ln 2 both exponentials are from 2^−m to 2^m: normal numbers for m = e_max − 1",
        of_two(
            Both(
                tuple(
                    Both((le(power(-BITS), each.target[()]), le(each.target[()], power(BITS))))
                    for each in BY_EXPONENTIALS
                )
            ),
            Size(BITS),
            given=near(BITS),
        ),
    ),
    Stated(
        "backward_range",
        "there (1 + AB)² and 4AB are at most 2^(4m + 2), the derivative at least 2^−2m: in range for 4m + 2 ≤ e_max",
        of_two(
            Both(
                (
                    le((1 + PRODUCT) ** 2, power(4 * BITS + 2)),
                    le(4 * PRODUCT, power(4 * BITS + 2)),
                    le(power(-2 * BITS), DERIVATIVE),
                )
            ),
            Size(BITS),
            given=near(BITS),
        ),
    ),
    Stated(
        "ranges_in_numbers",
        "½ m ln 2 for m = 14, 126, 1022 (forward) and 3, 31, 255 (backward)",
        Both(QUOTED),
    ),
    Stated(
        "overflow",
        "for x + y ≥ ½ (e_max + 2) ln 2 the product AB is at least 2^(e_max + 2)",
        of_two(
            le(power(BITS + 2), PRODUCT),
            Size(BITS),
            given=le((BITS + 2) * log(2) * Rational(1, 2), X + Y),
        ),
    ),
    Stated(
        "overflow_in_numbers",
        "which is 5.90 or less in fp16, e_max = 15",
        le(17 * log(2) * Rational(1, 2), Rational("5.90")),
    ),
    *ROUNDING,
)

OUTSIDE: Final = ()
