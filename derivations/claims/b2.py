"""B2: a bias inside tanh."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Sum, Symbol, cosh, diff, exp, limit, oo, simplify, symbols, tanh

from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.reasoning import certainly_nonzero, nonnegative, nonnegative_from_zero, same, vanishes

Z_1, Z_2, B = symbols("z_1 z_2 b", real=True)
R, SLACK = symbols("r s", nonnegative=True)
GAP, TAU, V = symbols("gamma tau v", positive=True)
P_1, P_2 = symbols("p_1 p_2", positive=True)  # exp(-2 z_1), exp(-2 z_2)
SMALL = Symbol("w", positive=True)  # exp(-2 b)
X = Symbol("x", real=True)
N = Symbol("n", integer=True, positive=True)
J = Symbol("j", integer=True, positive=True)

UNIT_TAIL = 2 * exp(-2 * GAP)


def log_odds_move(unit_scores: Expr) -> bool:
    """The log-odds of two keys (z = 1 and z = 0, one unit, v = 1) change when b goes from 0 to 1."""
    return certainly_nonzero((unit_scores.subs(B, 1) - unit_scores.subs(B, 0)).subs({Z_1: 1, Z_2: 0}))


def slope(expected: Expr) -> bool:
    """The derivative of those log-odds with respect to the bias."""
    return vanishes(diff(tanh(Z_1 + B) - tanh(Z_2 + B), B) - expected)


def tail(bound: Expr) -> bool:
    """``0 <= 1 - tanh x <= bound`` for every ``x >= γ > 0`` (written x = γ + s); tanh is odd, so the other side is its
    mirror.

    With q = exp(-2x): ``1 - tanh x = 2q/(1 + q) <= 2q``, and ``2 exp(-2γ - 2s) <= 2 exp(-2γ)``.
    """
    q = 1 / (1 + R)  # q in (0, 1]
    form = same((1 - tanh(X) - 2 * exp(-2 * X) / (1 + exp(-2 * X))).rewrite(exp), Integer(0) * X)
    below = nonnegative(2 * q - 2 * q / (1 + q)) and nonnegative(2 * q / (1 + q))
    return form and below and nonnegative_from_zero(bound - 2 * exp(-2 * GAP - 2 * SLACK), SLACK)


def mirrored(expected: Expr) -> bool:
    """tanh(-x) is ``expected``."""
    return same(tanh(-X), expected)


def spread(bound: Expr) -> bool:
    """Two values ``v (1 - r_i)`` with r_i in [0, τ] (τ the tail): they differ by at most ``bound``. Written r_1 = τ - s
    with s >= 0: the difference v (r_1 - r_2) is at most v τ, and by symmetry so is its negative.
    """
    other = Symbol("r_2", nonnegative=True)
    difference = V * (1 - other) - V * (1 - (TAU - SLACK))
    return nonnegative(simplify(bound - difference))


def squeezed(low: Expr, high: Expr) -> bool:
    """Scores within τ: ``1/α_i = Σ_j exp(e_j - e_i)`` has n terms in [exp(-τ), exp(τ)]; 1/high, 1/low are the sums."""
    top = same(Sum(exp(TAU), (J, 1, N)).doit(), 1 / low)
    bottom = same(Sum(exp(-TAU), (J, 1, N)).doit(), 1 / high)
    term = nonnegative_from_zero(exp(TAU) - exp(TAU - SLACK), SLACK)
    return top and bottom and term


def distance(bound: Expr) -> bool:
    """``exp(τ)/n - 1/n <= bound`` and ``1/n - exp(-τ)/n <= bound``, with exp(τ) written as 1 + r, r >= 0."""
    scaled = simplify(N * bound).subs(exp(TAU), 1 + R)
    return nonnegative(scaled - R) and nonnegative(scaled - (1 - 1 / (1 + R)))


def leading(expected: Expr) -> bool:
    """``e^(2b) (tanh(b + z_1) - tanh(b + z_2))`` tends to ``expected``: tanh = (1 - wp)/(1 + wp), wp = e^(-2b-2z)."""
    unit = (1 - SMALL * P_1) / (1 + SMALL * P_1) - (1 - SMALL * P_2) / (1 + SMALL * P_2)
    form = same(
        (tanh(X) - (1 - exp(-2 * X)) / (1 + exp(-2 * X))).rewrite(exp), Integer(0) * X
    )  # with x = b + z: exp(-2x) = w p
    return form and same(limit(simplify(unit / SMALL), SMALL, 0), expected)


def remaining_unit(log_odds: Expr) -> bool:
    """Two units, the bias on the first: as b grows the log-odds tend to the second unit's, here tanh(1) - tanh(0)."""
    found = limit(tanh(1 + B) - tanh(B) + tanh(1) - tanh(0), B, oo)
    return same(found, log_odds) and certainly_nonzero(log_odds)


