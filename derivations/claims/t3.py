"""T3: mean, variance and higher cumulants of the dot score at symbolic width."""

from __future__ import annotations

from dataclasses import replace

from sympy import Abs, Expr, ImmutableMatrix, Integer, KroneckerDelta, Rational, Symbol, sqrt, symbols

from attnproof.derivations.claims.checks.cited import BILLINGSLEY, MEANS_MULTIPLY, ONE_LAW
from attnproof.derivations.language.notation import D, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.moments import law
from attnproof.derivations.moments.expansions import MU_K, MU_Q, SIGMA_K, SIGMA_Q, weights
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import All, Cited, Computed, Equal, Field, Induction
from attnproof.derivations.proof.rules.domain import Given
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import lt

ORDER = 8
A, B, NU, KAPPA_2 = symbols("a b nu kappa_2", positive=True)
KAPPA_M, FOURTH, X, Y = symbols("kappa_m w x y", real=True)
WIDTH, POWER = Symbol("d", integer=True, nonnegative=True), Symbol("m", integer=True, positive=True)
SAME = KroneckerDelta(R, L)

QUERY, KEY = Tensor("query", "q", (D,)), Tensor("key", "k", (D,))
COV_Q, COV_K = Tensor("covariance_query", "S_q", (D, D)), Tensor("covariance_key", "S_k", (D, D))
HALF_Q, HALF_K = Tensor("half_query", "U_q", (D, D)), Tensor("half_key", "U_k", (D, D))
DIRECTION, SHORT = Tensor("direction", "x", (D,)), Tensor("short", "x", (D - 1,))
UNIT, NORMED = Tensor("unit", "k", (D,)), Tensor("normed", "k", (D - 1,))
PRODUCT, M_2, M_4 = Tensor("product", "z", ()), Tensor("m_2", "m_2", ()), Tensor("m_4", "m_4", ())
PAIRS = (R, D), (L, D)

DOT_MEAN = D * MU_Q * MU_K
DOT_VARIANCE = D * ((SIGMA_Q**2 + MU_Q**2) * (SIGMA_K**2 + MU_K**2) - MU_Q**2 * MU_K**2)


def over_pairs(alike: Expr, apart: Expr) -> Expr:
    """``Σ_r Σ_l`` of what is ``alike`` where r = l, else ``apart``."""
    return total(SAME * alike + (1 - SAME) * apart, *PAIRS)


VARIANCE = Equal(
    over_pairs((MU_Q**2 + SIGMA_Q**2) * (MU_K**2 + SIGMA_K**2), MU_Q**2 * MU_K**2) - DOT_MEAN**2, DOT_VARIANCE
)
TRACE = Equal(
    total(COV_Q[R, L] * COV_K[R, L], *PAIRS),
    total(COV_Q[R, L] * COV_K[L, R], *PAIRS),
    definitions=(
        Equation(COV_Q, (R, L), HALF_Q[R, L] + HALF_Q[L, R]),
        Equation(COV_K, (R, L), HALF_K[R, L] + HALF_K[L, R]),
    ),
)
NORMALISED = Equal(
    total(SAME * D / (D - 1) * NORMED[R] * NORMED[L], (R, D - 1), (L, D - 1)),
    D**2 / (D - 1),
    given=(lt(Integer(0), total(SHORT[L] ** 2, (L, D - 1))),),
    least=((D, 2),),
    definitions=(Equation(NORMED, (R,), sqrt(D) * SHORT[R] / sqrt(total(SHORT[L] ** 2, (L, D - 1)))),),
)


def _gram(letter: str) -> ImmutableMatrix:
    """``M Mᵀ`` for a 2 × 2 matrix of symbols."""
    mix = ImmutableMatrix(2, 2, weights(2, 2, letter))
    return mix * mix.T


