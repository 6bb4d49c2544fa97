"""B1: a bias shared by all keys."""

from __future__ import annotations

from functools import partial

from sympy import Abs, Expr, Integer, Symbol, diff, exp, symbols, tanh

from attnproof.derivations.claims.checks import shared_bias as fl
from attnproof.derivations.claims.checks.shared_bias import KEYS, LOG_ROUND, MOST, SIZE, UNIT
from attnproof.derivations.language.notation import J
from attnproof.derivations.lemmas import softmax_shift
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.reasoning import certainly_nonzero
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import expr_cell, expr_latex

B, E_1, E_2 = symbols("b e_1 e_2", real=True)
X, REST, SINK, KAPPA = symbols("x R c kappa", positive=True)


def reacts(log_odds_or_weight: Expr, point: dict[Symbol, Expr]) -> bool:
    """The derivative with respect to b at an exact point is not zero: the weights depend on the bias."""
    return certainly_nonzero(diff(log_odds_or_weight, B).subs(point))


def softcapped(shift: Expr) -> Expr:
    """The log-odds of two keys when ``shift`` is added to both scores before a soft-cap."""
    return KAPPA * (tanh((E_1 + shift) / KAPPA) - tanh((E_2 + shift) / KAPPA))


FACTOR_LOG = fl.in_given(fl.FACTOR_BOUND)  # as it is printed
AT = {E_1: Integer(1), E_2: Integer(0), B: Integer(1), KAPPA: Integer(1)}

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
        + expr_latex(fl.in_given(fl.LOGIT_BOUND))
        + r"$, and $\left|\ln(\hat\alpha_i/\alpha_i)\right| \le "
        + expr_latex(FACTOR_LOG)
        + r"$; ties reach $1/(1 + 3u)$ of the bias's part. Where every $e_j + b$ is exact the weights are the same to "
        r"the last bit: for multiples of $2^g$ while $|b| + E \le 2^{p+g}$. Once $\max|e| \le u|b|/2$ every $e_j + b$ "
        r"rounds to $b$ and the weights are uniform."
    ),
    assumptions={
        "Softmax over the keys alone; the bias is added after any soft-cap.": "normaliser",
        "In floating point: scores and bias are of the format; round to nearest, ties to even, u at most 1/4, h < 1, "
        "nothing overflows or falls below the normal range.": "rounding",
        "Each sum and quotient is rounded with u at most; the quotient takes at most two roundings.": "rounding",
    },
    steps=(
        Step(
            "the same shift for all keys: their exponentials have a common factor; it cancels for any number of keys",
            r"\frac{e^{t_i + b}}{\sum_l e^{t_l + b}} => \frac{e^{t_i}}{\sum_l e^{t_l}}",
            partial(softmax_shift.shifted, softmax_shift.weight(J)),
            uses=("softmax_shift",),
        ),
        Step(
            "before a soft-cap it does not: the log-odds move",
            r"\partial_b\,\kappa\left(\tanh\tfrac{e_1+b}{\kappa} - \tanh\tfrac{e_2+b}{\kappa}\right)"
            r" => \ne 0 \text{ at } e = (1, 0),\ b = \kappa = 1",
            partial(reacts, softcapped(B), AT),
            refutes=True,
        ),
        Step(
            "with a sink c in the denominator it does not",
            r"\partial_b\, \frac{e^b x}{e^b (x + R) + c} => \ne 0 \text{ at } x = R = c = 1,\ b = 0",
            partial(
                reacts,
                exp(B) * X / (exp(B) * (X + REST) + SINK),
                {X: Integer(1), REST: Integer(1), SINK: Integer(1), B: Integer(0)},
            ),
            refutes=True,
        ),
        Step(
            "with a sigmoid it does not",
            r"\partial_b\, 1/(1 + e^{-e-b}) => \ne 0 \text{ at } e = b = 0",
            partial(reacts, 1 / (1 + exp(-E_1 - B)), {E_1: Integer(0), B: Integer(0)}),
            refutes=True,
        ),
        Step(
            "one rounded addition for each key",
            r"|\mathrm{fl}(e_j + b) - (e_j + b)| => \le \Delta = u(|b| + E)",
            partial(fl.rounding, fl.ADDITION),
            uses=("rounding",),
        ),
        Step(
            "the range of the computed logits", r"|t_j - \max_l t_l| => \le 2E + 2\Delta", partial(fl.spread, fl.RANGE)
        ),
        Step(
            "subtraction of the maximum and exponential, as an error of the logit: 1 + h is at most 1/(1 − h)",
            r"|\ln p_j - (e_j + b - \max_l t_l)| => \le D = \Delta + u(2E + 2\Delta) - \ln(1 - h)",
            partial(fl.exponent, fl.LOGIT),
            uses=("rounding",),
        ),
        Step(
            "sum and quotient: factors 1 ± u", "(n - 1) + 2 => n + 1", partial(fl.common, KEYS + 1), uses=("rounding",)
        ),
        Step(
            "logits off by at most D, and those factors; ℓ for −ln(1 − u) and −ln(1 − h)",
            r"|\ln(\hat\alpha_i/\alpha_i)| \le 2D + (n + 1)\ell_u"
            f" => {expr_latex(fl.FACTOR_BOUND.subs(SIZE, Abs(fl.BIAS)))}",
            partial(fl.total, fl.FACTOR_BOUND),
            uses=("softmax_condition",),
        ),
        Step(
            "the log-odds of two keys: the computed sum is common to both",
            r"|\ln(\hat\alpha_i/\hat\alpha_j) - (e_i - e_j)| => \le 2D + 4\ell_u",
            partial(fl.odds, 2 * fl.LOGIT + 4 * LOG_ROUND),
            uses=("softmax_condition", "rounding"),
        ),
        Step(
            "the weight itself: tanh(D/2) for the logits, and for the factors F = (1 − u)^(−(n + 1))",
            r"|\hat\alpha_i - \alpha_i| - \tanh(D/2) => \le \max(F - 1,\ 1 - 1/F) = F - 1",
            partial(fl.common_share, fl.FACTOR - 1),
            uses=("softmax_condition",),
        ),
        Step(
            "near the bound: b = 2^k, e = u 2^k is a tie that goes down, to an even significand",
            r"2^k(1 + u) => \mapsto 2^k",
            partial(fl.tie, 1, 0),
        ),
        Step("and e = 3u 2^k one that goes up", r"2^k(1 + 3u) => \mapsto 2^k(1 + 4u)", partial(fl.tie, 3, 4)),
        Step(
            "so that their log-odds move by 2u 2^k",
            r"\frac{4u - 2u}{2u(1 + 3u)} => \frac{1}{1 + 3u}",
            partial(fl.share_reached, 1, 3, 1 / (1 + 3 * UNIT)),
        ),
        Step(
            "exact additions: the program goes on from the same differences, hence with the same bits",
            "(e_j + b) - (e_m + b) => e_j - e_m",
            partial(fl.same_difference, fl.E_J - fl.E_M),
        ),
        Step(
            "multiples of 2^g (here g = 0): exact for every bias up to",
            r"|b| + E \le 2^p => |b| \le 2^p - E",
            partial(fl.exact_range, 2**fl.BITS - MOST),
            uses=("rounding",),
        ),
        Step(
            "a score below half the gap to the neighbours of b is absorbed",
            r"|e_j| \le u|b|/2 => \mathrm{fl}(e_j + b) = b",
            partial(fl.absorbed, UNIT * SIZE / 2),
        ),
    ),
    altered={
        "a bias of its own for each key": partial(softmax_shift.shifted, softmax_shift.weight(J), softmax_shift.SHIFTS),
        "rounding of the bias only": partial(fl.rounding, UNIT * SIZE),
        "once the logits' error in place of twice": partial(fl.total, fl.FACTOR_BOUND - UNIT * (SIZE + MOST)),
        "ties away from zero": partial(fl.tie, 1, 2),
        "absorbed up to u|b|": partial(fl.absorbed, UNIT * SIZE),
        "exact up to 2^(p+1)": partial(fl.exact_range, 2 ** (fl.BITS + 1) - MOST),
        "the plain softmax reacts to the bias": partial(
            reacts, exp(B) * X / (exp(B) * (X + REST)), {X: Integer(1), REST: Integer(1), B: Integer(0)}
        ),
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
