"""T6, formally: additive scores are bounded in exact arithmetic, and where 1 is the nearest number to a tanh."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Rational, Symbol, log, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, I, J, Tensor, size
from attnproof.derivations.language.system import total
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
    le,
    lt,
    ne,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import scores

SCORE: Final = scores(FAMILIES["additive"].system.resolve())
NORM: Final = total(Abs(V_HIDDEN[A]), (A, D_A))
UNITS: Final = Tensor("units", "z", (D_A,))  # pre-activations
BOUND, Z = Symbol("B", real=True), Symbol("z", real=True)
PRECISION: Final = size("p")


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
        "nearest_to_1",
        "tanh z is at least half way from 1 − 2^−p, the number before 1, to 1 exactly from ½ ln(2^(p + 2) − 1) on",
        Every(
            (Size(PRECISION), Number(Z)),
            Iff(
                le(1 - Integer(2) ** (-PRECISION) * Rational(1, 2), tanh(Z)),
                le(log(Integer(2) ** (PRECISION + 2) - 1) * Rational(1, 2), Z),
            ),
        ),
    ),
    Stated(
        "nearest_to_1_in_numbers",
        "that is 4.506 in fp16, 3.466 in bf16, 9.011 in fp32 and 19.062 in fp64, rounded up",
        Both(tuple(map(rounded_up, (11, 8, 24, 53), ("4.506", "3.466", "9.011", "19.062")))),
    ),
)

OUTSIDE: Final = (
    "The rounded sum and by how much it can exceed the bound.",
    "The thresholds of NumPy's own tanh.",
    "Rounding itself: the propositions say from where on 1 is the nearest number.",
)
