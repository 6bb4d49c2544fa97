"""From which argument on a correctly rounded tanh is 1: behind claims T6 and T7."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Symbol, diff, exp, log, simplify, tanh

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, vanishes

Z = Symbol("z", real=True)
PRECISION = Symbol("p", integer=True, positive=True)
GAP = 2 / (1 + exp(2 * Z))  # 1 − tanh z
MIDDLE = 1 - 2 ** (-PRECISION) / 2
THRESHOLD = log(2 ** (PRECISION + 2) - 1) / 2


def short_of_one(sign: int, expected: Expr) -> bool:
    """``1 − σ tanh z = expected``, which is positive for every real z."""
    return vanishes(1 - sign * tanh(Z) - expected) and bool(expected.is_positive)


def halfway(below: Expr, middle: Expr) -> bool:
    """``middle`` is half way from ``below`` to 1, and ``below`` is (2^p − 1) 2^-p: odd, where 1 is even."""
    odd = simplify(below * 2**PRECISION - (2**PRECISION - 1)) == 0
    return bool(odd) and bool(simplify((below + 1) / 2 - middle) == 0)


def falls(gap: Expr) -> bool:
    """What is missing to 1 falls as z grows: the arguments with less than any level are those above one threshold."""
    return nonnegative(-diff(gap, Z))


def reached_at(threshold: Expr) -> bool:
    """At ``threshold`` exactly half the spacing below 1 is missing."""
    return vanishes(GAP.subs(Z, threshold) - (1 - MIDDLE))


LEMMA = Lemma(
    name="tanh_rounds_to_one",
    title="Where a correctly rounded tanh is 1",
    statement=(
        r"$|\tanh z| < 1$ for every real z. Rounded to nearest with p bits, $\tanh z$ is 1 exactly for "
        r"$z \ge \tfrac12 \ln(2^{p+2} - 1)$, and $-1$ exactly for $z \le -\tfrac12 \ln(2^{p+2} - 1)$."
    ),
    assumptions={"Round to nearest, ties to even.": "rounding"},
    steps=(
        Step("below 1", r"1 - \tanh z => \frac{2}{1 + e^{2z}} > 0", partial(short_of_one, 1, GAP)),
        Step(
            "above −1; tanh is odd, so the negative side is the positive one with the sign changed",
            r"1 + \tanh z => \frac{2}{1 + e^{-2z}} > 0",
            partial(short_of_one, -1, 2 / (1 + exp(-2 * Z))),
        ),
        Step(
            "the number before 1 is 1 − 2^(−p), of odd significand: what lies half way, or above, is rounded to 1",
            r"\tfrac12\left((1 - 2^{-p}) + 1\right) => 1 - 2^{-p-1}",
            partial(halfway, 1 - 2 ** (-PRECISION), MIDDLE),
        ),
        Step(
            "what is missing falls as z grows: one threshold",
            r"\frac{d}{dz} \frac{2}{1 + e^{2z}} => \le 0",
            partial(falls, GAP),
        ),
        Step(
            "half the spacing is missing",
            r"\frac{2}{1 + e^{2z}} = 2^{-p-1} => z = \tfrac12 \ln(2^{p+2} - 1)",
            partial(reached_at, THRESHOLD),
        ),
    ),
    altered={
        "the threshold ½(p + 2) ln 2, which is larger": partial(reached_at, (PRECISION + 2) * log(2) / 2),
        "half a spacing above 1 in place of below": partial(halfway, 1 - 2 * 2 ** (-PRECISION), MIDDLE),
        "1 − tanh z without the factor 2": partial(short_of_one, 1, GAP / 2),
        "tanh itself falls": partial(falls, Integer(1) - GAP),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms",),
)
