"""X6, formally: a bilinear score of rank m by 4 m tanh units, what that costs, and what no number of units does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sympy import Abs, Expr, Function, Integer, Rational, Symbol, log, sqrt, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, R, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Index,
    Map,
    Not,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._rounding import E_MAX, ROUNDOFF, P, fl, in_any_order, parts

RANK: Final = size("m")  # the letter r is a feature of the query
B: Final = index("b")  # one of the products
FOUR: Final = Integer(4)
UNITS: Final = FOUR * RANK
LEFT: Final = Tensor("left", "X", (RANK, D_Q))
RIGHT: Final = Tensor("right", "Y", (RANK, D_K))
QUERY: Final = Tensor("query", "q", (D_Q,))
KEY: Final = Tensor("key", "k", (D_K,))
OUTPUT: Final = Tensor("v", "v", (UNITS,))
WEIGHT_QUERY: Final = Tensor("weight_query", "W_s", (UNITS, D_Q))
WEIGHT_KEY: Final = Tensor("weight_key", "W_h", (UNITS, D_K))
V: Final = Tensor("output", "v", (D_A,))
W_X, W_Y, BIAS = (Tensor(name, letter, (D_A,)) for name, letter in (("on_x", "w_x"), ("on_y", "w_y"), ("bias", "b")))
AT: Final = Tensor("preactivation", "z", (D_A,))
COMPUTED: Final = Tensor("computed_unit", "t", (D_A,))
FACTOR: Final = Tensor("factor", "f", (D_A,))
FOUR_AT, FOUR_V = Tensor("argument", "z", (FOUR,)), Tensor("output", "v", (FOUR,))
TERMS: Final = Tensor("terms", "w", (FOUR,), "intermediate")
SUMS: Final = parts("sums", "S", FOUR)
H, RADIUS, EPSILON, X, Y, C, SIZE, GAMMA, KAPPA, T, LOW, HIGH, MOST = (
    Symbol(letter, real=True)
    for letter in ("h", "R_max", "epsilon", "x", "y", "c", "beta", "gamma", "kappa", "t", "x_low", "x_high", "M")
)
FIRST, SECOND = Function("f"), Function("g")
TANH: Final = Function("T")
ZERO, ONE = Integer(0), Integer(1)
CENTRE: Final = log(3) / 2
MISSED: Final = Rational(82, 45) * RANK * H**2 * RADIUS**4  # at most, in real numbers
ROUNDED: Final = 4 * RANK * KAPPA / (3 * H**2)  # at most, by rounding
LEAST: Final = 2 * RANK * RADIUS**2 * sqrt(Rational(328, 135) * KAPPA)
BEST: Final = eq(H**4 * RADIUS**4, 30 * KAPPA / 41)  # h is (30 kappa/41)^(1/4)/R


def left(b: Expr) -> Expr:
    """``X_b q``."""
    return total(LEFT[b, R] * QUERY[R], (R, D_Q))


def right(b: Expr) -> Expr:
    """``Y_b k``."""
    return total(RIGHT[b, F] * KEY[F], (F, D_K))


BILINEAR: Final = total(QUERY[R] * total(LEFT[B, R] * RIGHT[B, F], (B, RANK)) * KEY[F], (R, D_Q), (F, D_K))
SCORE: Final = total(
    OUTPUT[A]
    * tanh(CENTRE + total(WEIGHT_QUERY[A, R] * QUERY[R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * KEY[F], (F, D_K))),
    (A, UNITS),
)
ON_THE_SET: Final = Every((Index(B, RANK),), Both((le(Abs(left(B)), RADIUS), le(Abs(right(B)), RADIUS))))


def imitated(weight: Expr, error: Expr) -> Proposition:
    """There are 4 m units, of output weights of this size whose signs cancel, within ``error`` on the whole set."""
    near = Every((Array(QUERY), Array(KEY)), If(ON_THE_SET, le(Abs(SCORE - BILINEAR), error)))
    sizes = Every((Index(A, UNITS),), eq(Abs(OUTPUT[A]), weight))
    cancel = eq(total(OUTPUT[A], (A, UNITS)), ZERO)
    return Some(tuple(map(Array, (OUTPUT, WEIGHT_QUERY, WEIGHT_KEY))), Both((sizes, cancel, near)))


def for_factors(*numbers: Symbol, body: Proposition) -> Proposition:
    """For every rank, all widths and all factors."""
    return Every((Size(RANK), Size(D_Q), Size(D_K), Array(LEFT), Array(RIGHT), *map(Number, numbers)), body)


def units(x: Expr, y: Expr) -> Expr:
    """A score of any number of units of two numbers."""
    return total(V[A] * tanh(BIAS[A] + W_X[A] * x + W_Y[A] * y), (A, D_A))


def for_units(*more: Number | Map, body: Proposition) -> Proposition:
    """For any number of units."""
    return Every((Size(D_A), *map(Array, (V, W_X, W_Y, BIAS)), *more), body)


def on_set(f: Callable[[Expr], Expr], g: Callable[[Expr], Expr]) -> Proposition:
    """On a set on which the product is unbounded no score stays near it; the points are ``(f t, g t)``."""
    unbounded = Every((Number(MOST),), Some((Number(T),), lt(MOST, Abs(f(T) * g(T)))))
    far = Every((Number(EPSILON),), Some((Number(T),), lt(EPSILON, Abs(units(f(T), g(T)) - f(T) * g(T)))))
    return If(unbounded, far)


NORM: Final = total(Abs(V[A]), (A, D_A))

STATEMENT: Final = (
    Stated(
        "imitated",
        "4 m units with the bias artanh(1/2) for rank m on a bounded set, for every step h: error and output weights",
        for_factors(H, RADIUS, body=If(lt(ZERO, H), imitated(1 / (3 * H**2), MISSED))),
    ),
    Stated(
        "as_closely_as_you_like",
        "so for every error epsilon, and the weights that it costs",
        for_factors(
            EPSILON,
            RADIUS,
            body=If(
                Both((lt(ZERO, EPSILON), lt(ZERO, RADIUS))),
                imitated(Rational(82, 135) * RANK * RADIUS**4 / EPSILON, EPSILON),
            ),
        ),
    ),
    Stated(
        "rounding_adds",
        "each computed tanh off by c at most, each term by a factor within 1 - gamma and 1 + gamma: what rounding adds",
        Every(
            (
                Size(RANK),
                Array(at := Tensor("at", "z", (UNITS,))),
                Array(computed := Tensor("unit", "t", (UNITS,))),
                Array(factor := Tensor("factor", "f", (UNITS,))),
                Array(OUTPUT),
                *map(Number, (H, C, GAMMA)),
            ),
            If(
                Both(
                    (
                        lt(ZERO, H),
                        Every(
                            (Index(A, UNITS),),
                            Both(
                                (
                                    eq(Abs(OUTPUT[A]), 1 / (3 * H**2)),
                                    le(Abs(computed[A] - tanh(at[A])), C),
                                    le(Abs(factor[A] - 1), GAMMA),
                                )
                            ),
                        ),
                    )
                ),
                le(
                    Abs(
                        total(OUTPUT[A] * computed[A] * factor[A], (A, UNITS))
                        - total(OUTPUT[A] * tanh(at[A]), (A, UNITS))
                    ),
                    ROUNDED.subs(KAPPA, C + GAMMA + C * GAMMA),
                ),
            ),
        ),
    ),
    Stated(
        "best_step",
        "the sum of the two bounds is least at (30 kappa/41)^(1/4)/R, where it is of the order of the root of kappa",
        Every(
            (Size(RANK), *map(Number, (KAPPA, RADIUS, H))),
            If(
                Both((lt(ZERO, KAPPA), lt(ZERO, RADIUS), lt(ZERO, H))),
                Both((le(LEAST, MISSED + ROUNDED), If(BEST, eq(MISSED + ROUNDED, LEAST)))),
            ),
        ),
    ),
    Stated(
        "best_step_in_fp32",
        "in fp32, R = 1, kappa from 7 u to 14 u: a step of 0.02 to 0.03",
        Every(
            (Number(KAPPA), Number(H)),
            If(
                Both(
                    (
                        le(7 / Integer(2) ** 24, KAPPA),
                        le(KAPPA, 14 / Integer(2) ** 24),
                        lt(ZERO, H),
                        eq(H**4, 30 * KAPPA / 41),
                    )
                ),
                Both((le(Rational(2, 100), H), le(H, Rational(3, 100)))),
            ),
        ),
    ),
    Stated(
        "lost_in_the_bias",
        "a step below u/(4 R) is lost in the bias, and the computed score of the four units is 0, in any order",
        Every(
            (
                Size(P, 5),
                Size(E_MAX, 2),
                *map(Number, (H, RADIUS, SIZE)),
                Array(FOUR_AT),
                Array(FOUR_V),
                Map(TANH),
                Array(SUMS),
            ),
            If(
                Both(
                    (
                        lt(ZERO, RADIUS),
                        lt(ZERO, H),
                        lt(H, ROUNDOFF / (4 * RADIUS)),
                        Every(
                            (Index(A, FOUR),),
                            Both(
                                (le(Abs(FOUR_AT[A]), 2 * RADIUS), Either((eq(FOUR_V[A], SIZE), eq(FOUR_V[A], -SIZE))))
                            ),
                        ),
                        eq(total(FOUR_V[A], (A, FOUR)), ZERO),
                    )
                ),
                Both(
                    (
                        Every((Index(A, FOUR),), eq(fl(fl(CENTRE) + H * FOUR_AT[A]), fl(CENTRE))),
                        Where(
                            (Equation(TERMS, (A,), fl(FOUR_V[A] * TANH(fl(fl(CENTRE) + H * FOUR_AT[A])))),),
                            If(in_any_order(SUMS, lambda a: TERMS[a]), eq(SUMS[ZERO, FOUR], ZERO)),
                        ),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "never_exact",
        "no finite number of units is exact on any interval of x = y",
        for_units(
            Number(LOW),
            Number(HIGH),
            body=If(
                lt(LOW, HIGH),
                Not(Every((Number(X),), If(Both((lt(LOW, X), lt(X, HIGH))), eq(units(X, X), X**2)))),
            ),
        ),
    ),
    Stated(
        "far_on_unbounded_sets",
        "nor near on a set on which the product is unbounded",
        for_units(Map(FIRST), Map(SECOND), body=on_set(FIRST, SECOND)),
    ),
    Stated(
        "weights_needed",
        "within epsilon on the square only with output weights of R^2 - epsilon together",
        for_units(
            Number(EPSILON),
            Number(RADIUS),
            body=If(
                Both(
                    (
                        le(ZERO, RADIUS),
                        Every(
                            (Number(X), Number(Y)),
                            If(
                                Both((le(Abs(X), RADIUS), le(Abs(Y), RADIUS))),
                                le(Abs(units(X, Y) - X * Y), EPSILON),
                            ),
                        ),
                    )
                ),
                le(RADIUS**2 - EPSILON, NORM),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
