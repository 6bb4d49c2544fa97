"""T2: how fast gradients vanish as the weights approach one-hot, and where they do not."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, Sum, Symbol, diff, exp, log, simplify, symbols

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, L, Tensor
from attnproof.derivations.language.notation import J as KEY_INDEX
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import is_sum_of_squares
from attnproof.derivations.proof.reasoning import bounded_on_box, nonnegative, nonnegative_from_zero, same, tends_to
from attnproof.derivations.scores import FAMILIES

E_I, E_Y, E_W = symbols("e_i e_y e_w", real=True)
REST, OTHERS, X, Y = symbols("R T x y", positive=True)  # sums of exp over other keys; single exponentials
UPSTREAM, WEIGHTED = symbols("g_i M", real=True)  # ∂L/∂α_i and Σ_{j≠i} α_j g_j
G, GAP, SLACK = symbols("G gamma s", positive=True)
BETA = Symbol("beta", positive=True)  # 1 - α_i
N = Symbol("n", integer=True, positive=True)
J = Symbol("j", integer=True, positive=True)

H, SLOPE = symbols("h f'", real=True)  # one component of a key, and the score's slope in it
SCORES = Tensor("scores", "e", (N_K - 1,))  # of the other keys
ROOM = Tensor("room", "s", (N_K - 1,))  # s_j² is what g_j misses to G, or −G
LARGEST = Tensor("largest", "G", ())[()]

LOGIT_GRADIENT = X / (X + REST) * (UPSTREAM - (UPSTREAM * X + WEIGHTED) / (X + REST))
DIFFERENCE = BETA * UPSTREAM - WEIGHTED
DIFFERENCE_BOUND = 2 * G * BETA
TAIL_BOUND = (N - 1) * exp(-GAP)
RATE = exp(-GAP)


def logit_gradient(expected: Expr) -> bool:
    """``∂/∂e_i Σ_j α_j g_j``, the sum over the other keys being one symbol, equals ``expected`` (with x = exp(e_i))."""
    objective = (UPSTREAM * exp(E_I) + WEIGHTED) / (exp(E_I) + REST)
    return same(diff(objective, E_I), expected.subs(X, exp(E_I)))


def centred(expected: Expr) -> bool:
    """``g_i - Σ_j α_j g_j`` with ``Σ_j α_j = 1``: ``(1 - α_i) g_i - Σ_{j≠i} α_j g_j`` (β = 1 - α_i)."""
    return same(UPSTREAM - ((1 - BETA) * UPSTREAM + WEIGHTED), expected)


def others_within(sign: int, bound: Expr) -> bool:
    """``(1 − α_i) bound − sign Σ_{j≠i} α_j g_j >= 0`` for all g_j with ``sign g_j <= G``, up to the positive
    denominator.

    With ``g_j = sign (G − s_j²)`` it is the sum of ``exp(e_j) s_j²``.
    """
    weight, slope = exp(SCORES[KEY_INDEX]), sign * (LARGEST - ROOM[KEY_INDEX] ** 2)
    apart = bound * total(weight, (KEY_INDEX, N_K - 1)) - sign * total(weight * slope, (KEY_INDEX, N_K - 1))
    squares = total(weight * ROOM[KEY_INDEX] ** 2, (KEY_INDEX, N_K - 1))
    return equal(apart, squares) and is_sum_of_squares(squares)


def difference_bound(bound: Expr) -> bool:
    """``|(1 - α_i) g_i - Σ_{j≠i} α_j g_j| <= bound`` for ``|g_i| <= G`` and a sum within ± (1 - α_i) G."""
    return bounded_on_box(DIFFERENCE, {UPSTREAM: G, WEIGHTED: BETA * G}, bound)


def shifted(expected: Expr) -> bool:
    """``α_y = exp(e_y)/(exp(e_y) + Σ exp(e_j))`` equals ``expected`` in the differences ``e_j − e_y``, at every n."""
    others = total(exp(SCORES[L]), (L, N_K - 1))
    return equal(exp(E_Y) / (exp(E_Y) + others), expected)


def tail(bound: Expr) -> bool:
    """``1 - α_y <= Σ_{j≠y} exp(e_j - e_y) <= bound``, each of the n - 1 exponents being at most -γ."""
    one_minus = 1 - 1 / (1 + OTHERS)
    each = nonnegative_from_zero(exp(-GAP) - exp(-GAP - SLACK), SLACK)
    total = (Sum(exp(-GAP), (J, 1, N - 1)).doit() - bound).expand() == 0
    return nonnegative(OTHERS - one_minus) and each and bool(total)


def small_weight(bound: Expr) -> bool:
    """The weight for ``e_j <= e_y - γ``: ``α_j = x/(x + y + R) <= x/y <= bound``, where ``x = y exp(-γ - s)``."""
    first = nonnegative(X / Y - X / (X + Y + REST))
    return first and nonnegative_from_zero(bound - exp(-GAP - SLACK), SLACK)


def weight_alone(bound: Expr) -> bool:
    """``2 G α (1 − α) <= bound``, with α = 1 − β in (0, 1): β = 1/(1 + x)."""
    share = 1 / (1 + X)
    return nonnegative((bound - 2 * G * (1 - BETA) * BETA).subs(BETA, share))


def through_the_key(expected: Expr) -> bool:
    """A score with a component h of its own key: ``∂/∂h Σ_j α_j g_j`` is ``expected`` (x = exp(e_i), f' its slope)."""
    score = Function("f", real=True)(H)
    objective = (UPSTREAM * exp(score) + WEIGHTED) / (exp(score) + REST)
    found = diff(objective, H).subs(diff(score, H), SLOPE).subs(score, E_I)
    return same(found, expected.subs(X, exp(E_I)) * SLOPE)


def sharp(rate: Expr) -> bool:
    """Two keys, g = (G, -G): ``|ē_y| = 2 G α (1 - α)`` is asymptotically 2 G times ``rate``."""
    weight = 1 / (1 + exp(-GAP))
    return tends_to(simplify(2 * G * weight * (1 - weight) / (2 * G * rate)), GAP, Integer(1))


def cross_entropy(target: Expr, other: Expr) -> bool:
    """``L = -log α_y``: ``∂L/∂e_y`` is ``target`` and ``∂L/∂e_w`` is ``other``, x = exp(e_w), y = exp(e_y)."""
    loss = -log(exp(E_Y) / (exp(E_Y) + exp(E_W) + REST))
    back = {X: exp(E_W), Y: exp(E_Y)}
    return same(diff(loss, E_Y), target.subs(back)) and same(diff(loss, E_W), other.subs(back))


def wrong_winner(lower: Expr) -> bool:
    """When key w wins over y by γ (``y = x exp(-γ)``): ``1 - α_y >= lower``, which tends to 1."""
    share = X * exp(-GAP) / (X * exp(-GAP) + X + REST)
    return nonnegative(simplify(1 - share - lower)) and tends_to(lower, GAP, Integer(1))


CLAIM = Claim(
    id="T2",
    title="Gradients near one-hot weights",
    usual="As the weights approach one-hot, gradients vanish.",
    headline=("At rate `e^−gap` for a bounded upstream gradient; not under `−log α_y` when the wrong key leads."),
    statement=(
        r"Let key $y$ lead every other score by at least $\gamma > 0$ and let $|\partial L/\partial \alpha_j| \le G$ "
        r"for all $j$. Then $|\partial L/\partial e_j| \le 2G\alpha_j(1-\alpha_j)$; this is at most $2G e^{-\gamma}$ "
        r"for $j \ne y$ and at most $2G(n-1)e^{-\gamma}$ for $j = y$, and the rate $e^{-\gamma}$ is sharp. The "
        r"gradient that reaches key $j$ is $\partial L/\partial e_j$ times $\partial e_j/\partial h_j$, hence at most "
        r"$2G\alpha_j\,\|\partial e_j/\partial h_j\|$. Without the bound $G$ it is not so: for $L = -\log\alpha_y$ the "
        r"gradient is $\alpha - \delta_y$, and when a wrong key leads by $\gamma$ its component at $y$ is at least $1 "
        r"- e^{-\gamma}$ in size: it tends to 1, not to 0."
    ),
    assumptions={
        "The weights are a softmax of finite scores over n >= 2 keys.": "normaliser",
        "For the decay: the upstream gradient with respect to the weights is bounded.": "ranges",
    },
    steps=(
        Step(
            "derivative of the quotient, the other keys' sums as symbols",
            r"\partial_{e_i} \sum_j \alpha_j g_j => \alpha_i \left(g_i - \sum_j \alpha_j g_j\right)",
            partial(logit_gradient, LOGIT_GRADIENT),
        ),
        Step(
            "the weights sum to 1",
            r"g_i - \sum_j \alpha_j g_j => (1 - \alpha_i) g_i - \sum_{j \ne i} \alpha_j g_j",
            partial(centred, DIFFERENCE),
        ),
        *(
            Step(
                f"every |g_j| is at most G ({side})",
                rf"(1 - \alpha_i) G {sign} \sum_{{j \ne i}} \alpha_j g_j"
                rf" => \sum_{{j \ne i}} \alpha_j (G {sign} g_j) \ge 0",
                partial(others_within, number, LARGEST),
            )
            for side, sign, number in (("above", "-", 1), ("below", "+", -1))
        ),
        Step(
            "affine in each argument: extremes at the corners",
            r"\left|(1 - \alpha_i) g_i - \sum_{j \ne i} \alpha_j g_j\right| => \le 2 G (1 - \alpha_i)",
            partial(difference_bound, DIFFERENCE_BOUND),
        ),
        Step(
            "the common factor cancels",
            r"\alpha_y => 1 / \left(1 + \sum_{j \ne y} e^{e_j - e_y}\right)",
            partial(shifted, 1 / (1 + total(exp(SCORES[L] - E_Y), (L, N_K - 1)))),
        ),
        Step(
            "each other key trails by at least the gap",
            r"1 - \alpha_y \le \sum_{j \ne y} e^{e_j - e_y} => \le (n - 1) e^{-\gamma}",
            partial(tail, TAIL_BOUND),
        ),
        Step(
            "a trailing key has a small weight",
            r"\alpha_j \le e^{e_j - e_y} => \le e^{-\gamma}",
            partial(small_weight, RATE),
        ),
        Step(
            "the weight alone bounds it",
            r"2 G \alpha_j (1 - \alpha_j) => \le 2 G \alpha_j",
            partial(weight_alone, 2 * G * (1 - BETA)),
        ),
        Step(
            "chain rule: a score depends on its own key",
            r"\partial_{h_i} \sum_j \alpha_j g_j => \alpha_i \left(g_i - \sum_j \alpha_j g_j\right) \partial_{h_i} e_i",
            partial(through_the_key, LOGIT_GRADIENT),
        ),
        Step(
            "two keys attain the rate",
            r"\lim_{\gamma\to\infty} 2 G \alpha_y (1 - \alpha_y) / (2 G e^{-\gamma}) => 1",
            partial(sharp, RATE),
        ),
        Step(
            "derivative of the cross-entropy",
            r"\partial_{e}\,(-\log \alpha_y) => \alpha - \delta_y",
            partial(cross_entropy, Y / (Y + X + REST) - 1, X / (Y + X + REST)),
        ),
        Step(
            "the wrong key wins",
            r"1 - \alpha_y => \ge 1 - e^{-\gamma} \to 1",
            partial(wrong_winner, 1 - exp(-GAP)),
            refutes=True,
        ),
    ),
    altered={
        "the bound Gα(1 − α), without the factor 2": partial(difference_bound, DIFFERENCE_BOUND / 2),
        "the rate of twice the gap": partial(small_weight, exp(-2 * GAP)),
        "n − 2 keys behind in place of n − 1": partial(tail, (N - 2) * exp(-GAP)),
        "the component at y is 1 at every gap": partial(wrong_winner, Integer(1)),
    },
    scores=tuple(FAMILIES),
    tables=("saturation",),
    counterexample=(
        "import numpy as np\n"
        "e = np.array([30.0, 0.0])          # key 0 wins by 30, the right key is 1\n"
        "a = np.exp(e - e.max()); a /= a.sum()\n"
        "print(a - np.array([0.0, 1.0]))    # gradient of -log a[1]: about (1, -1), although the weights are one-hot"
    ),
    references=("Goodfellow, Bengio, Courville 2016, Deep Learning, section 6.2.2.3",),
)
