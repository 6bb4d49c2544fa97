"""T6: additive scores are bounded by the sum of the |v_a|: strictly in exact arithmetic, not quite in a program."""

from __future__ import annotations

from dataclasses import replace

from sympy import Integer, Rational, Symbol, ceiling, exp, log, oo, symbols, tanh

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.language.notation import D_A, A, I, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import PREACTIVATION, V_HIDDEN
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import (
    All,
    Cases,
    Coefficients,
    Computed,
    Enclosed,
    Equal,
    Field,
    Sign,
    Solver,
    Tends,
)
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, le, lt
from attnproof.derivations.scores import FAMILIES

SCORE = FAMILIES["additive"].system.resolve().equations[-1].rhs
SIZE = Tensor("size", "w", (D_A,))  # |v_a|
SIGN = Tensor("sign", "sigma", (D_A,))  # v_a = σ_a |v_a|
SIGNED = put(SCORE, V_HIDDEN, lambda a: SIGN[a] * SIZE[a])

Z = Symbol("z", real=True)
POSITIVE, U = symbols("w u", positive=True)
ROUNDOFF, FIRST, SECOND, LESS, MORE = symbols("u V w f r", nonnegative=True)

#: by format, two numbers that the threshold lies between
THRESHOLDS = {
    "fp16": (Rational(45053, 10000), Rational(45054, 10000)),
    "bf16": (Rational(34652, 10000), Rational(34653, 10000)),
    "fp32": (Rational(90109, 10000), Rational(90110, 10000)),
    "fp64": (Rational(190615, 10000), Rational(190616, 10000)),
}


def one_from(name: str) -> str:
    """The threshold of a format, rounded up to three decimals."""
    return str(float(ceiling(THRESHOLDS[name][1] * 1000) / 1000))


MISSING = Equal(
    total(SIZE[A], (A, D_A)) - SIGNED,
    total(SIZE[A] * (1 - SIGN[A] * tanh(PREACTIVATION[I, J, A])), (A, D_A)),
)
APPROACHED = Tends(2 / (1 + exp(2 * Z)), Z, oo, Integer(0))
THRESHOLD = {
    name: Enclosed(log(Integer(2 ** (FORMATS[name][0] + 2) - 1)) / 2, *ends) for name, ends in THRESHOLDS.items()
}
GROWN = Coefficients(
    (FIRST * (1 + LESS + MORE) + SECOND * (1 + LESS)) * (1 + ROUNDOFF),
    "≤",
    (FIRST + SECOND) * (1 + LESS + MORE) * (1 + ROUNDOFF),
    variables=(ROUNDOFF, FIRST, SECOND, LESS, MORE),
)
EXACT, ROUNDED = 1 + Rational(3, 2**54), 1 + Rational(1, 2**52)


def _exceeds(addend: Integer) -> Solver:
    """``1 + addend`` is below ``1 + 2u``, the number after 1, and less than half their distance, u, from it."""
    return Solver(Both((lt(1 + addend, 1 + 2 * U), lt(1 + 2 * U - (1 + addend), U))))


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
        rf"on ({', '.join(f'{one_from(name)} in {name}' for name in THRESHOLDS)}); a library's own tanh, which may err "
        rf"by more than "
        r"half a spacing, is 1 from elsewhere on, NumPy's, as measured, from 10.0 in fp32 and 18.99 in fp64. The "
        r"rounded products stay within $|v_a|$, their sum can exceed $\|v\|_1$, by a factor of at most "
        r"$(1 + u)^{d_a - 1}$, and with two units it does."
    ),
    assumptions={
        "Real query, key and parameters of any sizes, the score without a further bias.": "domain",
        "In programs, tanh and all operations are correctly rounded, ties to even, no overflow.": "rounding",
        "In programs, products are rounded, then added two at a time in any order; u = 2^(−p).": "rounding",
    },
    met={
        "tanh_rounds_to_one": {
            "Round to nearest, ties to even.": (Assumed("In programs, tanh"),),
        },
    },
    steps=(
        closed(
            "v_a = σ_a w_a, w_a = |v_a|, σ_a = ±1: what is missing to the bound (with −σ for σ: to the lower one)",
            MISSING,
        ),
        closed(
            "the bracket for σ = 1 is positive, and so is w_a > 0 times it",
            All((Field(1 - tanh(Z), APPROACHED.of), Sign(Integer(0), "<", POSITIVE * APPROACHED.of))),
            uses=("tanh_rounds_to_one",),
        ),
        closed(
            "the bracket for σ = −1 too",
            All(
                (
                    Field(1 + tanh(Z), 2 / (1 + exp(-2 * Z))),
                    Sign(Integer(0), "<", POSITIVE * 2 / (1 + exp(-2 * Z))),
                )
            ),
            uses=("tanh_rounds_to_one",),
        ),
        closed("as every σ_a z_a grows each bracket tends to 0: the bound is the least one", APPROACHED),
        *(
            closed(
                f"the threshold in {name}, p = {FORMATS[name][0]}: 2^(p + 2) − 1 is the number in the logarithm",
                rule,
                uses=("tanh_rounds_to_one",),
            )
            for name, rule in THRESHOLD.items()
        ),
        closed(
            "|fl(tanh z)| ≤ 1, rounding is monotone: products stay within |v_a|; each sum of two partial sums, at "
            "most V(1 + f + r) and w(1 + f), adds a factor 1 + u at most",
            GROWN,
        ),
        closed(
            "m and k terms take at most m − 1 and k − 1 factors, by induction; their sum one more, at most m + k − 1 "
            "(m = 1 + f, k = 1 + r)",
            Solver(Both((le(LESS + 1, LESS + MORE + 1), le(MORE + 1, LESS + MORE + 1)))),
        ),
        closed(
            "v = (1, 3u/2), u = 2^(−p), both tanh rounded to 1: the exact sum is nearest to 1 + 2u and below it, so "
            "the rounded sum exceeds it, in every precision",
            _exceeds(3 * U / 2),
            refutes=True,
        ),
        closed(
            "the same in double precision",
            All((Computed("bounds.formats:nearest", (EXACT, "fp64"), ROUNDED), Cases(lt(EXACT, ROUNDED)))),
            refutes=True,
        ),
    ),
    altered={
        "a smaller bound, by a millionth of each |v_a|": replace(APPROACHED, of=APPROACHED.of + Rational(1, 10**6)),
        "the sum of the v_a without their signs": replace(
            MISSING, right=total(SIZE[A] * (1 - tanh(PREACTIVATION[I, J, A])), (A, D_A))
        ),
        "the threshold of fp16 in bf16": replace(
            THRESHOLD["bf16"], low=THRESHOLDS["fp16"][0], high=THRESHOLDS["fp16"][1]
        ),
        "sums that no rounding enlarges": replace(GROWN, right=(FIRST + SECOND) * (1 + LESS + MORE)),
        "a tie, 1 + 2^(−p), exceeds the bound too": _exceeds(U),
        "a sum that is rounded down": _exceeds(5 * U / 2),
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
