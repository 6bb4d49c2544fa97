"""T6: additive scores are bounded by the sum of the |v_a|: strictly in exact arithmetic, not quite in a program."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Rational, Symbol, diff, exp, log, symbols, tanh

from derivations.claim import Claim, Step
from derivations.claims.reasoning import no_minus, nonnegative, tends_to, vanishes
from derivations.claims.separated import FORMATS
from derivations.identities import identity, put
from derivations.notation import D_A, A, I, J, Tensor
from derivations.scores import FAMILIES
from derivations.system import total
from derivations.tensors import PREACTIVATION, V_HIDDEN

SCORE = FAMILIES["additive"].system.resolve().equations[-1].rhs
SIZE = Tensor("size", "w", (D_A,))  # |v_a|
SIGN = Tensor("sign", "sigma", (D_A,))  # v_a = σ_a |v_a|
SIGNED = put(SCORE, V_HIDDEN, lambda a: SIGN[a] * SIZE[a])

Z = Symbol("z", real=True)
GROWING = Symbol("z_+", positive=True)
PRECISION = Symbol("p", integer=True, positive=True)
UNIT, FIRST, SECOND, LESS, MORE = symbols("u V w f r", nonnegative=True)

THRESHOLD = log(2 ** (PRECISION + 2) - 1) / 2
#: by format, the threshold's enclosure
THRESHOLDS = {
    "fp16": (Rational(45053, 10000), Rational(45054, 10000)),
    "bf16": (Rational(34652, 10000), Rational(34653, 10000)),
    "fp32": (Rational(90109, 10000), Rational(90110, 10000)),
    "fp64": (Rational(190615, 10000), Rational(190616, 10000)),
}


def short_of_one(sign: int, expected: Expr) -> bool:
    """``1 − σ tanh z = expected``, which is positive for every real z."""
    return vanishes(1 - sign * tanh(Z) - expected) and bool(expected.is_positive)


def approached(gap: Expr) -> bool:
    """What is missing to the bound tends to 0 as z grows."""
    return tends_to(gap.subs(Z, GROWING), GROWING, Integer(0))


def rounds_to_one(threshold: Expr) -> bool:
    """``1 − tanh z = 2/(1 + e^(2z))`` falls with z and is half the spacing below 1, 2^(-p-1), exactly at ``threshold``."""
    gap = 2 / (1 + exp(2 * Z))
    falling = nonnegative(-diff(gap, Z))
    return falling and vanishes(gap.subs(Z, threshold) - 2 ** (-PRECISION) / 2)


def threshold_in(name: str, low: Rational, high: Rational) -> bool:
    """The threshold of a format lies within [low, high]: ``e^(2 low) <= 2^(p+2) − 1 <= e^(2 high)``."""
    edge = Integer(2) ** (FORMATS[name][0] + 2) - 1
    return bool(exp(2 * low) <= edge) and bool(edge <= exp(2 * high))


def sums_grow(bound: Expr) -> bool:
    """Two rounded partial sums, of sizes V(1 + f + r) and w(1 + f) at most, and one more rounding: at most ``bound``."""
    size = (FIRST * (1 + LESS + MORE) + SECOND * (1 + LESS)) * (1 + UNIT)
    return no_minus(bound - size, UNIT, FIRST, SECOND, LESS, MORE)


def exceeds(addend: Expr) -> bool:
    """``1 + addend`` is nearer than half a spacing, 2^-p, to ``1 + 2^(1-p)`` and below it: the rounded sum is the larger one."""
    missing = 2 ** (1 - PRECISION) - addend
    positive = bool((missing * 2**PRECISION).expand().is_positive)
    return positive and bool((1 - missing * 2**PRECISION).expand().is_positive)


def exceeds_in_double(values: tuple[float, float]) -> bool:
    """Python's float sum, correctly rounded, is larger than the exact sum."""
    return bool(Rational(values[0] + values[1]) > Rational(values[0]) + Rational(values[1]))


