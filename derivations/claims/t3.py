"""T3: mean, variance and higher cumulants of the dot score at symbolic width.

Each check takes the formula it checks as an argument, so that a test can hand it another one and see it rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from sympy import Expr, Integer, Rational, expand, factorial, gammasimp, latex, simplify, symbols

from attnproof.derivations.claims.checks.covariances import (
    second_moment,
    trace_by_expansion,
    trace_formula,
    trace_of_product,
)
from attnproof.derivations.language.notation import D
from attnproof.derivations.lemmas.cumulants_add import copies_add, same
from attnproof.derivations.lemmas.product_moments import ORDER as MOMENT_ORDER
from attnproof.derivations.lemmas.product_moments import product_splits
from attnproof.derivations.lemmas.sphere_coordinate import RATIO, closed, layer_normalised
from attnproof.derivations.moments import calculus, law
from attnproof.derivations.moments.distributions import Distribution, laplace, normal, rademacher, student_t, uniform
from attnproof.derivations.moments.expectation import expectation
from attnproof.derivations.moments.scores import dot
from attnproof.derivations.proof.claim import Claim, Step

ORDER = 8
A, B, NU = symbols("a b nu", positive=True)
MU_Q, MU_K = symbols("mu_q mu_k", real=True)
SIGMA_Q, SIGMA_K = symbols("sigma_q sigma_k", positive=True)

DOT_MEAN = D * MU_Q * MU_K
DOT_VARIANCE = D * ((SIGMA_Q**2 + MU_Q**2) * (SIGMA_K**2 + MU_K**2) - MU_Q**2 * MU_K**2)

LAWS: Mapping[str, tuple[Distribution, Expr, Expr]] = MappingProxyType(
    {
        "normal": (normal(), D, 6 / D),
        "uniform": (uniform(A), D * A**4 / 9, Rational(6, 25) / D),
        "rademacher": (rademacher(), D, -2 / D),
        "laplace": (laplace(B), 4 * D * B**4, 33 / D),
        "student_t": (student_t(NU), D * NU**2 / (NU - 2) ** 2, (9 * (NU - 2) ** 2 / (NU - 4) ** 2 - 3) / D),
    }
)
"""Law of one component, variance of the score, excess kurtosis of the score."""


def mean_and_variance(mean: Expr, variance: Expr) -> bool:
    """The closed forms for any laws with these means and deviations: over pairs of components at symbolic width, and by
    brute force.

    The second road expands at d = 1, 2, 3.
    """
    moments_q, moments_k = (MU_Q, MU_Q**2 + SIGMA_Q**2), (MU_K, MU_K**2 + SIGMA_K**2)
    if not (
        same(mean, D * MU_Q * MU_K) and second_moment(*moments_q, *moments_k, expand(variance + (D * MU_Q * MU_K) ** 2))
    ):
        return False

    def component(mu: Expr, sigma: Expr) -> Callable[[int], Expr]:
        return lambda m: (Integer(1), mu, mu**2 + sigma**2)[m]

    for width in (1, 2, 3):
        q, k = symbols(f"q:{width}"), symbols(f"k:{width}")
        moments = {x: component(MU_Q, SIGMA_Q) for x in q} | {x: component(MU_K, SIGMA_K) for x in k}
        score = sum((x * y for x, y in zip(q, k, strict=True)), Integer(0))
        first, second = expectation(score, moments), expectation(expand(score**2), moments)
        if not same(first, mean.subs(D, width)) or not same(second - first**2, variance.subs(D, width)):
            return False
    return True


def law_has(name: str, variance: Expr, kurtosis: Expr) -> bool:
    """Variance and excess kurtosis of the score, its component's moments re-derived from the density."""
    law_of = LAWS[name][0]
    moments = tuple(law_of.moment_by_integration(m) for m in range(5))
    kappa = calculus.iid_sum(calculus.cumulants(calculus.product(moments, moments)), D)
    return same(kappa[2], variance) and same(calculus.excess_kurtosis(kappa), kurtosis)


