"""T5: variance of the bilinear and of the additive score, for every choice of what is random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sympy import Expr, Integer, Sum, Symbol, exp, expand, integrate, latex, oo, pi, sqrt, symbols, tanh

from attnproof.derivations.claims.checks.covariances import ROWS, mixed
from attnproof.derivations.claims.checks.index_pairs import K_2 as PAIR_K
from attnproof.derivations.claims.checks.index_pairs import Q_2 as PAIR_Q
from attnproof.derivations.claims.checks.index_pairs import STEPS as PAIRS
from attnproof.derivations.claims.checks.index_pairs import T_2 as PAIR_T
from attnproof.derivations.claims.checks.index_pairs import V_2 as PAIR_V
from attnproof.derivations.claims.checks.index_pairs import W_2 as PAIR_W
from attnproof.derivations.claims.checks.index_pairs import additive_pairs, bilinear_pairs
from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, D, P, R
from attnproof.derivations.lemmas.cumulants_add import same
from attnproof.derivations.lemmas.mehler import COEFFICIENT, RHO, M, series_term
from attnproof.derivations.moments import additive, calculus
from attnproof.derivations.moments.distributions import uniform
from attnproof.derivations.moments.expectation import Moment, centred_moment, expectation, symbolic_moment
from attnproof.derivations.proof.claim import Claim, Step

W_2, Q_2, K_2 = (Symbol(f"{name}_2", real=True) for name in ("w", "q", "k"))
Q_1, K_1 = (Symbol(f"{name}_1", real=True) for name in ("q", "k"))

BILINEAR_VARIANCE = D_Q * D_K * W_2 * Q_2 * K_2
BILINEAR_SHARED = D_Q * D_K * W_2 * Q_2 * K_1**2


def _bilinear(
    d_q: int, d_k: int, key: str = "k"
) -> tuple[Expr, tuple[Symbol, ...], tuple[Symbol, ...], tuple[Symbol, ...]]:
    q, k = symbols(f"q:{d_q}"), symbols(f"{key}:{d_k}")
    weight = tuple(Symbol(f"W{r}_{f}") for r in range(d_q) for f in range(d_k))
    score = sum((q[r] * weight[r * d_k + f] * k[f] for r in range(d_q) for f in range(d_k)), Integer(0))
    return score, q, weight, k


def bilinear_variance(
    random: Sequence[str], formula: Callable[[Sequence[Expr], Sequence[Expr], Sequence[Expr]], Expr]
) -> bool:
    """Brute-force expansion of ``E e² − (E e)²`` at sizes (d_q, d_k) in {1,2,3}², symbolic moments, what is not random
    fixed.

    In e² either size has one pair of indices, equal or distinct, and both patterns occur at size 2: what holds for
    these nine pairs of sizes holds for every size. ``formula(q, W, k)`` gets the symbols and may use those that are
    fixed. W has mean 0; where W is fixed, so do q and k.
    """
    centred = "weight" not in random
    moment: dict[str, Moment] = {
        "query": centred_moment("q") if centred else symbolic_moment("q"),
        "weight": centred_moment("w"),
        "key": centred_moment("k") if centred else symbolic_moment("k"),
    }
    for d_q in (1, 2, 3):
        for d_k in (1, 2, 3):
            score, q, weight, k = _bilinear(d_q, d_k)
            of = {"query": q, "weight": weight, "key": k}
            moments = {symbol: moment[name] for name in random for symbol in of[name]}
            variance = expectation(expand(score**2), moments) - expectation(score, moments) ** 2
            if expand(variance - formula(q, weight, k)) != 0:
                return False
    return True


def bilinear_shared(formula: Expr) -> bool:
    """``Cov(e_1, e_2)`` for two independent keys with one query and one random W, by expansion at sizes {1,2,3}²."""
    for d_q in (1, 2, 3):
        for d_k in (1, 2, 3):
            first, q, weight, k = _bilinear(d_q, d_k)
            second, _, _, other = _bilinear(d_q, d_k, "l")
            moments: dict[Symbol, Moment] = {x: symbolic_moment("q") for x in q}
            moments |= {x: centred_moment("w") for x in weight}
            moments |= {x: symbolic_moment("k") for x in (*k, *other)}
            if not same(expectation(expand(first * second), moments), formula.subs({D_Q: d_q, D_K: d_k})):
                return False
    return True


def glorot(formula: Expr) -> bool:
    """``σ_W² = 2/(d_q + d_k)`` and unit second moments: the variance is the harmonic mean of the two widths."""
    return same(BILINEAR_VARIANCE.subs({W_2: 2 / (D_Q + D_K), Q_2: 1, K_2: 1}), formula)


def additive_variance(formula: Expr, kind: str) -> bool:
    """``Var(Σ_a v_a tanh z_a)`` at d_a = 1, 2, 3 by expansion: v fixed, or random with mean 0."""
    v2 = Symbol("v_2", real=True)
    for units in (1, 2, 3):
        v, t = symbols(f"v:{units}"), symbols(f"t:{units}")
        moments: dict[Symbol, Moment] = dict.fromkeys(t, additive.tanh_symbol)
        if kind == "random":
            moments |= dict.fromkeys(v, centred_moment("v"))
        score = sum((a * b for a, b in zip(v, t, strict=True)), Integer(0))
        found = expectation(expand(score**2), moments) - expectation(score, moments) ** 2
        norm = sum((x**2 for x in v), Integer(0))
        expected = formula.subs({D_A: units, Symbol("|v|^2"): norm, Symbol("sigma_v^2"): v2})
        if expand(found - expected) != 0:
            return False
    return True


def additive_by_calculus(formula: Expr) -> bool:
    """The calculus at symbolic d_a, for v uniform on (−a, a)."""
    a = Symbol("a", positive=True)
    kappa = additive.random_v(uniform(a), D_A, 4)
    return same(calculus.variance(kappa), formula.subs({Symbol("sigma_v^2"): a**2 / 3}))


def preactivation(variance: Expr) -> bool:
    """``Var(Σ_r W_s[r] q_r + Σ_f W_h[f] k_f)`` for fixed q, k and independent weights of mean 0, at sizes 1 to 3."""
    for d_q in (1, 2, 3):
        for d_k in (1, 2, 3):
            w, h = symbols(f"w:{d_q}"), symbols(f"h:{d_k}")
            q, k = symbols(f"q:{d_q}"), symbols(f"k:{d_k}")
            moments = dict.fromkeys(w, centred_moment("s")) | dict.fromkeys(h, centred_moment("h"))
            z = sum((x * y for x, y in zip((*w, *h), (*q, *k), strict=True)), Integer(0))
            norms = {
                Symbol("|q|^2"): sum((x**2 for x in q), Integer(0)),
                Symbol("|k|^2"): sum((x**2 for x in k), Integer(0)),
            }
            if expand(expectation(expand(z**2), moments) - variance.subs(norms)) != 0:
                return False
    return True


def second_bounds(upper: Expr) -> bool:
    """``tanh² x <= x²`` and ``tanh² x < 1`` give ``T_2 <= min(σ², 1)``; the first bound is ``E[(σZ)²]``, integrated."""
    x = Symbol("x", real=True)
    sigma = additive.SIGMA
    integral = integrate((sigma * x) ** 2 * exp(-(x**2) / 2) / sqrt(2 * pi), (x, -oo, oo))
    y = Symbol("y", positive=True)
    # x − tanh x is 0 at 0 and its derivative tanh² x is not negative
    slope = (y - tanh(y)).diff(y)
    return same(integral, upper) and same(slope, tanh(y) ** 2) and (y - tanh(y)).subs(y, 0) == 0


SIGMA_V2, NORM_V = Symbol("sigma_v^2"), Symbol("|v|^2")
T_2 = additive.tanh_symbol(2)
S_2, H_2 = Symbol("s_2", real=True), Symbol("h_2", real=True)


def squares(values: Sequence[Expr]) -> Expr:
    """Sum of squares."""
    return sum((x**2 for x in values), Integer(0))


def projected(query: Sequence[Expr], weight: Sequence[Expr], width: int) -> Expr:
    """``|Wᵀq|²``; ``weight`` row by row with ``width`` columns."""
    columns = (sum((query[r] * weight[r * width + f] for r in range(len(query))), Integer(0)) for f in range(width))
    return expand(sum((c**2 for c in columns), Integer(0)))


CLAIM = Claim(
    id="T5",
    title="Variance of the bilinear and of the additive score",
    usual="With random weights, queries and keys the scores have a variance set by their sizes.",
    statement=(
        r"Bilinear, $W$ with independent entries of mean 0 and variance $\sigma_W^2$, independent of $q$ and $k$: "
        r"$\operatorname{Var}(q^\top W k) = \sigma_W^2\,|q|^2|k|^2$, with $|x|^2$ replaced by $E|x|^2$ for whichever "
        r"vector is random: $d_q d_k\,\sigma_W^2 E[q_1^2] E[k_1^2]$ when both are, independent of each other, the "
        r"components of each with one second moment. With $W$ fixed and isotropic zero-mean vectors: $\sigma_k^2 "
        r"|W^\top q|^2$ ($q$ fixed), $\sigma_q^2\sigma_k^2\|W\|_F^2$ (both random, independent of each other). The "
        r"shared part, of two independent keys with one $q$ and one $W$, is $d_q d_k\sigma_W^2 E[q_1^2] E[k_1]^2$: "
        r"none for zero-mean keys. Additive, $z_a \sim N(0,\sigma^2)$ independent: $\operatorname{Var}(e) = "
        r"|v|^2\,T_2(\sigma)$ for fixed $v$ and $d_a\sigma_v^2\,T_2(\sigma)$ for random $v$ of mean 0 (it is enough "
        r"that the $\tanh z_a$ have mean 0 and one second moment $T_2$ and are uncorrelated), with $T_2(\sigma) = "
        r"E[\tanh^2(\sigma Z)] = \int \tanh^2(\sigma x)\,\varphi(x)\,dx \le \min(\sigma^2, 1)$ and $\sigma^2 = "
        r"\sigma_s^2|q|^2 + \sigma_h^2|k|^2$ for independent normal weights and fixed $q$ and $k$. Unlike the dot "
        r"score's, its shared part does not vanish for zero-mean keys: for fixed $v$ and projections with orthonormal "
        r"rows times $\sigma_s$ and $\sigma_h$, of independent standard normal $q$ and $k$, it is $|v|^2\sum_n "
        r"a_n^2\rho^n$, $a_n = E[\tanh(\sigma Z)\,\mathrm{He}_n(Z)]/\sqrt{n!}$, $\rho = \sigma_s^2/\sigma^2$."
    ),
    assumptions={
        "q and k are independent of each other where both are random": "independence",
        "W has independent entries of mean 0 and one variance, independent of q and k; or W is fixed and q, k have "
        "mean 0": "independence",
        "additive: the z_a are independent N(0, σ²)": "independence",
        "so it is for normal weights, fixed q and k; and for projections with orthonormal rows, standard normal q and "
        "k": "distribution",
        "cited, not proved: uncorrelated jointly normal variables are independent (orthonormal rows)": "independence",
        "cited, not proved again: tanh(σ·) is the sum of its Hermite series in the mean square": "smoothness",
        "random v: mean 0, one variance, independent of the pre-activations": "moments",
    },
    steps=(
        *PAIRS,
        Step(
            "q, k, W random: expansion at nine pairs of sizes with symbolic moments (every pattern of index pairs)",
            r"\operatorname{Var}(q^\top W k) => d_q d_k\,E[W^2]\,E[q_1^2]\,E[k_1^2]",
            partial(bilinear_variance, ("query", "weight", "key"), lambda q, _, k: len(q) * len(k) * W_2 * Q_2 * K_2),
        ),
        Step(
            "W random, q and k fixed",
            r"\operatorname{Var}(q^\top W k) => \sigma_W^2\,|q|^2|k|^2",
            partial(bilinear_variance, ("weight",), lambda q, _, k: W_2 * squares(q) * squares(k)),
        ),
        Step(
            "W and k random, q fixed",
            r"\operatorname{Var}(q^\top W k) => \sigma_W^2\,|q|^2\,d_k E[k_1^2]",
            partial(bilinear_variance, ("weight", "key"), lambda q, _, k: W_2 * squares(q) * len(k) * K_2),
        ),
        Step(
            "k random with mean 0, q and W fixed",
            r"\operatorname{Var}(q^\top W k) => \sigma_k^2\,|W^\top q|^2",
            partial(bilinear_variance, ("key",), lambda q, w, k: K_2 * projected(q, w, len(k))),
        ),
        Step(
            "q and k random with mean 0, W fixed",
            r"\operatorname{Var}(q^\top W k) => \sigma_q^2\sigma_k^2\,\|W\|_F^2",
            partial(bilinear_variance, ("query", "key"), lambda *of: Q_2 * K_2 * squares(of[1])),
        ),
        Step(
            "two keys that share q and W",
            rf"\operatorname{{Cov}}(e_1, e_2) => {latex(BILINEAR_SHARED)}",
            partial(bilinear_shared, BILINEAR_SHARED),
        ),
        Step(
            "Glorot's initialisation: the harmonic mean of the widths",
            r"\sigma_W^2 = 2/(d_q+d_k) => 2 d_q d_k/(d_q+d_k)",
            partial(glorot, 2 * D_Q * D_K / (D_Q + D_K)),
        ),
        Step(
            "pre-activation with random weights, fixed q and k",
            r"\operatorname{Var}(z_a) => \sigma_s^2|q|^2+\sigma_h^2|k|^2",
            partial(preactivation, S_2 * Symbol("|q|^2") + H_2 * Symbol("|k|^2")),
        ),
        Step(
            "additive score, v fixed: odd moments of tanh(σZ) vanish and so do all mixed terms",
            r"\operatorname{Var}\Big(\sum_a v_a\tanh z_a\Big) => |v|^2\,T_2",
            partial(additive_variance, NORM_V * T_2, "fixed"),
        ),
        Step(
            "additive score, v random with mean 0",
            r"\operatorname{Var}\Big(\sum_a v_a\tanh z_a\Big) => d_a\,\sigma_v^2\,T_2",
            partial(additive_variance, D_A * SIGMA_V2 * T_2, "random"),
        ),
        Step(
            "the same from the calculus at symbolic d_a, v uniform",
            r"\kappa_2 => d_a\,\sigma_v^2\,T_2",
            partial(additive_by_calculus, D_A * SIGMA_V2 * T_2),
        ),
        Step(
            "tanh² x <= min(x², 1)", r"T_2(\sigma) => \le\min(\sigma^2, 1)", partial(second_bounds, additive.SIGMA**2)
        ),
        Step(
            "fixed projections, x standard normal: two units' covariance; orthonormal rows times σ make it σ² [a = p]",
            r"E[z_a z_p],\ z = W x => (W W^\top)_{ap}",
            partial(mixed, Sum(ROWS[A, R] * ROWS[P, R], (R, 0, D - 1))),
        ),
        Step(
            "the shared part of one unit: Mehler's formula, order by order",
            r"E[\tanh(\sigma X)\tanh(\sigma Y)],\ \operatorname{Corr}(X, Y) = \rho => \textstyle\sum_n a_n^2 \rho^n",
            partial(series_term, COEFFICIENT(M) ** 2 * RHO**M),
            uses=("mehler",),
        ),
    ),
    altered={
        "the bilinear variance grows with d_q alone": partial(
            bilinear_pairs, True, True, True, D_Q * PAIR_W * PAIR_Q * PAIR_K
        ),
        "the additive variance grows like d_a²": partial(additive_pairs, True, D_A**2 * PAIR_V * PAIR_T),
        "T_2 at most σ": partial(second_bounds, additive.SIGMA),
    },
    scores=("bilinear", "additive", "concat"),
    tables=("variance",),
    references=(
        "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
        "Mehler 1866; Patel, Read 1996, Handbook of the Normal Distribution, section 9.2 (Hermite expansion)",
    ),
)
