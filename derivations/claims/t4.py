"""T4: what dividing by √d keeps at 1, and which part of the variance moves the weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Expr, ImmutableMatrix, Integer, Rational, Sum, Symbol, expand, eye, limit, oo, sqrt, symbols

from attnproof.derivations.claims.checks.covariances import (
    one_side_suffices,
    repeated_component,
    second_moment,
    unit_diagonal,
)
from attnproof.derivations.claims.t3 import DOT_VARIANCE, MU_K, MU_Q, SIGMA_K, SIGMA_Q
from attnproof.derivations.language.notation import D, R
from attnproof.derivations.lemmas.cumulants_add import same
from attnproof.derivations.moments.distributions import Distribution, normal
from attnproof.derivations.moments.exact import pair_law, summary
from attnproof.derivations.moments.expectation import expectation
from attnproof.derivations.moments.quadratic import second_moments
from attnproof.derivations.moments.scores import DotScore, correlated_dot, dot
from attnproof.derivations.proof.claim import Claim, Step

RHO = Symbol("rho", real=True)
DELTA, SPREAD = symbols("delta s", positive=True)

SHARED = D * MU_K**2 * SIGMA_Q**2
HALF_DIFFERENCE = D * SIGMA_K**2 * (SIGMA_Q**2 + MU_Q**2)


def unit_variance(sigma_q: ImmutableMatrix, sigma_k: ImmutableMatrix, value: Expr) -> bool:
    """``Var(q·k)/d`` for zero means and covariances given at a fixed size is ``value``."""
    size = sigma_q.rows
    centre = ImmutableMatrix([0] * size)
    _, variance = second_moments(centre, sigma_q, centre, sigma_k)
    return same(variance / size, value)


def scaled_variance(query: Distribution, key: Distribution, value: Expr) -> bool:
    """``Var(q·k/√d)`` for independent components, at symbolic width."""
    return same(dot(query, key, D).scaled().variance, value)


def split(shared: Expr, half_difference: Expr) -> bool:
    """The two parts from joint cumulants (symbolic width), from conditional moments (brute force), and their sum."""
    score = dot(normal(MU_Q, SIGMA_Q), normal(MU_K, SIGMA_K), D)
    by_cumulants = same(score.shared, shared) and same(score.half_difference, half_difference)
    return by_cumulants and same(shared + half_difference, DOT_VARIANCE) and conditional_split(shared, half_difference)


def conditional_split(shared: Expr, half_difference: Expr) -> bool:
    """``Var_q(E[e|q])`` and ``E_q[Var(e|q)]``: over pairs of components at symbolic width, and by expansion at d = 1,
    2, 3.

    ``E[e|q] = μ_k Σ_r q_r``, whose square has the mean ``E[(Σ q_r μ_k)²]``; what is left of ``E e²`` is the variance
    given q.
    """
    second_q, second_k = MU_Q**2 + SIGMA_Q**2, MU_K**2 + SIGMA_K**2
    given = shared + (D * MU_Q * MU_K) ** 2  # E[(E[e|q])²]
    if not (
        second_moment(MU_Q, second_q, MU_K, MU_K**2, expand(given))
        and second_moment(MU_Q, second_q, MU_K, second_k, expand(given + half_difference))
    ):
        return False

    def moment(mu: Expr, sigma: Expr) -> Callable[[int], Expr]:
        return lambda m: (Integer(1), mu, mu**2 + sigma**2)[m]

    for width in (1, 2, 3):
        q, k = symbols(f"q:{width}"), symbols(f"k:{width}")
        over_k = {y: moment(MU_K, SIGMA_K) for y in k}
        over_q = {x: moment(MU_Q, SIGMA_Q) for x in q}
        score = sum((x * y for x, y in zip(q, k, strict=True)), Integer(0))
        first, second = expectation(score, over_k), expectation(expand(score**2), over_k)
        between = expectation(expand(first**2), over_q) - expectation(first, over_q) ** 2
        within = expectation(expand(second - first**2), over_q)
        if not same(between, shared.subs(D, width)) or not same(within, half_difference.subs(D, width)):
            return False
    return True


def rademacher_split(width: int) -> bool:
    """The calculus against enumeration of a biased ±1 key (mean ½): all five numbers, exactly."""
    from fractions import Fraction

    half, quarter = Fraction(1, 2), Fraction(1, 4)
    query = ((Fraction(-1), half), (Fraction(1), half))
    key = ((Fraction(-1), quarter), (Fraction(1), 3 * quarter))
    found = summary(pair_law(query, key, width))

    def laws(weights: tuple[tuple[Fraction, Fraction], ...]) -> Distribution:
        atoms = tuple((Rational(x.numerator, x.denominator), Rational(p.numerator, p.denominator)) for x, p in weights)
        return Distribution("atoms", lambda m: sum((p * x**m for x, p in atoms), Integer(0)), atoms=atoms)

    score: DotScore = dot(laws(query), laws(key), width)
    expected = (score.mean, score.variance, score.excess_kurtosis, score.shared, score.half_difference)
    names = ("mean", "variance", "excess kurtosis", "shared", "half difference")
    return all(
        same(value, Rational(found[name].numerator, found[name].denominator))
        for name, value in zip(names, expected, strict=True)
    )


def correlated(mean: Expr, variance: Expr, shared: Expr, half_difference: Expr) -> bool:
    """Normal pairs ``k_j = ρ q + √(1−ρ²) g_j``: mean, variance and its two parts."""
    score = correlated_dot(RHO, D)
    found = (score.mean, score.variance, score.shared, score.half_difference)
    return all(same(a, b) for a, b in zip(found, (mean, variance, shared, half_difference), strict=True))


def gap_limits(power: Expr, gap: Expr, deviation: Expr) -> bool:
    """Scores times ``d^{-power}``: limits of a mean gap ``d δ`` between two keys and of a deviation ``√d s``."""
    factor = D ** (-power)
    return bool(limit(D * DELTA * factor, D, oo) == gap and limit(sqrt(D) * SPREAD * factor, D, oo) == deviation)


def partial_gap(power: Expr, gap: Expr) -> bool:
    """The same for a mean gap that grows like ``√d δ`` only."""
    return bool(limit(sqrt(D) * DELTA * D ** (-power), D, oo) == gap)


_SIGMA_K3 = ImmutableMatrix(3, 3, lambda r, c: Symbol(f"c{min(r, c)}{max(r, c)}", real=True))

CLAIM = Claim(
    id="T4",
    title="Dividing by √d: what stays at 1",
    usual="Dividing the dot score by √d_k keeps its variance at 1.",
    headline=(
        "For independent `q` and `k` with zero means and unit variances, the components of one uncorrelated "
        "(enough, not necessary); what saturates softmax is `½ Var(e_i − e_j given q)`, not `Var(e_i)`."
    ),
    statement=(
        r"For independent $q$ and $k$ with means 0 and covariances $\Sigma_q, \Sigma_k$: $\operatorname{Var}(q\cdot "
        r"k/\sqrt d) = \operatorname{tr}(\Sigma_q\Sigma_k)/d$. It is 1 for unit variances if the components of at "
        r"least one of the two vectors are uncorrelated, which is enough and not necessary; neither normality nor "
        r"identical laws are needed. With non-zero means, the components of each vector uncorrelated, with one mean "
        r"and one variance, it is $\sigma_q^2\sigma_k^2 + \mu_k^2\sigma_q^2 + \sigma_k^2\mu_q^2$. What moves the "
        r"weights is $\tfrac12\operatorname{Var}(e_i-e_j\mid q)$, there on average $\sigma_k^2(\sigma_q^2+\mu_q^2)$ "
        r"after the scaling; the rest, $\mu_k^2\sigma_q^2$, is shared by all keys of a query and softmax drops it. If "
        r"every key is $\rho q + \sqrt{1-\rho^2}\,g$, where $g$ is independent of $q$ and of the other keys and has "
        r"uncorrelated components of mean 0 and variance 1, and $E[q_r^2] = 1$, $E[q_r^2 q_s^2] = 1 + 2\delta_{rs}$ "
        r"(normal pairs of correlation $\rho$), the mean is $d\rho$, the variance $d(1+\rho^2)$, of which $2d\rho^2$ "
        r"is shared and only $d(1-\rho^2)$ moves the weights: after $1/\sqrt d$ it is at most 2. Call $d^{-p}$ the "
        r"right scale for a gap between the mean scores of two keys if the scaled gap has a limit that is neither 0 "
        r"nor infinite. For a gap $d\delta$ that is $1/d$: under $1/\sqrt d$ it grows like $\sqrt d$, under $1/d$ it "
        r"stays and a spread $\sqrt d s$ vanishes. For a gap $\sqrt d\,\delta$ it is "
        r"$1/\sqrt d$."
    ),
    assumptions={
        "query and key independent, means 0, variances 1, one's components uncorrelated: then exactly 1": "moments",
        "non-zero means, and the split: components uncorrelated in both vectors, of one mean and one variance in "
        "each": "moments",
        "the keys of a query are independent given the query and have one law (for the split)": "independence",
        "the correlated case: these moments, as jointly normal pairs have them; every key with the same "
        "correlation": "distribution",
    },
    steps=(
        Step(
            "zero means and unit variances at symbolic width",
            r"\operatorname{Var}(q\cdot k/\sqrt d) => 1",
            partial(scaled_variance, normal(), normal(), Integer(1)),
        ),
        Step(
            "Σ_q = I and any Σ_k, at symbolic width: off-diagonal entries drop out",
            r"\sum_{r,s} \delta_{rs} (\Sigma_k)_{rs} => \sum_r (\Sigma_k)_{rr}",
            partial(one_side_suffices, lambda cov: Sum(cov[R, R], (R, 0, D - 1))),
        ),
        Step(
            "and with unit variances of the key's components",
            r"\tfrac1d\sum_r (\Sigma_k)_{rr} => 1",
            partial(unit_diagonal, Integer(1)),
        ),
        Step(
            "the same from the moments of quadratic forms (symbolic entries, 3 × 3)",
            r"\operatorname{tr}(I\,\Sigma_k)/d => \tfrac1d\textstyle\sum_r (\Sigma_k)_{rr}",
            partial(unit_variance, ImmutableMatrix(eye(3)), _SIGMA_K3, _SIGMA_K3.trace() / 3),
        ),
        Step(
            "both vectors with one component repeated d times, at symbolic width: the assumption is needed",
            r"\operatorname{Var}(q\cdot k/\sqrt d),\ q = x\mathbf 1,\ k = y\mathbf 1 => d",
            partial(repeated_component, D),
            refutes=True,
        ),
        Step(
            "other variances",
            r"\operatorname{Var}(q\cdot k/\sqrt d),\ \mu=0 => \sigma_q^2\sigma_k^2",
            partial(scaled_variance, normal(0, SIGMA_Q), normal(0, SIGMA_K), SIGMA_Q**2 * SIGMA_K**2),
        ),
        Step(
            "non-zero means",
            r"\operatorname{Var}(q\cdot k/\sqrt d) => \sigma_q^2\sigma_k^2+\mu_k^2\sigma_q^2+\sigma_k^2\mu_q^2",
            partial(scaled_variance, normal(MU_Q, SIGMA_Q), normal(MU_K, SIGMA_K), expand(DOT_VARIANCE / D)),
            refutes=True,
        ),
        Step(
            "law of total variance: joint cumulants at symbolic width, conditional moments by expansion",
            r"\operatorname{Var}(e) = \operatorname{Var}(E[e\mid q]) + E[\tfrac12\operatorname{Var}(e_i-e_j\mid q)]"
            r" => d\mu_k^2\sigma_q^2 + d\sigma_k^2(\sigma_q^2+\mu_q^2)",
            partial(split, SHARED, HALF_DIFFERENCE),
        ),
        Step(
            "the same split by exact enumeration of biased ±1 keys at d = 4",
            r"\text{enumeration} => \text{calculus}",
            partial(rademacher_split, 4),
        ),
        Step(
            "normal pairs with correlation ρ, all keys alike",
            r"E,\ \operatorname{Var},\ \text{shared},\ \tfrac12\operatorname{Var}(e_i-e_j\mid q)"
            r" => d\rho,\ d(1+\rho^2),\ 2d\rho^2,\ d(1-\rho^2)",
            partial(correlated, D * RHO, D * (1 + RHO**2), 2 * D * RHO**2, D * (1 - RHO**2)),
        ),
        Step(
            "a gap dδ between mean scores, times 1/√d: the gap grows without bound, the spread stays",
            r"d\delta/\sqrt d,\ \sqrt d s/\sqrt d => \infty,\ s",
            partial(gap_limits, Rational(1, 2), oo, SPREAD),
        ),
        Step(
            "the same gap times 1/d: the gap stays, the spread vanishes",
            r"d\delta/d,\ \sqrt d s/d => \delta,\ 0",
            partial(gap_limits, Integer(1), DELTA, Integer(0)),
        ),
        Step(
            "a gap that grows like √d only: 1/√d keeps it, 1/d loses it",
            r"\sqrt d\delta/\sqrt d,\ \sqrt d\delta/d => \delta,\ 0",
            lambda: partial_gap(Rational(1, 2), DELTA) and partial_gap(Integer(1), Integer(0)),
        ),
    ),
    altered={
        "one repeated component keeps the variance 1": partial(repeated_component, Integer(1)),
        "1/√d keeps a gap that grows like d": partial(gap_limits, Rational(1, 2), DELTA, SPREAD),
    },
    scores=("dot", "scaled_dot"),
    tables=("variance", "model"),
    counterexample="""import numpy as np
rng, d, n = np.random.default_rng(0), 64, 20000
q, k = rng.standard_normal((2, n, d))
e = lambda q, k: (q * k).sum(-1) / np.sqrt(d)
print(e(q, k).var())                          # 1: zero means, unit variances, independent
print(e(q + 1, k + 1).var())                  # 3: means 1
print(e(q[:, :1] + 0 * q, k[:, :1] + 0 * k).var())  # 64: one component repeated
print(e(q, (q + k) / np.sqrt(2)).var())       # 1.5: correlation 1/sqrt(2)""",
    references=("Vaswani et al. 2017, Attention Is All You Need, section 3.2.1, footnote 4",),
)