def normal_cumulants(closed: Callable[[int], Expr], order: int = ORDER) -> bool:
    """κ_m of the dot score of standard normal vectors: from moments, and from ``log (1−t²)^{−d/2}``."""
    kappa = dot(normal(), normal(), D).cumulants(order)
    series = calculus.cumulants(law.moments(D, order))
    return all(same(kappa[m], closed(m)) and same(series[m], closed(m)) for m in range(1, order + 1))


def normal_law(closed: Expr) -> bool:
    """The generating function of q·k and that of √(2G) Z, both integrated, are ``closed``."""
    return all(gammasimp(simplify(side / closed)) == 1 for side in (law.by_components(D), law.by_gamma(D)))


def _law_step(name: str) -> Step:
    component, variance, kurtosis = LAWS[name]
    given = r",\ \nu > 4" if NU in variance.free_symbols else ""
    return Step(
        f"moments of {component.name} by integration of its density (or sum over its atoms), then the calculus",
        rf"\operatorname{{Var}}(q\cdot k),\ \kappa_4/\kappa_2^2 "
        rf"\text{{ for {name.replace('_', '-')} components}}{given}"
        rf" => {latex(variance)},\quad {latex(kurtosis)}",
        partial(law_has, name, variance, kurtosis),
    )


def normal_closed(order: int) -> Expr:
    """``κ_{2m} = d (2m−1)!``, odd ones 0."""
    return Integer(0) if order % 2 else D * factorial(order - 1)