def _law(name: str, parameters: tuple[Expr, ...], second: Expr, fourth: Expr, result: tuple[Expr, Expr]) -> Step:
    """Second and fourth moment of a component; variance and excess kurtosis of the score, m_2 and m_4 put in."""
    moments = tuple(Equation(target, (), value) for target, value in ((M_2, second), (M_4, fourth)))
    given: Given = tuple(lt(Integer(0), NU - order) for order in (2, 4)) if NU in parameters else ()
    m_2, m_4 = M_2[()], M_4[()]
    return closed(
        f"{name.replace('_', '-')} components: moments by integration of the density (or sums over atoms)"
        f"{', here for ν > 4' if given else ''}; with them variance and excess kurtosis of the score",
        All(
            (
                Computed(
                    "claims.checks.laws:integrated_moments",
                    (name, 4, *parameters),
                    (Integer(1), Integer(0), second, Integer(0), fourth),
                ),
                Field(D * m_2**2, result[0], given=given[:1], definitions=moments[:1]),
                Field((m_4**2 - 3 * m_2**4) / (D * m_2**4), result[1], given=given, definitions=moments),
            )
        ),
    )


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
        r"the variance exists for $\nu > 2$ only, the excess kurtosis for $\nu > 4$ only. For $q$ and $k$ of one law, "
        r"variance and excess kurtosis are $d$ and $6/d$ for standard normal components, $d a^4/9$ and $6/(25d)$ for "
        r"uniform ones on $(-a, a)$, $d$ and $-2/d$ for random signs, $4 d b^4$ and $33/d$ for Laplace ones of scale "
        r"$b$, $d\nu^2/(\nu-2)^2$ and $(9(\nu-2)^2/(\nu-4)^2 - 3)/d$ for Student's t with $\nu > 4$. For zero-mean "
        r"vectors with covariances $\Sigma_q, \Sigma_k$ the variance is $\operatorname{tr}(\Sigma_q\Sigma_k)$. For "
        r"standard normal components $q\cdot k$ has the law of $\sqrt{2G}\,Z$ with $G \sim \Gamma(d/2, 1)$. The "
        r"variance does not grow for vectors of unit length with independent directions, one of them isotropic: there "
        r"$\operatorname{Var} = 1/d$; layer-normalised ones (length $\sqrt d$, one direction isotropic among those of "
        r"mean 0) have $d^2/(d-1)$."
    ),
    assumptions={
        "query and key are independent of each other": "independence",
        "no component is 0 almost surely (for 'exactly when')": "moments",
        "components independent and identically distributed in each vector (not for the trace formula)": "independence",
        "the component moments up to the order of the cumulant exist (Student's t: ν above that order)": "moments",
        "sphere and layer normalisation: one of the two directions is isotropic, ε = 0, d >= 2": "distribution",
    },
    met={
        "cumulants_add": {
            "The moments up to the order of the cumulant exist.": (Assumed("the component moments"),),
        },
        "product_moments": {
            "X and Y are independent and neither is 0 almost surely.": (
                Assumed("query and key are independent"),
                Assumed("no component is 0"),
            ),
        },
        "sphere_coordinate": {
            "The direction is uniform; layer normalisation: uniform in the hyperplane of sum 0, ε = 0.": (
                Assumed("sphere and layer normalisation"),
            ),
        },
    },
    steps=(
        closed("independence, component by component", MEANS_MULTIPLY),
        closed(
            "cumulants of independent variables add, at every order: one component more each time",
            Induction(WIDTH * KAPPA_M, WIDTH, Integer(0), PREVIOUS + KAPPA_M),
            uses=("cumulants_add",),
        ),
        identity("the mean of each product is that of the means", total(MU_Q * MU_K, (R, D)), DOT_MEAN),
        identity(
            "the square of the score as a sum over pairs of components",
            total(QUERY[R] * KEY[R], (R, D)) ** 2,
            total(QUERY[R] * QUERY[L] * KEY[R] * KEY[L], *PAIRS),
        ),
        closed(
            "its mean less the squared mean: a pair of one component has second moments, one of two has means",
            VARIANCE,
        ),
        closed(
            "mean and variance by brute-force expansion at three widths (a polynomial of degree 2 in d)",
            All(
                tuple(
                    Computed("moments.expansions:dot_moments", (d,), (DOT_MEAN.subs(D, d), DOT_VARIANCE.subs(D, d)))
                    for d in (1, 2, 3)
                )
            ),
        ),
        closed(
            "second and fourth cumulant of a variable whose mean and third moment are 0",
            Computed(
                "moments.calculus:cumulants",
                ((Integer(1), Integer(0), KAPPA_2, Integer(0), FOURTH),),
                (Integer(0), Integer(0), KAPPA_2, Integer(0), FOURTH - 3 * KAPPA_2**2),
            ),
            uses=("cumulants_add",),
        ),
        _law("normal", (), Integer(1), Integer(3), (D, 6 / D)),
        _law("uniform", (A,), A**2 / 3, A**4 / 5, (D * A**4 / 9, Rational(6, 25) / D)),
        _law("rademacher", (), Integer(1), Integer(1), (D, -2 / D)),
        _law("laplace", (B,), 2 * B**2, 24 * B**4, (4 * D * B**4, 33 / D)),
        _law(
            "student_t",
            (NU,),
            NU / (NU - 2),
            3 * NU**2 / ((NU - 2) * (NU - 4)),
            (D * NU**2 / (NU - 2) ** 2, (9 * (NU - 2) ** 2 / (NU - 4) ** 2 - 3) / D),
        ),
        closed(
            "all cumulants up to order 8 for standard normal components, from moments and from the generating function",
            All(
                tuple(
                    Computed(
                        f"claims.checks.laws:{road}",
                        (D, ORDER),
                        (Integer(0), Integer(0), D, Integer(0), 6 * D, Integer(0), 120 * D, Integer(0), 5040 * D),
                    )
                    for road in ("normal_dot_cumulants", "normal_law_cumulants")
                )
            ),
        ),
        closed(
            "the generating functions of both sides, integrated, where |t| < 1: of q·k, and of √(2G) Z",
            All(
                tuple(
                    Computed(f"moments.law:{road}", (D,), law.closed_form(D)) for road in ("by_components", "by_gamma")
                )
            ),
        ),
        closed("so both have one law", ONE_LAW),
        closed(
            "existence: κ_m uses moments up to m; the m-th power of the size of a product splits",
            Field(
                Abs(PRODUCT[()]) ** POWER,
                Abs(X) ** POWER * Abs(Y) ** POWER,
                definitions=(Equation(PRODUCT, (), X * Y),),
            ),
            uses=("cumulants_add", "product_moments"),
        ),
        closed(
            "and so does its mean, which is finite just where those of the factors are",
            Cited(
                r"X \text{ and } Y \text{ independent}",
                r"E[|X|^m |Y|^m] = E[|X|^m]\, E[|Y|^m], \text{ finite or not}",
                f"Tonelli's theorem: {BILLINGSLEY}",
            ),
            uses=("product_moments",),
        ),
        closed(
            "correlated components: the sum over pairs with covariances, which are symmetric, is a trace",
            TRACE,
        ),
        closed(
            "the same for q = A x, k = B y by brute-force expansion with symbolic A and B (2 × 2)",
            Computed("moments.expansions:mixed_variance", (2,), (_gram("A") * _gram("B")).trace()),
        ),
        identity(
            "unit vectors, k = x/|x|, q isotropic: E[q_r q_l] is 1/d for r = l, else 0; it falls as the width grows",
            total(SAME / D * UNIT[R] * UNIT[L], *PAIRS),
            1 / D,
            given=(lt(Integer(0), total(DIRECTION[L] ** 2, (L, D))),),
            definitions=(Equation(UNIT, (R,), DIRECTION[R] / sqrt(total(DIRECTION[L] ** 2, (L, D)))),),
            refutes=True,
            uses=("sphere_coordinate",),
        ),
        closed(
            "layer normalisation: the same on the sphere of radius √d in the d − 1 dimensions of the vectors of mean 0",
            NORMALISED,
            uses=("sphere_coordinate",),
        ),
    ),
    altered={
        "the variance grows like d²": replace(VARIANCE, right=D * DOT_VARIANCE),
        "variance without the mixed mean term": replace(
            VARIANCE, right=D * (SIGMA_Q**2 + MU_Q**2) * (SIGMA_K**2 + MU_K**2)
        ),
        "the product of the traces": replace(TRACE, right=total(COV_Q[R, R] * COV_K[L, L], *PAIRS)),
        "the trace with one factor twice": replace(TRACE, right=total(COV_Q[R, L] * COV_Q[L, R], *PAIRS)),
        "layer-normalised scores have variance d": replace(NORMALISED, right=D),
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
