"""B1: a bias shared by all keys."""

from __future__ import annotations

from dataclasses import replace

from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log, symbols, tanh

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import (
    All,
    Coefficients,
    Computed,
    Corners,
    Differentiated,
    Equal,
    Field,
    Sign,
    Solver,
)
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, If, eq, le, lt, ne
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import expr_cell, expr_latex

LOGITS, SHIFTED = Tensor("logits", "e", (N_K,)), Tensor("shifted", "t", (N_K,))
BIASES = Tensor("biases", "b", (N_K,))
SHARED = Tensor("bias", "b", ())[()]
B, E, E_I, E_J = symbols("b e e_i e_j", real=True)
ABOVE, BELOW = Symbol("y", positive=True), Symbol("y", negative=True)  # b/κ
Y, LEVEL = symbols("y l", real=True)  # either of them; its tanh
X, SINK = symbols("x c", positive=True)
REST = Symbol("R", nonnegative=True)  # the sum of exp over the other keys, of which there may be none

# The program: t_j = fl(e_j + b), s_j = fl(t_j − max t), p_j = exp(s_j) with a relative error of at most h, the sum of
# the p_j in any order, and the quotient with at most two roundings (reciprocal and product, or one division).
UNIT = Symbol("u", positive=True)  # unit roundoff
MOST, SIZE, OWN = symbols("E beta a", nonnegative=True)  # max |e|, |b|, |e_j|
LOG_EXP, LOG_ROUND = symbols("ell_h ell_u", nonnegative=True)  # −ln(1 − h), −ln(1 − u)
KEYS = Symbol("n", integer=True, positive=True)
EXP_ERROR, MORE, FRACTION = symbols("h r f", nonnegative=True)
BITS = Symbol("p", integer=True, positive=True)
GREATEST, WEIGHT = symbols("M alpha", positive=True)  # 2^p in units of 2^g; a weight
DELTA_SIZE, ERROR_SIZE = symbols("Delta D", nonnegative=True)
ERROR_I, ERROR_J, ROUND_1, ROUND_2, ROUND_3, ROUND_4 = symbols("delta_i delta_j r_1 r_2 r_3 r_4", real=True)

DELTA, SPREAD, ERROR = (Tensor(name, name, ()) for name in ("Delta", "S", "D"))  # of a sum; range; of a logit
ADDITIONS, QUOTIENT = Tensor("additions", "m", ()), Tensor("quotient", "k", ())
BEFORE, AFTER = Tensor("before", "f", ()), Tensor("after", "g", ())
NUMBER, LOWER, UPPER, ROUNDOFF = (Tensor(letter, letter, ()) for letter in ("x", "x_low", "x_up", "u"))

ADDITION = UNIT * (SIZE + MOST)
RANGE = 2 * MOST + 2 * DELTA[()]
LOGIT = DELTA[()] + UNIT * RANGE + LOG_EXP
LOGIT_BOUND = UNIT * (1 + 2 * UNIT) * (SIZE + MOST) + 2 * UNIT * MOST + LOG_EXP  # D
FACTOR_BOUND = 2 * LOGIT_BOUND + (KEYS + 1) * LOG_ROUND  # of a weight: |ln(computed/exact)|


def in_given(expr: Expr) -> Expr:
    """``expr`` in what the reader knows: the bias b, u, and the exponential's relative error h."""
    return expr.subs({SIZE: Abs(B), LOG_EXP: -log(1 - EXP_ERROR), LOG_ROUND: -log(1 - UNIT)})


def _softmax(logits: Tensor) -> Expr:
    return exp(logits[J]) / total(exp(logits[L]), (L, N_K))


def _shifted(bias: Expr) -> Equal:
    return Equal(_softmax(SHIFTED), _softmax(LOGITS), definitions=(Equation(SHIFTED, (J,), LOGITS[J] + bias),))


