"""T6: additive scores are bounded by the sum of the |v_a|: strictly in exact arithmetic, not quite in a program."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Rational, ceiling, exp, factor, symbols, tanh, together

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.language.notation import D_A, A, I, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import PREACTIVATION, V_HIDDEN
from attnproof.derivations.lemmas.tanh_rounds_to_one import GAP, PRECISION, THRESHOLD, Z
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.reasoning import no_minus, tends_to
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

SCORE = FAMILIES["additive"].system.resolve().equations[-1].rhs
SIZE = Tensor("size", "w", (D_A,))  # |v_a|
SIGN = Tensor("sign", "sigma", (D_A,))  # v_a = σ_a |v_a|
SIGNED = put(SCORE, V_HIDDEN, lambda a: SIGN[a] * SIZE[a])

GROWING = symbols("z_+", positive=True)
UNIT, FIRST, SECOND, LESS, MORE = symbols("u V w f r", nonnegative=True)

#: by format, two numbers that the threshold lies between, as SymPy evaluates it
THRESHOLDS = {
    "fp16": (Rational(45053, 10000), Rational(45054, 10000)),
    "bf16": (Rational(34652, 10000), Rational(34653, 10000)),
    "fp32": (Rational(90109, 10000), Rational(90110, 10000)),
    "fp64": (Rational(190615, 10000), Rational(190616, 10000)),
}


def bracket_is_positive(*brackets: Expr) -> bool:
    """Every bracket, written in exponentials, is positive."""
    return all(bool(factor(together(bracket.rewrite(exp))).is_positive) for bracket in brackets)


def approached(gap: Expr) -> bool:
    """What is missing to the bound tends to 0 as z grows."""
    return tends_to(gap.subs(Z, GROWING), GROWING, Integer(0))


def threshold_in(name: str, low: Rational, high: Rational) -> bool:
    """The threshold of a format lies within [low, high]: ``e^(2 low) <= 2^(p+2) − 1 <= e^(2 high)``."""
    edge = exp(2 * THRESHOLD).subs(PRECISION, FORMATS[name][0])
    return bool(exp(2 * low) <= edge) and bool(edge <= exp(2 * high))


def one_from(name: str) -> str:
    """The threshold of a format, rounded up to three decimals."""
    return str(float(ceiling(THRESHOLDS[name][1] * 1000) / 1000))


def sums_grow(bound: Expr) -> bool:
    """Two rounded partial sums, at most V(1 + f + r) and w(1 + f), and one more rounding: at most ``bound``."""
    size = (FIRST * (1 + LESS + MORE) + SECOND * (1 + LESS)) * (1 + UNIT)
    return no_minus(bound - size, UNIT, FIRST, SECOND, LESS, MORE)


def roundings_add(first: Expr, second: Expr, together: Expr) -> bool:
    """At most ``first`` and ``second`` roundings in two parts, one for their sum: at most ``together`` (f, r >= 0)."""
    return all(no_minus(together - 1 - part, LESS, MORE) for part in (first, second))


def exceeds(addend: Expr) -> bool:
    """``1 + addend`` is below ``1 + 2^(1-p)`` and nearer to it than half a spacing, 2^-p: the rounded sum is larger."""
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
    headline=(
        f"Strictly in exact arithmetic; a correctly rounded tanh is ±1 from {one_from('fp32')} (fp32) and "
        f"{one_from('fp64')} (fp64) on, NumPy's, as measured, from 10.0 and 18.99, and a rounded sum can exceed `‖v‖₁`."
    ),
    statement=(
        r"In exact arithmetic $|e| < \|v\|_1$ for $v \ne 0$, strictly; as a function of the pre-activations nothing "
        r"smaller bounds it. In precision p with correctly rounded tanh the bound is attained where "
        r"every tanh is rounded to the sign of its $v_a$ and the sum is exact: tanh z is rounded to 1 "
        r"exactly from $z = \tfrac12 \ln(2^{p+2} - 1)$ "
        rf"on ({', '.join(f'{one_from(name)} in {name}' for name in THRESHOLDS)}). The "
        r"rounded products stay within $|v_a|$, their sum can exceed $\|v\|_1$, by a factor of at most "
        r"$(1 + u)^{d_a - 1}$, and with two units it does."
    ),
    assumptions={
        "Real query, key and parameters of any sizes, the score without a further bias.": "domain",
        "In programs, tanh and all operations are correctly rounded, ties to even, no overflow; v is of the "
        "format.": "rounding",
        "In programs, products are rounded, then added two at a time in any order; u = 2^(−p).": "rounding",
    },
    steps=(
        identity(
            "v_a = σ_a w_a, w_a = |v_a|, σ_a = ±1: what is missing to the bound (with −σ for σ: to the lower one)",
            total(SIZE[A], (A, D_A)) - SIGNED,
            total(SIZE[A] * (1 - SIGN[A] * tanh(PREACTIVATION[I, J, A])), (A, D_A)),
        ),
        Step(
            "each bracket is positive for σ = ±1, since |tanh| < 1; so is each w_a > 0 times it",
            r"w (1 \mp \tanh z) => > 0",
            partial(bracket_is_positive, 1 - tanh(Z), 1 + tanh(Z)),
            uses=("tanh_rounds_to_one",),
        ),
        Step(
            "as every σ_a z_a grows each bracket tends to 0: the bound is the least one",
            r"\lim_{z\to\infty} \frac{2}{1 + e^{2z}} => 0",
            partial(approached, GAP),
        ),
        *(
            Step(
                f"the threshold in {name}, p = {FORMATS[name][0]}",
                rf"\tfrac12 \ln(2^{{{FORMATS[name][0] + 2}}} - 1) => \in [{float(low)}, {float(high)}]",
                partial(threshold_in, name, low, high),
                uses=("tanh_rounds_to_one",),
            )
            for name, (low, high) in THRESHOLDS.items()
        ),
        Step(
            "|fl(tanh z)| ≤ 1, rounding is monotone: products stay within |v_a|; each sum adds a factor 1 + u at most",
            r"(V(1 + f + r) + w(1 + f))(1 + u) => \le (V + w)(1 + f + r)(1 + u)",
            partial(sums_grow, (FIRST + SECOND) * (1 + LESS + MORE) * (1 + UNIT)),
        ),
        Step(
            "m and k terms take at most m − 1 and k − 1 factors, by induction; their sum m + k − 1 (m = 1 + f, k = 1 + "
            "r)",
            r"\max(m - 1, k - 1) + 1 => \le m + k - 1",
            partial(roundings_add, LESS, MORE, LESS + MORE + 1),
        ),
        Step(
            "v = (1, 3·2^{-p-1}), both tanh rounded to 1: the rounded sum exceeds the exact one, in every precision",
            r"\mathrm{fl}(1 + 3 \cdot 2^{-p-1}) = 1 + 2^{1-p} => > 1 + 3 \cdot 2^{-p-1}",
            partial(exceeds, 3 * 2 ** (-PRECISION) / 2),
            refutes=True,
        ),
        Step(
            "the same in double precision, executed",
            r"\mathrm{fl}(1 + 3 \cdot 2^{-54}) => > 1 + 3 \cdot 2^{-54}",
            partial(exceeds_in_double, (1.0, 3 * 2.0**-54)),
            refutes=True,
        ),
    ),
    altered={
        "a smaller bound, by a millionth of each |v_a|": partial(approached, GAP + Rational(1, 10**6)),
        "the sum of the v_a without their signs": Equal(
            total(SIZE[A], (A, D_A)) - SIGNED,
            total(SIZE[A] * (1 - tanh(PREACTIVATION[I, J, A])), (A, D_A)),
        ).holds,
        "the threshold of fp16 in bf16": partial(threshold_in, "bf16", *THRESHOLDS["fp16"]),
        "sums that no rounding enlarges": partial(sums_grow, (FIRST + SECOND) * (1 + LESS + MORE)),
        "a tie, 1 + 2^(−p), exceeds the bound too": partial(exceeds, 2 ** (-PRECISION)),
    },
    scores=("additive", "concat"),
    tables=("saturation",),
    counterexample=(
        "import numpy as np\n"
        "from fractions import Fraction\n"
        "v, z = np.array([1.0, 3 * 2.0**-54]), np.array([20.0, 20.0])\n"
        "e = float(v @ np.tanh(z))\n"
        "print(Fraction(e) > sum(map(Fraction, v.tolist())))  # True: the computed score is larger than the exact sum "
        "of |v|"
    ),
    references=(FAMILIES["additive"].source, "Higham 2002, Accuracy and Stability of Numerical Algorithms"),
)
