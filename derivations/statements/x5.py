"""X5, formally: what no additive score without bias comes near, and the product of two numbers by four with one."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, A, D, F, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Every,
    If,
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
)

QUERY: Final = Tensor("query", "s", (D_Q,))
KEY: Final = Tensor("key", "h", (D_K,))
OTHER: Final = Tensor("other_key", "l", (D_K,))
E: Final = Tensor("score", "e", (N_K,))
NEAR: Final = Tensor("near_score", "f", (N_K,))
FIRST: Final = Tensor("weights", "alpha", (N_K,), "intermediate")
SECOND: Final = Tensor("near_weights", "beta", (N_K,), "intermediate")
SCORE: Final = {  # of the key and of the other, at the query and with every sign changed
    name: Tensor(name, f"e_{name}", (), "intermediate") for name in ("plus", "minus", "other", "other_minus")
}
F_PLUS, F_MINUS, EPSILON, X, Y, RADIUS, STEP, BIAS, SHIFT = (
    Symbol(letter, real=True) for letter in ("f_plus", "f_minus", "epsilon", "x", "y", "R_max", "h", "b", "c")
)
UNITS: Final = Integer(4)
WEIGHT_X, WEIGHT_Y, BIASES, OUTPUT = (Tensor(f"four_{x}", x, (UNITS,)) for x in ("w_x", "w_y", "b", "v"))
ZERO: Final = Integer(0)
RATE: Final = Rational(82, 45)


def score(key: Tensor, sign: int) -> Expr:
    """The score as written, without bias; of minus the query and minus the key for sign −1."""
    inside = total(WEIGHT_QUERY[A, R] * sign * QUERY[R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * sign * key[F], (F, D_K))
    return total(V_HIDDEN[A] * tanh(inside), (A, D_A))


def at_scores(*names: str) -> tuple[Equation, ...]:
    """The scores, each by its letter."""
    return tuple(
        Equation(SCORE[name], (), score(OTHER if "other" in name else KEY, -1 if "minus" in name else 1))
        for name in names
    )


def for_every(*more: Array | Number, body: Proposition) -> Proposition:
    """For all sizes, weights, queries and keys."""
    arrays = (WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN, QUERY, KEY)
    return Every((Size(D_A), Size(D_Q), Size(D_K), *map(Array, arrays), *more), body)


def within(value: Expr, of: Expr) -> Compare:
    """``|value − of| ≤ ε``."""
    return le(Abs(value - of), EPSILON)


def near(x: Tensor, y: Tensor) -> Proposition:
    """Every score within ε of the other."""
    return Every((Index(J, N_K),), le(Abs(x[J] - y[J]), EPSILON))


def weights(target: Tensor, scores: Tensor, shift: Expr = ZERO) -> Equation:
    """Softmax."""
    return Equation(target, (J,), exp(scores[J] + shift) / total(exp(scores[L] + shift), (L, N_K)))


PLUS, MINUS, THERE, THERE_MINUS = (SCORE[name][()] for name in ("plus", "minus", "other", "other_minus"))
PRODUCT: Final = (
    tanh(BIAS + STEP * (X - Y))
    + tanh(BIAS - STEP * (X - Y))
    - tanh(BIAS + STEP * (X + Y))
    - tanh(BIAS - STEP * (X + Y))
) / (3 * STEP**2)
ON_SQUARE: Final = Both((lt(ZERO, STEP), le(Abs(X), RADIUS), le(Abs(Y), RADIUS)))
DOT_QUERY, DOT_KEY, DOT_OTHER = (Tensor(f"dot_{x}", x, (D,)) for x in ("s", "h", "l"))

STATEMENT: Final = (
    Stated(
        "odd_without_bias",
        "as written the score is odd",
        for_every(body=Where(at_scores("plus", "minus"), eq(MINUS, -PLUS))),
    ),
    Stated(
        "even_part_out_of_reach",
        "a score within epsilon of f at a point and at its opposite: half the sum of f at the two is within epsilon",
        for_every(
            *map(Number, (F_PLUS, F_MINUS, EPSILON)),
            body=Where(
                at_scores("plus", "minus"),
                If(Both((within(F_PLUS, PLUS), within(F_MINUS, MINUS))), le(Abs(F_PLUS + F_MINUS) / 2, EPSILON)),
            ),
        ),
    ),
    Stated(
        "log_odds_out_of_reach",
        "and so for the log-odds of two keys",
        for_every(
            Array(OTHER),
            *map(Number, (F_PLUS, F_MINUS, EPSILON)),
            body=Where(
                at_scores("plus", "minus", "other", "other_minus"),
                If(
                    Both((within(F_PLUS, PLUS - THERE), within(F_MINUS, MINUS - THERE_MINUS))),
                    le(Abs(F_PLUS + F_MINUS) / 2, EPSILON),
                ),
            ),
        ),
    ),
    Stated(
        "dot_product_out_of_reach",
        "log-odds within epsilon of the dot product's: the size of s.(h - h') is at most epsilon",
        Every(
            (
                Size(D_A),
                Size(D),
                *map(
                    Array,
                    (
                        WEIGHT_Q := Tensor("weight_query", "W_s", (D_A, D)),
                        WEIGHT_K := Tensor("weight_key", "W_h", (D_A, D)),
                        V_HIDDEN,
                        DOT_QUERY,
                        DOT_KEY,
                        DOT_OTHER,
                    ),
                ),
                Number(EPSILON),
            ),
            Where(
                tuple(
                    Equation(
                        SCORE[name],
                        (),
                        total(
                            V_HIDDEN[A]
                            * tanh(
                                total(WEIGHT_Q[A, R] * sign * DOT_QUERY[R], (R, D))
                                + total(WEIGHT_K[A, F] * sign * key[F], (F, D))
                            ),
                            (A, D_A),
                        ),
                    )
                    for name, key, sign in (
                        ("plus", DOT_KEY, 1),
                        ("minus", DOT_KEY, -1),
                        ("other", DOT_OTHER, 1),
                        ("other_minus", DOT_OTHER, -1),
                    )
                ),
                If(
                    Both(
                        (
                            within(total(DOT_QUERY[R] * (DOT_KEY[R] - DOT_OTHER[R]), (R, D)), PLUS - THERE),
                            within(total(DOT_QUERY[R] * (DOT_KEY[R] - DOT_OTHER[R]), (R, D)), MINUS - THERE_MINUS),
                        )
                    ),
                    le(Abs(total(DOT_QUERY[R] * (DOT_KEY[R] - DOT_OTHER[R]), (R, D))), EPSILON),
                ),
            ),
        ),
    ),
    Stated(
        "weights_within_factor",
        "scores within epsilon: weights within the factor exp(2 epsilon)",
        Every(
            (Size(N_K), Array(E), Array(NEAR), Number(EPSILON)),
            If(
                near(NEAR, E),
                Where(
                    (weights(FIRST, E), weights(SECOND, NEAR)),
                    Every(
                        (Index(J, N_K),),
                        Both(
                            (
                                le(exp(-2 * EPSILON) * FIRST[J], SECOND[J]),
                                le(SECOND[J], exp(2 * EPSILON) * FIRST[J]),
                            )
                        ),
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "term_in_query_alone_drops_out",
        "a term that does not depend on the key never changes the weights",
        Every(
            (Size(N_K), Array(E), Number(SHIFT)),
            Where((weights(FIRST, E), weights(SECOND, E, SHIFT)), Every((Index(J, N_K),), eq(SECOND[J], FIRST[J]))),
        ),
    ),
    Stated(
        "product_by_four_units",
        "a product of two numbers by four units with the bias artanh(1/2)",
        Every(
            tuple(map(Number, (X, Y, STEP, RADIUS, BIAS))),
            If(eq(BIAS, log(3) / 2), If(ON_SQUARE, le(Abs(PRODUCT - X * Y), RATE * STEP**2 * RADIUS**4))),
        ),
    ),
    Stated(
        "product_by_score",
        "so for every step h there is a score of four units with a bias that is as near on the whole square",
        Every(
            (Number(STEP), Number(RADIUS)),
            If(
                lt(ZERO, STEP),
                Some(
                    tuple(map(Array, (OUTPUT, WEIGHT_X, WEIGHT_Y, BIASES))),
                    Every(
                        (Number(X), Number(Y)),
                        If(
                            Both((le(Abs(X), RADIUS), le(Abs(Y), RADIUS))),
                            le(
                                Abs(
                                    total(OUTPUT[A] * tanh(BIASES[A] + WEIGHT_X[A] * X + WEIGHT_Y[A] * Y), (A, UNITS))
                                    - X * Y
                                ),
                                RATE * STEP**2 * RADIUS**4,
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = (
    "Density: that with a bias every continuous f, without one every odd one, is approximated.",
    "That the distances are attained: the propositions say that nothing is nearer.",
)