CLAIM = Claim(
    id="T6",
    title="Additive scores are bounded",
    usual="|e| is at most the sum of the |v_a|.",
    statement=(
        r"In exact arithmetic $|e| < \|v\|_1$ for $v \ne 0$, strictly; as a function of the pre-activations nothing smaller bounds it. In "
        r"precision p with correctly rounded tanh the bound is attained: tanh z is rounded to 1 exactly from $z = \tfrac12 \ln(2^{p+2} - 1)$ "
        r"on (4.505 in fp16, 3.465 in bf16, 9.011 in fp32, 19.06 in fp64). The rounded products stay within $|v_a|$, their sum can exceed "
        r"$\|v\|_1$, by a factor of at most $(1 + u)^{d_a - 1}$, and with two units it does."
    ),
    assumptions=(
        "Real query, key and parameters of any sizes, the score without a further bias.",
        "In programs, tanh and each operation are correctly rounded, to nearest with ties to even, without overflow.",
        "In programs, each product is rounded, then added to others two at a time, in any order; u = 2^(−p).",
    ),
    steps=(
        identity(
            "with v_a = σ_a w_a, w_a = |v_a|, σ_a = ±1: what is missing to the bound (with −σ in place of σ: to the lower one)",
            total(SIZE[A], (A, D_A)) - SIGNED,
            total(SIZE[A] * (1 - SIGN[A] * tanh(PREACTIVATION[I, J, A])), (A, D_A)),
        ),
        Step(
            "each bracket is positive, σ = 1",
            r"1 - \tanh z",
            r"\frac{2}{1 + e^{2z}} > 0",
            partial(short_of_one, 1, 2 / (1 + exp(2 * Z))),
        ),
        Step(
            "each bracket is positive, σ = −1",
            r"1 + \tanh z",
            r"\frac{2}{1 + e^{-2z}} > 0",
            partial(short_of_one, -1, 2 / (1 + exp(-2 * Z))),
        ),
        Step(
            "as every σ_a z_a grows each bracket tends to 0: the bound is the least one",
            r"\lim_{z\to\infty} \frac{2}{1 + e^{2z}}",
            "0",
            partial(approached, 2 / (1 + exp(2 * Z))),
        ),
        Step(
            "tanh falls short of 1 by half the spacing below 1; the tie goes to 1, which is even",
            r"\frac{2}{1 + e^{2z}} \le 2^{-p-1}",
            r"z \ge \tfrac12 \ln(2^{p+2} - 1)",
            partial(rounds_to_one, THRESHOLD),
        ),
        *(
            Step(
                f"the threshold in {name}, p = {FORMATS[name][0]}",
                rf"\tfrac12 \ln(2^{{{FORMATS[name][0] + 2}}} - 1)",
                rf"\in [{float(low)}, {float(high)}]",
                partial(threshold_in, name, low, high),
            )
            for name, (low, high) in THRESHOLDS.items()
        ),
        Step(
            "|fl(tanh z)| ≤ 1 and rounding is monotone, so products stay within |v_a|; each sum of two adds one factor 1 + u at most",
            r"(V(1 + f + r) + w(1 + f))(1 + u)",
            r"\le (V + w)(1 + f + r)(1 + u)",
            partial(sums_grow, (FIRST + SECOND) * (1 + LESS + MORE) * (1 + UNIT)),
        ),
        Step(
            "v = (1, 3·2^{-p-1}), both tanh rounded to 1: the rounded sum is larger than the exact one, in every precision",
            r"\mathrm{fl}(1 + 3 \cdot 2^{-p-1}) = 1 + 2^{1-p}",
            r"> 1 + 3 \cdot 2^{-p-1}",
            partial(exceeds, 3 * 2 ** (-PRECISION) / 2),
        ),
        Step(
            "the same in double precision, executed",
            r"\mathrm{fl}(1 + 3 \cdot 2^{-54})",
            r"> 1 + 3 \cdot 2^{-54}",
            partial(exceeds_in_double, (1.0, 3 * 2.0**-54)),
        ),
    ),
    if_proved="qualified",
    scores=("additive", "concat"),
    tables=("saturation",),
    counterexample=(
        "import numpy as np\n"
        "from fractions import Fraction\n"
        "v, z = np.array([1.0, 3 * 2.0**-54]), np.array([20.0, 20.0])\n"
        "e = float(v @ np.tanh(z))\n"
        "print(Fraction(e) > sum(map(Fraction, v.tolist())))  # True: the computed score is larger than the exact sum of |v|"
    ),
    references=(FAMILIES["additive"].source, "Higham 2002, Accuracy and Stability of Numerical Algorithms"),
)