def _reacts(weight: Expr, slope: Expr) -> All:
    """A weight grows with the bias everywhere."""
    return All((Differentiated(weight, B, slope), Sign(Integer(0), "<", slope)))


def _tie(odd: int, even: int) -> All:
    """``1 + odd u`` is half way between two numbers; ``1 + even u`` is an even number of spacings 2u, 2^(p − 2) being
    whole; in each format it is the nearest one.
    """
    u = ROUNDOFF[()]
    return All(
        (
            Equal(
                NUMBER[()] - LOWER[()],
                UPPER[()] - NUMBER[()],
                definitions=tuple(
                    Equation(target, (), 1 + times * UNIT)
                    for target, times in ((NUMBER, odd), (LOWER, odd - 1), (UPPER, odd + 1))
                ),
            ),
            Field(
                (1 + even * u) / (2 * u),
                2 * (2 ** (BITS - 2) + Integer(even // 4)),
                least=((BITS, 2),),
                definitions=(Equation(ROUNDOFF, (), 2**-BITS),),
            ),
            *(
                Computed("bounds.formats:nearest", (1 + odd * Rational(1, 2**p), name), 1 + even * Rational(1, 2**p))
                for name, (p, _) in FORMATS.items()
            ),
        )
    )


FACTOR_LOG = in_given(FACTOR_BOUND)  # as it is printed
ROUNDED = Corners(UNIT * (E + B), ((E, MOST), (B, SIZE)), ADDITION)
TOTAL = Field(
    2 * ERROR[()] + (KEYS + 1) * LOG_ROUND,
    FACTOR_BOUND,
    definitions=(Equation(DELTA, (), ADDITION), Equation(ERROR, (), LOGIT)),
)
EXACT = Solver(le(SIZE + OWN, GREATEST), (le(SIZE, GREATEST - MOST), le(OWN, MOST)))


def _absorbed(limit: Expr) -> Solver:
    """``limit`` is at most half the gap to the neighbours of ``|b| = 1 + f``: u, but u/2 below a power of two."""
    return Solver(
        Both((le(limit, UNIT), If(eq(FRACTION, Integer(0)), le(limit, UNIT / 2)))), (lt(FRACTION, Integer(1)),)
    )


CLAIM = Claim(
    id="B1",
    title="A bias shared by all keys",
    usual="A scalar bias shared by all keys leaves the weights unchanged.",
    headline=(
        "After any soft-cap, without sink or sigmoid; in floating point a computed weight is the exact one times "
        f"`e^s`, where `abs(s) ≤ {expr_cell(FACTOR_LOG)}`, `E = max abs(e)`, with `n` keys and exponentials within "
        "`1 ± h`."
    ),
    statement=(
        r"For every score, a bias $b$ that is added to the logits of all keys of a query leaves the weights unchanged, "
        r"if it is added after any soft-cap and the weights are a softmax over the keys alone. Before a soft-cap every "
        r"$b \ne 0$ changes the weights of some scores of two or more keys; with a sink term in the denominator, or "
        r"with a sigmoid in place of the softmax, every $b \ne 0$ changes every weight. In floating point (unit "
        r"roundoff $u$, $E = \max|e|$, n keys, exponentials within $1 \pm h$) the computed weights obey "
        r"$|\hat\alpha_i - \alpha_i| \le \tanh(D/2) + (1 - u)^{-(n+1)} - 1$ with $D = "
        + expr_latex(in_given(LOGIT_BOUND))
        + r"$, and $\left|\ln(\hat\alpha_i/\alpha_i)\right| \le "
        + expr_latex(FACTOR_LOG)
        + r"$; the difference of two biased logits can be off by $1/(1 + 3u)$ of $2u(|b| + E)$, by ties. Where every "
        r"$e_j + b$ is exact the weights are the same to the last bit: for multiples of $2^g$ while $|b| + E \le "
        r"2^{p+g}$. Once $\max|e| \le u|b|/2$ every $e_j + b$ rounds to $b$ and the weights are uniform."
    ),
    assumptions={
        "Softmax over the keys alone; the bias is added after any soft-cap.": "normaliser",
        "In floating point: scores and bias are of the format; round to nearest, ties to even, u at most 1/4, h < 1, "
        "nothing overflows or falls below the normal range.": "rounding",
        "Each sum and quotient is rounded with u at most; the quotient takes at most two roundings.": "rounding",
    },
    met={
        "softmax_shift": {
            "A softmax over the keys alone; finite logits.": (
                Assumed("Softmax over the keys alone"),
                Because("scores and bias are real numbers"),
            ),
        },
        "rounding": {
            "Binary format with p bits and subnormals, round to nearest with ties to even, no overflow.": (
                Assumed("In floating point"),
            ),
        },
        "softmax_condition": {
            "A softmax over the keys alone; finite logits.": (
                Assumed("Softmax over the keys alone"),
                Assumed("In floating point"),
            ),
        },
    },
    steps=(
        closed(
            "the same shift for all keys: their exponentials have a common factor; it cancels for any number of keys",
            _shifted(SHARED),
            uses=("softmax_shift",),
        ),
        closed(
            "before a soft-cap it does not: for scores b and 0 and y = b/κ the log-odds are κ tanh y without and "
            "κ (tanh 2y − tanh y) with it; their difference over κ",
            Field(tanh(2 * Y) - 2 * tanh(Y), -2 * tanh(Y) ** 3 / (1 + tanh(Y) ** 2)),
        ),
        closed(
            "which is not 0 for any b other than 0",
            All(
                (
                    Sign(Integer(0), "<", tanh(ABOVE)),
                    Sign(tanh(BELOW), "<", Integer(0)),
                    Solver(ne(-2 * LEVEL**3 / (1 + LEVEL**2), Integer(0)), (ne(LEVEL, Integer(0)),)),
                )
            ),
            refutes=True,
        ),
        closed(
            "with a sink c in the denominator every weight grows with the bias",
            _reacts(exp(B) * X / (exp(B) * (X + REST) + SINK), exp(B) * X * SINK / (exp(B) * (X + REST) + SINK) ** 2),
            refutes=True,
        ),
        closed(
            "with a sigmoid too",
            _reacts(1 / (1 + exp(-E - B)), exp(-E - B) / (1 + exp(-E - B)) ** 2),
            refutes=True,
        ),
        closed(
            "one rounded addition for each key: its error is at most u |e_j + b|; β = |b|, at most this Δ",
            ROUNDED,
            uses=("rounding",),
        ),
        closed(
            "the range of the computed logits, the bias dropped",
            Corners(
                E_I + ERROR_I - E_J - ERROR_J,
                ((E_I, MOST), (E_J, MOST), (ERROR_I, DELTA_SIZE), (ERROR_J, DELTA_SIZE)),
                2 * MOST + 2 * DELTA_SIZE,
            ),
        ),
        closed(
            "the exponential's error as one of its logarithm: 1 + h is at most 1/(1 − h)",
            Solver(le(1 + EXP_ERROR, 1 / (1 - EXP_ERROR)), (lt(EXP_ERROR, Integer(1)),)),
        ),
        closed(
            "so D, the error of ln p_j as one of the logit: of the addition, of the subtraction, of the exponential",
            Field(
                DELTA[()] + UNIT * SPREAD[()] + LOG_EXP,
                LOGIT_BOUND,
                definitions=(Equation(DELTA, (), ADDITION), Equation(SPREAD, (), RANGE)),
            ),
            uses=("rounding",),
        ),
        identity(
            "m additions and the roundings k of the quotient: factors 1 ± u",
            ADDITIONS[()] + QUOTIENT[()],
            KEYS + 1,
            definitions=(Equation(ADDITIONS, (), KEYS - 1), Equation(QUOTIENT, (), Integer(2))),
            uses=("rounding",),
        ),
        closed(
            "logits off by at most D, and those factors; ℓ for −ln(1 − u) and −ln(1 − h)",
            TOTAL,
            uses=("softmax_condition",),
        ),
        closed(
            "the log-odds of two keys: the computed sum is common to both, each quotient takes two roundings",
            Corners(
                ERROR_I - ERROR_J + ROUND_1 + ROUND_2 - ROUND_3 - ROUND_4,
                (
                    *((error, ERROR_SIZE) for error in (ERROR_I, ERROR_J)),
                    *((error, LOG_ROUND) for error in (ROUND_1, ROUND_2, ROUND_3, ROUND_4)),
                ),
                2 * ERROR_SIZE + 4 * LOG_ROUND,
            ),
            uses=("softmax_condition", "rounding"),
        ),
        closed(
            "the weight itself: tanh(D/2) for the logits, and for a factor within F^(±1), F = (1 − u)^(−(n + 1)) = "
            "1 + r, on a weight of at most 1",
            All(
                (
                    Coefficients(1 - 1 / (1 + MORE), "≤", MORE, variables=(MORE,)),
                    Solver(le(WEIGHT * MORE, MORE), (le(WEIGHT, Integer(1)),)),
                )
            ),
            uses=("softmax_condition",),
        ),
        closed(
            "near the bound: b = 1, e = u (or both times 2^k) is a tie that goes down, to an even significand",
            _tie(1, 0),
        ),
        closed("and e = 3u one that goes up", _tie(3, 4)),
        identity(
            "so that their log-odds, 2u before, are 4u after: they move by this share of 2Δ",
            (AFTER[()] - BEFORE[()]) / (2 * DELTA[()]),
            1 / (1 + 3 * UNIT),
            definitions=(
                Equation(BEFORE, (), 2 * UNIT),
                Equation(AFTER, (), 4 * UNIT),
                Equation(DELTA, (), UNIT * (1 + 3 * UNIT)),
            ),
        ),
        identity(
            "exact additions: the program goes on from the same differences, hence with the same bits",
            SHIFTED[I] - SHIFTED[J],
            LOGITS[I] - LOGITS[J],
            definitions=(Equation(SHIFTED, (J,), LOGITS[J] + SHARED),),
        ),
        closed(
            "multiples of 2^g, M = 2^p in that unit: sums of this size are exact",
            EXACT,
            uses=("rounding",),
        ),
        closed(
            "a score of at most u|b|/2 is absorbed, |b| = 1 + f (times a power of two): it is at most half the gap to "
            "the neighbours of b, and where it is that, f = 0, a tie goes to b",
            _absorbed(UNIT * (1 + FRACTION) / 2),
        ),
    ),
    altered={
        "a bias of its own for each key": _shifted(BIASES[J]),
        "rounding of the bias only": replace(ROUNDED, bound=UNIT * SIZE),
        "once the logits' error in place of twice": replace(TOTAL, right=FACTOR_BOUND - UNIT * (SIZE + MOST)),
        "ties away from zero": _tie(1, 2),
        "absorbed up to u|b|": _absorbed(UNIT * (1 + FRACTION)),
        "exact up to 2^(p+1)": replace(EXACT, given=(le(SIZE, 2 * GREATEST - MOST), le(OWN, MOST))),
        "the plain softmax reacts to the bias": _reacts(exp(B) * X / (exp(B) * (X + REST)), Integer(0)),
    },
    scores=tuple(FAMILIES),
    tables=("bias_invariance",),
    counterexample=(
        "import numpy as np\n"
        "def softmax(t): return np.exp(t - t.max()) / np.exp(t - t.max()).sum()\n"
        "e = np.array([1.0, 0.0])\n"
        "print(softmax(np.tanh(e)), softmax(np.tanh(e + 1)))    # before a soft-cap of 1: different\n"
        "print(softmax(e), softmax(e + 2.0**54))                # beyond the format's resolution: uniform"
    ),
    references=("Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions",),
)
