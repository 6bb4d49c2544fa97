"""T2: how fast gradients vanish as the weights approach one-hot, and where they do not."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Function, Integer, Symbol, diff, exp, log, oo, symbols

from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.rules import (
    All,
    Corners,
    Differentiated,
    Equal,
    Field,
    FromZero,
    Sign,
    Solver,
    Squares,
    Tends,
)  # fmt: skip
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, le, lt
from attnproof.derivations.scores import FAMILIES

E_I, E_Y, E_W, H = symbols("e_i e_y e_w h", real=True)  # scores; one component of a key
REST, OTHERS, X, Y = symbols("R T x y", positive=True)  # sums of exp over other keys; single exponentials
FURTHER = Symbol("S", nonnegative=True)  # the sum of exp over all keys but two, of which there may be none
UPSTREAM, MIXED, WEIGHTED = symbols("g_i M m", real=True)  # ∂L/∂α_i; Σ_{j≠i} exp(e_j) g_j and Σ_{j≠i} α_j g_j
G, GAP, BETA, WEIGHT = symbols("G gamma beta alpha", positive=True)  # β = 1 - α_i
SLACK = Symbol("s", nonnegative=True)
SCORE = Function("f", real=True)

SCORES, SLOPES = Tensor("scores", "e", (N_K - 1,)), Tensor("slopes", "g", (N_K - 1,))  # of the other keys
ROOM = Tensor("room", "rho", (N_K - 1,))  # ρ_j² is what g_j misses to G, or −g_j
TRAILING = (L, N_K - 1)
KEY_WEIGHT, KEY_ROOM = exp(SCORES[L]), exp(SCORES[L]) * ROOM[L] ** 2


def _gradient(logit: Expr) -> Expr:
    """``α_i (g_i − Σ_j α_j g_j)``, the score of key i being ``logit``."""
    below = exp(logit) + REST
    return exp(logit) / below * (UPSTREAM - (UPSTREAM * exp(logit) + MIXED) / below)


def _weighted_mean(logit: Expr) -> Expr:
    """``Σ_j α_j g_j``, the score of key i being ``logit``."""
    return (UPSTREAM * exp(logit) + MIXED) / (exp(logit) + REST)


def _within(side: str, sign: int) -> Step:
    """``(1 − α_i) G ± Σ_{j≠i} α_j g_j >= 0``, times the positive denominator."""
    return closed(
        f"every |g_j| is at most G ({side}): ρ_j² is the distance; the other keys' part, times the denominator",
        All(
            (
                Equal(
                    G * total(KEY_WEIGHT, TRAILING) - sign * total(KEY_WEIGHT * SLOPES[L], TRAILING),
                    total(KEY_ROOM, TRAILING),
                    definitions=(Equation(SLOPES, (J,), sign * (G - ROOM[J] ** 2)),),
                ),
                Squares(total(KEY_ROOM, TRAILING)),
            )
        ),
    )


SPREAD = Corners(BETA * UPSTREAM - WEIGHTED, ((UPSTREAM, G), (WEIGHTED, BETA * G)), 2 * G * BETA)
DECAY = FromZero(exp(-GAP - SLACK), "≤", exp(-GAP), variable=SLACK)
COUNT = Equal(total(exp(-GAP), TRAILING), (N_K - 1) * exp(-GAP))
SHARP = Tends(1 / (1 + exp(-GAP)) ** 2, GAP, oo, Integer(1))
BELOW = exp(E_Y) + exp(E_W) + FURTHER
LOSS = -log(exp(E_Y) / BELOW)
WRONG = Sign(1 - exp(-GAP), "≤", 1 - X * exp(-GAP) / (X * exp(-GAP) + X + FURTHER))


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
        r"- e^{-\gamma}$ in size: it tends to 1 as $\gamma$ grows, not to 0."
    ),
    assumptions={
        "The weights are a softmax of finite scores over n >= 2 keys.": "normaliser",
        "For the decay: the upstream gradient with respect to the weights is bounded.": "ranges",
    },
    steps=(
        closed(
            "derivative of the quotient Σ_j α_j g_j; M is the sum of exp(e_j) g_j, R that of exp(e_j), over the other "
            "keys",
            Differentiated(_weighted_mean(E_I), E_I, _gradient(E_I)),
        ),
        closed(
            "the weights sum to 1: β = 1 − α_i, m the sum of α_j g_j over the other keys",
            Field(UPSTREAM - ((1 - BETA) * UPSTREAM + WEIGHTED), BETA * UPSTREAM - WEIGHTED),
        ),
        _within("above", 1),
        _within("below", -1),
        closed("affine in g_i and m, within those bounds: extremes at the corners", SPREAD),
        identity(
            "the common factor cancels: α_y in the differences to the other keys' scores",
            exp(E_Y) / (exp(E_Y) + total(exp(SCORES[L]), TRAILING)),
            1 / (1 + total(exp(SCORES[L] - E_Y), TRAILING)),
        ),
        closed("every other key trails by the gap or more: e_j − e_y = −γ − s", DECAY),
        closed("n − 1 such terms", COUNT),
        closed("1 − α_y is at most their sum T", Sign(1 - 1 / (1 + OTHERS), "≤", OTHERS)),
        closed("a trailing key's weight is at most exp(e_j − e_y) = x/y", Sign(X / (X + Y + FURTHER), "≤", X / Y)),
        closed(
            "either bound on the weight alone gives one on the gradient",
            Solver(
                Both(
                    (
                        le(2 * G * WEIGHT * (1 - WEIGHT), 2 * G * WEIGHT),
                        le(2 * G * WEIGHT * (1 - WEIGHT), 2 * G * (1 - WEIGHT)),
                    )
                ),
                (lt(WEIGHT, Integer(1)),),
            ),
        ),
        closed(
            "chain rule: a score depends on its own key, f as a function of the component h",
            Differentiated(_weighted_mean(SCORE(H)), H, _gradient(SCORE(H)) * diff(SCORE(H), H)),
        ),
        closed(
            "two keys with g = (G, −G): the bound on the gradient is attained",
            Field(
                WEIGHT * (G - (WEIGHT * G - (1 - WEIGHT) * G)),
                2 * G * WEIGHT * (1 - WEIGHT),
            ),
        ),
        closed(
            "and so is the rate, α = 1/(1 + e^(−γ)) being the weight of the leading one",
            All(
                (
                    Field(1 / (1 + exp(-GAP)) * (1 - 1 / (1 + exp(-GAP))) / exp(-GAP), SHARP.of),
                    SHARP,
                )
            ),
        ),
        closed(
            "derivative of the cross-entropy by the score of the right key: α_y − 1",
            Differentiated(LOSS, E_Y, exp(E_Y) / BELOW - 1),
        ),
        closed(
            "and by the score of another key: its weight",
            Differentiated(LOSS, E_W, exp(E_W) / BELOW),
        ),
        closed(
            "a wrong key w wins by γ: exp(e_y) = x e^(−γ) with x = exp(e_w); S is the sum over the others",
            All((WRONG, Tends(1 - exp(-GAP), GAP, oo, Integer(1)))),
            refutes=True,
        ),
    ),
    altered={
        "the bound Gα(1 − α), without the factor 2": replace(SPREAD, bound=G * BETA),
        "the rate of twice the gap": replace(DECAY, right=exp(-2 * GAP)),
        "n − 2 keys behind in place of n − 1": replace(COUNT, right=(N_K - 2) * exp(-GAP)),
        "the component at y is 1 at every gap": replace(WRONG, left=Integer(1)),
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