CLAIM = Claim(
    id="T3",
    title="Dot scores grow with the norms and, for independent components, with the width",
    usual="Multiplicative scores grow with the norms of the vectors and with the dimension.",
    headline=(
        "For independent, identically distributed components every cumulant that exists is proportional to `d`; "
        "for unit vectors of independent directions, one isotropic, the variance is `1/d`."
    ),
    statement=(
        r"For $q$ and $k$ independent of each other, the components of each independent and identically distributed, "
        r"every cumulant that exists is proportional to the width: $\kappa_m(q\cdot k) = d\,\kappa_m(q_1 k_1)$. Hence "
        r"$E = d\mu_q\mu_k$, $\operatorname{Var} = d\,((\sigma_q^2+\mu_q^2)(\sigma_k^2+\mu_k^2) - \mu_q^2\mu_k^2)$, "
        r"the deviation grows like $\sqrt d$ and the excess kurtosis, where it exists, falls like $1/d$. $\kappa_m$ "
        r"exists exactly when the $m$-th moments of both components do: with Student's t of $\nu$ degrees of freedom "
        r"the variance exists for $\nu > 2$ only, the excess kurtosis for $\nu > 4$ only. For zero-mean vectors with "
        r"covariances $\Sigma_q, \Sigma_k$ the variance is $\operatorname{tr}(\Sigma_q\Sigma_k)$. For standard normal "
        r"components $q\cdot k$ has the law of $\sqrt{2G}\,Z$ with $G \sim \Gamma(d/2, 1)$. It does not grow for "
        r"vectors of unit length with independent directions, one of them isotropic: there $\operatorname{Var} = 1/d$; "
        r"layer-normalised ones (length $\sqrt d$, one direction isotropic among those of mean 0) have $d^2/(d-1)$."
    ),
    assumptions={
        "query and key are independent of each other": "independence",
        "no component is 0 almost surely (for 'exactly when')": "moments",
        "components independent and identically distributed in each vector (not for the trace formula)": "independence",
        "the component moments up to the order of the cumulant exist (Student's t: ν above that order)": "moments",
        "sphere and layer normalisation: one of the two directions is isotropic, ε = 0, d >= 2": "distribution",
        "cited, not proved: the mean of a product of independent variables is that of the means": "independence",
        "cited, not proved: Tonelli's theorem (for 'exactly when')": "moments",
        "cited, not proved: a generating function that is finite around 0 belongs to one law only": "distribution",
    },
    steps=(
        Step(
            "cumulants of independent variables add, at every order",
            r"\kappa_m\Big(\sum_{r=1}^{d} q_r k_r\Big) => d\,\kappa_m(q_1 k_1)",
            partial(copies_add, D + 1),
            uses=("cumulants_add",),
        ),
        Step(
            "mean and variance, against brute-force expansion at three widths (a polynomial of degree 2 in d)",
            rf"E[q\cdot k],\ \operatorname{{Var}}(q\cdot k) => {latex(DOT_MEAN)},\quad {latex(DOT_VARIANCE)}",
            partial(mean_and_variance, DOT_MEAN, DOT_VARIANCE),
        ),
        *(_law_step(name) for name in LAWS),
        Step(
            "all cumulants up to order 8 for standard normal components, by moments and by generating function",
            r"\kappa_{2m}(q\cdot k) => d\,(2m-1)!",
            partial(normal_cumulants, normal_closed),
        ),
        Step(
            "moment generating functions of both sides, integrated",
            r"E[e^{t\,q\cdot k}] = E[e^{t\sqrt{2G}Z}] => (1-t^2)^{-d/2},\ |t|<1",
            partial(normal_law, law.closed_form(D)),
        ),
        Step(
            "existence: κ_m uses moments up to m; those of products and sums exist exactly when the factors' do",
            r"\kappa_m(q\cdot k) \text{ exists} => E|q_1|^m,\ E|k_1|^m < \infty",
            partial(product_splits, MOMENT_ORDER),
            uses=("cumulants_add", "product_moments"),
        ),
        Step(
            "correlated components, at symbolic width: the square as a sum over pairs, q and k independent",
            r"E\Big[\Big(\sum_r q_r k_r\Big)^2\Big] = \sum_{r,s} (\Sigma_q)_{rs} (\Sigma_k)_{rs}"
            r" => \operatorname{tr}(\Sigma_q \Sigma_k)",
            partial(trace_formula, trace_of_product),
        ),
        Step(
            "the same for q = A x, k = B y by brute-force expansion with symbolic A and B (2 × 2)",
            r"\operatorname{Var}(x^\top A^\top B y) => \operatorname{tr}(\Sigma_q \Sigma_k)",
            partial(trace_by_expansion, lambda a, b: (a * b).trace()),
        ),
        Step(
            "unit sphere: the second moment of one coordinate, at symbolic width; it falls as the width grows",
            r"\operatorname{Var}(q\cdot k),\ |q|=|k|=1 => 1/d",
            partial(closed, RATIO),
            refutes=True,
            uses=("sphere_coordinate",),
        ),
        Step(
            "layer normalisation: the sphere of radius √d in d − 1 dimensions",
            r"\operatorname{Var}(q\cdot k),\ q, k \text{ layer-normalised} => d^2/(d-1)",
            partial(layer_normalised, D**2 / (D - 1)),
            uses=("sphere_coordinate",),
        ),
    ),
    altered={
        "the variance grows like d²": partial(mean_and_variance, DOT_MEAN, D * DOT_VARIANCE),
        "layer-normalised scores have variance d": partial(layer_normalised, D),
    },
    scores=("dot", "scaled_dot"),
    tables=("variance",),
    counterexample="""import numpy as np
rng = np.random.default_rng(0)
for d in (4, 64, 1024):
    q, k = rng.standard_normal((2, 4000, d))
    unit = lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True)
    print(d, (q * k).sum(-1).var(), (unit(q) * unit(k)).sum(-1).var() * d)  # grows like d; unit vectors: 1/d""",
    references=(
        "Vaswani et al. 2017, Attention Is All You Need, section 3.2.1, footnote 4",
        "McCullagh 1987, Tensor Methods in Statistics, chapter 2 (cumulants)",
    ),
)