CLAIM = Claim(
    id="B2",
    title="A bias inside tanh",
    usual="A bias inside tanh changes the weights; as it grows they tend to uniform.",
    headline=(
        "Towards uniform, like `e^(−2 b)` with `b` the smallest bias in size, where every unit with `v ≠ 0` is biased."
    ),
    statement=(
        r"A bias $b$ inside tanh changes the weights: for one unit the log-odds of two keys have the slope "
        r"$v(\operatorname{sech}^2(z_1 + b) - \operatorname{sech}^2(z_2 + b))$ in $b$. Let $Z_a$ be the largest "
        r"$|z_a|$ over the keys of a query without the bias. If $|b_a| > Z_a$ for every unit with $v_a \ne 0$, then "
        r"$|\alpha_i - 1/n| \le (e^\tau - 1)/n$ with $\tau = \sum_a 2|v_a| e^{-2(|b_a| - Z_a)}$: along every direction "
        r"in which all those $|b_a|$ grow the weights tend to uniform like $e^{-2\min_a |b_a|}$, over the units with "
        r"$v_a \ne 0$, and this rate is sharp: one unit has it for keys with $z_1 \ne z_2$. Units whose bias stays "
        r"bounded keep telling the keys apart: the limit is then the softmax of what those units say, uniform exactly "
        r"if they say the same of every key."
    ),
    assumptions={"Additive score with finitely many hidden units; softmax over n keys.": "normaliser"},
    steps=(
        Step(
            "an exact case",
            r"\left[\tanh(1 + b) - \tanh(b)\right]_{b=0}^{b=1} => \ne 0",
            partial(log_odds_move, tanh(Z_1 + B) - tanh(Z_2 + B)),
            uses=("softmax_shift",),
        ),
        Step(
            "derivative of tanh",
            r"\partial_b\left(\tanh(z_1 + b) - \tanh(z_2 + b)\right)"
            r" => \operatorname{sech}^2(z_1 + b) - \operatorname{sech}^2(z_2 + b)",
            partial(slope, 1 / cosh(Z_1 + B) ** 2 - 1 / cosh(Z_2 + B) ** 2),
        ),
        Step("tanh approaches 1", r"1 - \tanh(b_a + z_a) => \in [0,\ 2 e^{-2(|b_a| - Z_a)}]", partial(tail, UNIT_TAIL)),
        Step("and -1 in the same way", r"\tanh(-x) => -\tanh(x)", partial(mirrored, -tanh(X))),
        Step(
            "both keys on the same side: the unit's parts differ by at most the tail",
            r"|v_a \tanh(b_a + z_{ia}) - v_a \tanh(b_a + z_{ja})| => \le 2|v_a| e^{-2(|b_a| - Z_a)}",
            partial(spread, V * TAU),
        ),
        Step(
            "scores within τ of each other",
            r"1/\alpha_i = \sum_j e^{e_j - e_i} => \alpha_i \in [e^{-\tau}/n,\ e^{\tau}/n]",
            partial(squeezed, exp(-TAU) / N, exp(TAU) / N),
        ),
        Step(
            "the larger of the two distances",
            r"|\alpha_i - 1/n| => \le (e^{\tau} - 1)/n",
            partial(distance, (exp(TAU) - 1) / N),
        ),
        Step(
            "the rate is attained",
            r"\lim_{b\to\infty} e^{2b}\left(\tanh(b + z_1) - \tanh(b + z_2)\right)"
            r" => 2\left(e^{-2z_2} - e^{-2z_1}\right)",
            partial(leading, 2 * (P_2 - P_1)),
        ),
        Step(
            "a unit without bias keeps its say",
            r"\lim_{b\to\infty} \tanh(1 + b) - \tanh(b) + \tanh(1) - \tanh(0) => \tanh(1) \ne 0",
            partial(remaining_unit, tanh(1)),
            refutes=True,
            uses=("softmax_shift",),
        ),
    ),
    altered={
        "a bias outside tanh": partial(log_odds_move, (tanh(Z_1) + B) - (tanh(Z_2) + B)),
        "the rate e^(−3|b|)": partial(tail, 2 * exp(-3 * GAP)),
        "half the leading term": partial(leading, P_2 - P_1),
        "uniform although one unit has no bias": partial(remaining_unit, Integer(0)),
    },
    scores=("additive", "concat"),
    tables=("bias_invariance",),
    counterexample=(
        "import numpy as np\n"
        "z = np.array([[0.0, 0.0], [1.0, 1.0]])      # two keys, two units, v = (1, 1)\n"
        "for b in ([9.0, 9.0], [9.0, 0.0]):          # both units saturated; only one\n"
        "    e = np.tanh(z + b).sum(axis=1); a = np.exp(e) / np.exp(e).sum()\n"
        "    print(b, a)                             # uniform; not uniform"
    ),
    references=("Bahdanau, Cho, Bengio 2015, Neural Machine Translation by Jointly Learning to Align and Translate",),
)
