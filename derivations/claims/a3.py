"""A3: softmax weights maximise expected score plus temperature times entropy."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, diff, exp, expand_log, factor, log, simplify, symbols

from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import (
    All,
    Along,
    Cases,
    Differentiated,
    Equal,
    Field,
    FromZero,
    Rule,
    Sign,
    Tends,
)
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import eq, lt, ne

E = Tensor("scores", "e", (N_K,))
MASS = Tensor("mass", "w", (N_K,))  # any masses; p = w / Σ w is any distribution
LOG_P = Tensor("log_p", "y", (N_K,))  # log p_j; it occurs only as p_j log p_j, which is 0 where p_j is 0
TAU = Tensor("temperature", "tau", ())
MAX = Tensor("max", "m", ())
LOG_K = Tensor("log_affinity", "x", (N_K,))  # log of affinity times concentration of ligand j
LOG_K_DOT = Tensor("tangent_log_affinity", "x_dot", (N_K,), "tangent")
SITE = Tensor("site", "s", ())  # concentration of empty sites

PARTITION = total(exp(E[L] / TAU[()]), (L, N_K))
VALUE = TAU[()] * log(PARTITION)
BOUND = 1 + total(exp(LOG_K[L]), (L, N_K))  # the binding polynomial
#: p and α of one key, and how far their ratio is from 1
P_ONE, RATIO, STEP = Symbol("p", positive=True), Symbol("x", positive=True), Symbol("s", nonnegative=True)
STRICT = Symbol("s", positive=True)
WEIGHT = Symbol("alpha", positive=True)
ACTIVITY, EMPTY = symbols("x c", real=True)  # K c of a ligand, and 1 for the empty site


def alpha(j: Expr) -> Expr:
    """The Boltzmann weight ``exp(e_j/τ) / Σ_l exp(e_l/τ)``."""
    return exp(E[j] / TAU[()]) / PARTITION


def log_alpha(j: Expr) -> Expr:
    """Its logarithm ``e_j/τ − log Σ_l exp(e_l/τ)``."""
    return E[j] / TAU[()] - log(PARTITION)


def p(j: Expr) -> Expr:
    """Any distribution: ``w_j / Σ_l w_l``."""
    return MASS[j] / total(MASS[L], (L, N_K))


#: τ > 0; masses that are not all 0
WARM, SOME_MASS = (lt(ZERO, TAU[()]),), lt(ZERO, total(MASS[L], (L, N_K)))
LOG_WEIGHT = Equation(Tensor("log_weight", "y", (N_K,)), (J,), log_alpha(J))
OBJECTIVE = total(p(J) * (E[J] - TAU[()] * LOG_P[J]), (J, N_K))  # ⟨p, e⟩ + τ H(p)
DIVERGENCE = total(p(J) * (LOG_P[J] - log_alpha(J)), (J, N_K))  # KL(p‖α)


def at_softmax(expr: Expr) -> Expr:
    """``expr`` with p = α."""
    return put(put(expr, MASS, lambda j: exp(E[j] / TAU[()])), LOG_P, log_alpha)


def term(expected: Expr) -> Field:
    """``p log(p/α) − p + α`` with α = x p is ``expected``."""
    alpha_one = RATIO * P_ONE
    return Field(P_ONE * (log(P_ONE) - log(alpha_one)) - P_ONE + alpha_one, expected)


def least_at_one(excess: Expr) -> All:
    """``excess(x) >= 0`` for x > 0, and 0 only at x = 1: at 1 + s and at 1/(1 + s) it grows strictly with s."""
    parts: list[Rule] = []
    for x in (1 + STRICT, 1 / (1 + STRICT)):
        side = expand_log(excess.subs(RATIO, x))
        slope = factor(simplify(diff(side, STRICT)))
        parts += [Differentiated(side, STRICT, slope), Sign(ZERO, "<", slope)]
    return All((Cases(eq(excess, ZERO), ((RATIO, (Integer(1),)),)), *parts))


def occupancies_differ(empty: int) -> Cases:
    """Two ligands of the same K c: their occupancy ``K c / (empty + 2 K c)`` is not their weight; ``empty`` is 1
    for the empty site.
    """
    return Cases(
        ne(ACTIVITY / (EMPTY + 2 * ACTIVITY), ACTIVITY / (2 * ACTIVITY)),
        ((ACTIVITY, (Integer(1),)), (EMPTY, (Integer(empty),))),
    )


CLAIM = Claim(
    id="A3",
    title="Softmax as a maximiser",
    usual=(
        "softmax maximises ⟨α, e⟩ + H(α); the same weights are the occupancies of ligands that compete for one binding "
        "site."
    ),
    headline=(
        "It maximises `⟨α, e⟩ + H(α)`; a binding site can be empty, so occupancies are softmax only among the occupied "
        "sites."
    ),
    statement=(
        r"For every temperature $\tau > 0$ and every distribution $p$ over the keys, $\langle p, e\rangle + \tau H(p) "
        r"= \tau \log \sum_j e^{e_j/\tau} - \tau\,\mathrm{KL}(p \Vert \alpha)$ with $\alpha = "
        r"\operatorname{softmax}(e/\tau)$. So the Boltzmann weights are the only maximiser and the temperature times "
        r"log-sum-exp is the maximum, which lies between $\max e$ and $\max e + \tau \ln n$. $\tau = 1$ is the usual "
        r"statement. With $e_j/\tau = \ln(K_j c_j)$ the same weights are the shares of competing ligands among the "
        r"occupied copies of one binding site; their occupancies $\theta_j = \partial \ln P / \partial \ln c_j$ with "
        r"the binding polynomial $P = 1 + \sum_j K_j c_j$ themselves are softmax weights only with one more score, 0, "
        r"for the empty site."
    ),
    assumptions={
        "Finite real scores, τ > 0; 0 log 0 = 0.": "ranges",
        "Ligands: law of mass action at equilibrium, one ligand at most on a site, c_j the free concentrations, K_j "
        "the affinities.": "convention",
    },
    steps=(
        identity(
            "the logarithm of a Boltzmann weight",
            exp(LOG_WEIGHT.lhs),
            alpha(J),
            given=WARM,
            definitions=(LOG_WEIGHT,),
        ),
        identity("the weights sum to 1", total(alpha(J), (J, N_K)), Integer(1), given=WARM),
        identity(
            "expected score plus entropy falls short of log-sum-exp by KL",
            OBJECTIVE,
            VALUE - TAU[()] * DIVERGENCE,
            given=(*WARM, SOME_MASS),
        ),
        identity(
            "KL as a sum of terms p log(p/α) − p + α, since both sum to 1",
            DIVERGENCE,
            total(p(J) * (LOG_P[J] - log_alpha(J)) - p(J) + alpha(J), (J, N_K)),
            given=(*WARM, SOME_MASS),
        ),
        closed("one term p ln(p/α) − p + α, with α = x p", term(P_ONE * (RATIO - 1 - log(RATIO)))),
        closed(
            "x − 1 − ln x is 0 at x = 1, and grows strictly with s on both sides, at 1 + s and at 1/(1 + s)",
            least_at_one(RATIO - 1 - log(RATIO)),
        ),
        closed(
            "a key with p = 0 adds its weight α, which is positive: KL is 0 only for p = α",
            Tends(P_ONE * log(P_ONE) - P_ONE * log(WEIGHT) - P_ONE + WEIGHT, P_ONE, ZERO, WEIGHT),
        ),
        identity("the maximum is attained at p = α", at_softmax(OBJECTIVE), VALUE, given=WARM),
        identity(
            "the maximum m of the scores taken out",
            PARTITION,
            exp(MAX[()] / TAU[()]) * total(exp((E[L] - MAX[()]) / TAU[()]), (L, N_K)),
            given=WARM,
        ),
        closed(
            "each of the n terms e^(−s), s = (m − e_j)/τ ≥ 0, is positive and at most 1; the largest score has s = 0",
            All((Sign(ZERO, "<", exp(-STEP)), FromZero(exp(-STEP), "≤", Integer(1), variable=STEP))),
        ),
        identity(
            "so their sum is at least 1, and n less it a sum of terms ≥ 0: τ log-sum-exp is between m and m + τ ln n",
            N_K - total(exp((E[L] - MAX[()]) / TAU[()]), (L, N_K)),
            total(1 - exp((E[L] - MAX[()]) / TAU[()]), (L, N_K)),
            given=WARM,
        ),
        identity(
            "mass action: occupied by ligand j over all sites, the concentration of empty ones cancels",
            SITE[()] * exp(LOG_K[J]) / (SITE[()] + total(SITE[()] * exp(LOG_K[L]), (L, N_K))),
            exp(LOG_K[J]) / BOUND,
            given=(lt(ZERO, SITE[()]),),
        ),
        closed(
            "the derivative of ln P by the logarithms of the concentrations is the occupancies",
            Along(log(BOUND), ((LOG_K, LOG_K_DOT),), total(exp(LOG_K[J]) / BOUND * LOG_K_DOT[J], (J, N_K))),
        ),
        identity(
            "shares among occupied sites",
            exp(LOG_K[J]) / BOUND / total(exp(LOG_K[L]) / BOUND, (L, N_K)),
            exp(LOG_K[J]) / total(exp(LOG_K[L]), (L, N_K)),
        ),
        identity(
            "occupancies and the empty site sum to 1",
            exp(Integer(0)) / BOUND + total(exp(LOG_K[J]) / BOUND, (J, N_K)),
            Integer(1),
        ),
        closed(
            "so the occupancies are not the softmax weights over the ligands: two ligands with K c = 1",
            occupancies_differ(1),
            refutes=True,
        ),
    ),
    altered={
        "the divergence added in place of subtracted": Equal(
            OBJECTIVE, VALUE + TAU[()] * DIVERGENCE, (*WARM, SOME_MASS)
        ),
        "the value without the temperature": Equal(at_softmax(OBJECTIVE), log(PARTITION), WARM),
        "the logarithm twice as steep: x − 1 − 2 ln x": least_at_one(RATIO - 1 - 2 * log(RATIO)),
        "without an empty site the occupancies differ too": occupancies_differ(0),
        "occupancies that sum to 1 without the empty site": Equal(total(exp(LOG_K[J]) / BOUND, (J, N_K)), Integer(1)),
    },
    counterexample=(
        "import numpy as np\n"
        "activity = np.array([1.0, 1.0])                     # affinity times concentration of two ligands\n"
        "softmax = activity / activity.sum()                 # of the scores log(activity)\n"
        "occupancy = activity / (1 + activity.sum())         # mass action: the site may be empty\n"
        "print(occupancy, softmax, occupancy / occupancy.sum())  # equal only as shares among the occupied sites"
    ),
    references=(
        "Gibbs variational principle; Boyd, Vandenberghe 2004, Convex Optimization, 3.3 (conjugate of log-sum-exp)",
        "Wyman, Gill 1990, Binding and Linkage (binding polynomial)",
    ),
)
