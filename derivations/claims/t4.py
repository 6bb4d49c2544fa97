"""T4: what dividing by √d keeps at 1, and which part of the variance moves the weights."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Rational, Symbol, oo, sqrt, symbols

from attnproof.derivations.claims.checks.cited import MEANS_MULTIPLY
from attnproof.derivations.claims.t3 import COV_K, DOT_VARIANCE, PAIRS, SAME, over_pairs
from attnproof.derivations.language.notation import D, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.moments.expansions import MU_K, MU_Q, SIGMA_K, SIGMA_Q
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.rules import All, Computed, Equal, Field, Solver, Tends
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import le

RHO = Symbol("rho", real=True)
DELTA, SPREAD = symbols("delta s", positive=True)
C00, C11, C22 = (Symbol(f"c{r}{r}", real=True) for r in range(3))
GAP, DEVIATION = Tensor("gap", "g", ()), Tensor("deviation", "w", ())
OFF = Tensor("off", "c", (D, D))  # covariances of different components
CENTRED = tuple(Equation(Tensor(f"mean_{letter}", f"mu_{letter}", ()), (), Integer(0)) for letter in "qk")

SHARED = D * MU_K**2 * SIGMA_Q**2
HALF_DIFFERENCE = D * SIGMA_K**2 * (SIGMA_Q**2 + MU_Q**2)
SECOND_Q = MU_Q**2 + SIGMA_Q**2

REPEATED = Equal(total(Integer(1), *PAIRS) / D, D)
BETWEEN = Equal(over_pairs(SECOND_Q * MU_K**2, MU_Q**2 * MU_K**2) - (D * MU_Q * MU_K) ** 2, SHARED)
WITHIN = Equal(total(SECOND_Q * SIGMA_K**2, (R, D)), HALF_DIFFERENCE)
GROWS = Tends(sqrt(D) * DELTA, D, oo, oo)
CORRELATED_SHARED = Equal(over_pairs(3 * RHO**2, RHO**2) - (D * RHO) ** 2, 2 * D * RHO**2)


def _over(target: Tensor, value: Expr, power: Expr, expected: Expr) -> Field:
    """What is left of ``value`` over ``d^power``."""
    return Field(target[()] / D**power, expected, definitions=(Equation(target, (), value),))


CLAIM = Claim(
    id="T4",
    title="Dividing by √d: what stays at 1",
    usual="Dividing the dot score by √d_k keeps its variance at 1.",
    headline=(
        "For independent `q` and `k` with zero means and unit variances, the components of one uncorrelated "
        "(enough, not necessary); what moves the weights is `½ Var(e_i − e_j given q)`, not `Var(e_i)`."
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
        r"is shared and only $d(1-\rho^2)$ moves the weights: after $1/\sqrt d$ the variance is at most 2. Call "
        r"$d^{-p}$ the right scale for a gap between the mean scores of two keys if the scaled gap has a limit that is "
        r"neither 0 nor infinite. For a gap $d\delta$ that is $1/d$: under $1/\sqrt d$ it grows like $\sqrt d$, under "
        r"$1/d$ it stays and a spread $\sqrt d s$ vanishes. For a gap $\sqrt d\,\delta$ it is $1/\sqrt d$."
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
        closed("q and k independent: the mean of each product of two pairs of components", MEANS_MULTIPLY),
        identity(
            "zero means, unit variances, uncorrelated components: a pair has covariances 1 for r = l, else 0",
            total(SAME**2, *PAIRS) / D,
            Integer(1),
        ),
        identity(
            "Σ_q = I and any Σ_k, at symbolic width: off-diagonal entries drop out",
            total(SAME * COV_K[R, L], *PAIRS),
            total(COV_K[R, R], (R, D)),
        ),
        identity(
            "and with unit variances of the key's components, its covariances being what they may",
            total(SAME * COV_K[R, L], *PAIRS) / D,
            Integer(1),
            definitions=(Equation(COV_K, (R, L), SAME + (1 - SAME) * OFF[R, L]),),
        ),
        closed(
            "the same from the moments of quadratic forms (symbolic entries, 3 × 3)",
            Computed("claims.checks.laws:variance_beside_identity", (3,), C00 + C11 + C22),
        ),
        closed(
            "both vectors with one component repeated d times, so that every covariance is 1: the assumption is needed",
            REPEATED,
            refutes=True,
        ),
        closed(
            "other variances, means 0: the variance of the dot score (T3) over d",
            Field(DOT_VARIANCE / D, SIGMA_Q**2 * SIGMA_K**2, definitions=CENTRED),
        ),
        closed(
            "non-zero means",
            Field(
                DOT_VARIANCE / D,
                SIGMA_Q**2 * SIGMA_K**2 + MU_K**2 * SIGMA_Q**2 + SIGMA_K**2 * MU_Q**2,
            ),
            refutes=True,
        ),
        closed("the part that keys share, Var(E[e|q]): given q each key has its mean in place of its moments", BETWEEN),
        closed("the rest, E[Var(e|q)], half the mean of Var(e_i − e_j|q): a key's variance at each component", WITHIN),
        closed("law of total variance: the two parts are all of it", Field(SHARED + HALF_DIFFERENCE, DOT_VARIANCE)),
        closed(
            "the same split by expansion at d = 1, 2, 3",
            All(
                tuple(
                    Computed("moments.expansions:dot_split", (d,), (SHARED.subs(D, d), HALF_DIFFERENCE.subs(D, d)))
                    for d in (1, 2, 3)
                )
            ),
        ),
        closed(
            "and from joint cumulants at symbolic width, for normal components: mean, variance, its two parts",
            Computed(
                "claims.checks.laws:normal_parts",
                (MU_Q, SIGMA_Q, MU_K, SIGMA_K, D),
                (D * MU_Q * MU_K, DOT_VARIANCE, SHARED, HALF_DIFFERENCE),
            ),
        ),
        closed(
            "by enumeration of biased ±1 keys at d = 4, and from cumulants: mean, variance, excess kurtosis, parts",
            All(
                tuple(
                    Computed(
                        f"claims.checks.laws:{road}",
                        (4,),
                        (Integer(0), Integer(4), Rational(-1, 2), Integer(1), Integer(3)),
                    )
                    for road in ("enumerated_signs", "calculated_signs")
                )
            ),
        ),
        closed(
            "normal pairs k = ρq + √(1 − ρ²) g, all keys alike: E[(qk)²] = 3ρ² + 1 − ρ² as E[q⁴] = 3, and the mean is "
            "ρ; variance",
            Equal(over_pairs(1 + 2 * RHO**2, RHO**2) - (D * RHO) ** 2, D * (1 + RHO**2)),
        ),
        closed(
            "which over d is at most 2",
            Solver(le(1 + RHO**2, Integer(2)), (le(Integer(-1), RHO), le(RHO, Integer(1)))),
        ),
        closed("what two keys share: E[q² k k'] = 3ρ²", CORRELATED_SHARED),
        closed(
            "all of it from joint cumulants; the rest is what moves the weights",
            Computed(
                "claims.checks.laws:correlated_parts",
                (RHO, D),
                (D * RHO, D * (1 + RHO**2), 2 * D * RHO**2, D * (1 - RHO**2)),
            ),
        ),
        closed(
            "a gap dδ between mean scores, times 1/√d: the gap grows without bound, the spread √d s stays",
            All(
                (
                    _over(GAP, D * DELTA, Rational(1, 2), GROWS.of),
                    GROWS,
                    _over(DEVIATION, sqrt(D) * SPREAD, Rational(1, 2), SPREAD),
                )
            ),
        ),
        closed(
            "the same gap times 1/d: the gap stays, the spread vanishes",
            All(
                (
                    _over(GAP, D * DELTA, Integer(1), DELTA),
                    _over(DEVIATION, sqrt(D) * SPREAD, Integer(1), SPREAD / sqrt(D)),
                    Tends(SPREAD / sqrt(D), D, oo, Integer(0)),
                )
            ),
        ),
        closed(
            "a gap that grows like √d only: 1/√d keeps it, 1/d loses it",
            All(
                (
                    _over(GAP, sqrt(D) * DELTA, Rational(1, 2), DELTA),
                    _over(GAP, sqrt(D) * DELTA, Integer(1), DELTA / sqrt(D)),
                    Tends(DELTA / sqrt(D), D, oo, Integer(0)),
                )
            ),
        ),
    ),
    altered={
        "one repeated component keeps the variance 1": replace(REPEATED, right=Integer(1)),
        "the parts exchanged": replace(BETWEEN, right=HALF_DIFFERENCE),
        "nothing is shared": replace(WITHIN, right=DOT_VARIANCE),
        "correlated pairs share d ρ²": replace(CORRELATED_SHARED, right=D * RHO**2),
        "1/√d keeps a gap that grows like d": replace(GROWS, value=DELTA),
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
