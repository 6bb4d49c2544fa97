"""T5: variance of the bilinear and of the additive score, for every choice of what is random."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Integer, KroneckerDelta, Symbol, cosh, symbols, tanh

from attnproof.derivations.claims.checks.cited import MEANS_MULTIPLY
from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, D, F, J, L, P, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.moments.additive import SIGMA
from attnproof.derivations.moments.expansions import entries, weights
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.met import Assumed, Because, Shown
from attnproof.derivations.proof.rules import All, Cited, Computed, Equal, Field, FromZero, Sign, Solver
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import le

QUERY, KEY, OTHER = Tensor("query", "q", (D_Q,)), Tensor("key", "k", (D_K,)), Tensor("other_key", "l", (D_K,))
WEIGHT, ROWS = Tensor("weight", "W", (D_Q, D_K)), Tensor("rows", "W", (D_A, D))
V, UNIT = Tensor("v", "v", (D_A,)), Tensor("unit", "t", (D_A,))
ROW_S, ROW_H = Tensor("row_query", "S", (D_Q,)), Tensor("row_key", "H", (D_K,))  # one row of W_s and of W_h
W_2, Q_2, K_2, V_2, S_2, H_2 = (Symbol(f"{name}_2", real=True) for name in "wqkvsh")  # second moments
Q_1, K_1 = symbols("q_1 k_1", real=True)  # means
T_2, FACTORIAL = symbols("T_2 F", positive=True)
COEFFICIENT, POWER = symbols("a_m P", real=True)
X, LEVEL = symbols("x t", nonnegative=True)
HALF_WIDTH = Symbol("a", positive=True)
SECONDS = tuple(Tensor(f"{name}_2", f"{name}_2", ()) for name in "wqk")
TERM = Tensor("term", "E", ())

SAME_R, SAME_F, SAME_A = KroneckerDelta(R, L), KroneckerDelta(F, J), KroneckerDelta(A, P)
OVER_Q, OVER_K, OVER_A = ((R, D_Q), (L, D_Q)), ((F, D_K), (J, D_K)), ((A, D_A), (P, D_A))
PRODUCT = WEIGHT[R, F] * WEIGHT[L, J]
SCORE = total(QUERY[R] * WEIGHT[R, F] * KEY[F], (R, D_Q), (F, D_K))

BILINEAR_VARIANCE = D_Q * D_K * W_2 * Q_2 * K_2
BILINEAR_SHARED = D_Q * D_K * W_2 * Q_2 * K_1**2
LENGTH_Q, LENGTH_K = total(QUERY[R] ** 2, (R, D_Q)), total(KEY[F] ** 2, (F, D_K))
SECOND_Q, SECOND_K = SAME_R * Q_2 + (1 - SAME_R) * Q_1**2, SAME_F * K_2 + (1 - SAME_F) * K_1**2

#: what is random, the mean of the product at a pair of rows and a pair of columns, and its sum
CASES: tuple[tuple[str, Expr, Expr], ...] = (
    ("q, W, k random, of any means but W's", SAME_R * SAME_F * W_2 * SECOND_Q * SECOND_K, BILINEAR_VARIANCE),
    (
        "W random, q and k fixed",
        SAME_R * SAME_F * W_2 * QUERY[R] * QUERY[L] * KEY[F] * KEY[J],
        W_2 * LENGTH_Q * LENGTH_K,
    ),
    (
        "W and k random, q fixed",
        SAME_R * SAME_F * W_2 * QUERY[R] * QUERY[L] * SECOND_K,
        W_2 * D_K * K_2 * LENGTH_Q,
    ),
    (
        "k random with mean 0, q and W fixed",
        SAME_F * K_2 * PRODUCT * QUERY[R] * QUERY[L],
        K_2 * total(total(QUERY[R] * WEIGHT[R, F], (R, D_Q)) ** 2, (F, D_K)),
    ),
    (
        "q and k random with mean 0, W fixed",
        SAME_R * SAME_F * Q_2 * K_2 * PRODUCT,
        Q_2 * K_2 * total(WEIGHT[R, F] ** 2, (R, D_Q), (F, D_K)),
    ),
)
BILINEAR = {what: Equal(total(mean, *OVER_Q, *OVER_K), value) for what, mean, value in CASES}
BOTH_KEYS = Equal(total(SAME_R * SAME_F * W_2 * SECOND_Q * K_1**2, *OVER_Q, *OVER_K), BILINEAR_SHARED)
ADDITIVE = {
    "fixed": Equal(total(SAME_A * V[A] * V[P] * T_2, *OVER_A), T_2 * total(V[A] ** 2, (A, D_A))),
    "random, of mean 0": Equal(total(SAME_A * V_2 * T_2, *OVER_A), D_A * V_2 * T_2),
}
GLOROT = Field(
    BILINEAR_VARIANCE,
    2 * D_Q * D_K / (D_Q + D_K),
    definitions=tuple(
        Equation(tensor, (), value)
        for tensor, value in zip(SECONDS, (2 / (D_Q + D_K), Integer(1), Integer(1)), strict=True)
    ),
)
BELOW = FromZero(tanh(X), "≤", X, variable=X)


def _expanded(name: str, arguments: tuple[object, ...], value: Expr) -> Computed:
    return Computed(f"moments.expansions:{name}", arguments, value)


def _squares(letter: str, count: int) -> Expr:
    return Add(*(x**2 for x in entries(letter, count)))


def _norms() -> Expr:
    """``s_2 |q|² + h_2 |k|²`` at two rows and two columns."""
    return S_2 * _squares("q", 2) + H_2 * _squares("k", 2)


def _expansions() -> tuple[Step, ...]:
    """The variances again by expansion at two rows and two columns, where pairs are equal and distinct."""
    q, w = entries("q", 2), weights(2, 2)
    length_q, length_k = _squares("q", 2), _squares("k", 2)
    projected = (q[0] * w[0] + q[1] * w[2]) ** 2 + (q[0] * w[1] + q[1] * w[3]) ** 2
    cases: tuple[tuple[str, tuple[str, ...], Expr], ...] = (
        ("q, W, k random", ("query", "weight", "key"), 4 * W_2 * Q_2 * K_2),
        ("W random", ("weight",), W_2 * length_q * length_k),
        ("W and k random", ("weight", "key"), 2 * W_2 * length_q * K_2),
        ("k random", ("key",), K_2 * projected),
        ("q and k random", ("query", "key"), Q_2 * K_2 * (w[0] ** 2 + w[1] ** 2 + w[2] ** 2 + w[3] ** 2)),
    )
    return tuple(
        closed(
            f"the same by expansion at widths 2 and 2, where a pair is equal or distinct: {what}",
            _expanded("bilinear_variance", (2, 2, *random), value),
        )
        for what, random, value in cases
    )


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
        "random v: mean 0, one variance, independent of the pre-activations": "moments",
    },
    met={
        "mehler": {
            "X and Y are jointly normal.": (
                Assumed("so it is for normal weights"),
                Because("with orthonormal projections both are sums of the same normal components"),
            ),
            "The series converge in the mean square.": (Shown("Hermite series"),),
        },
    },
    steps=(
        identity(
            "the square of the score as a sum over pairs of rows and of columns",
            SCORE**2,
            total(QUERY[R] * QUERY[L] * PRODUCT * KEY[F] * KEY[J], *OVER_Q, *OVER_K),
        ),
        closed("independence, entry by entry", MEANS_MULTIPLY),
        *(closed(f"its mean, pair by pair: {what}", rule) for what, rule in BILINEAR.items()),
        identity(
            "the mean of the score, with a random W of mean 0 (each entry replaced by its mean)",
            SCORE,
            Integer(0),
            definitions=(Equation(WEIGHT, (R, F), Integer(0)),),
        ),
        identity(
            "the mean, with W fixed and a random k of mean 0",
            SCORE,
            Integer(0),
            definitions=(Equation(KEY, (F,), Integer(0)),),
        ),
        identity(
            "two keys that share q and W: the product of their scores",
            SCORE * total(QUERY[R] * WEIGHT[R, F] * OTHER[F], (R, D_Q), (F, D_K)),
            total(QUERY[R] * QUERY[L] * PRODUCT * KEY[F] * OTHER[J], *OVER_Q, *OVER_K),
        ),
        closed("and its mean, pair by pair: one component of each key, which are independent", BOTH_KEYS),
        *_expansions(),
        closed("and of two keys that share q and W", _expanded("bilinear_shared", (2, 2), 4 * W_2 * Q_2 * K_1**2)),
        closed("Glorot's initialisation: the harmonic mean of the widths", GLOROT),
        identity(
            "the pre-activation's square over pairs, q and k fixed: two weights of one row",
            (total(ROW_S[R] * QUERY[R], (R, D_Q)) + total(ROW_H[F] * KEY[F], (F, D_K))) ** 2,
            total(ROW_S[R] * ROW_S[L] * QUERY[R] * QUERY[L], *OVER_Q)
            + total(ROW_H[F] * ROW_H[J] * KEY[F] * KEY[J], *OVER_K)
            + total(2 * ROW_S[R] * ROW_H[F] * QUERY[R] * KEY[F], (R, D_Q), (F, D_K)),
        ),
        identity(
            "its mean: products of different weights of mean 0 drop out",
            total(SAME_R * S_2 * QUERY[R] * QUERY[L], *OVER_Q)
            + total(SAME_F * H_2 * KEY[F] * KEY[J], *OVER_K)
            + total(2 * ROW_S[R] * ROW_H[F] * QUERY[R] * KEY[F], (R, D_Q), (F, D_K)),
            S_2 * LENGTH_Q + H_2 * LENGTH_K,
            definitions=(Equation(ROW_S, (R,), Integer(0)), Equation(ROW_H, (F,), Integer(0))),
        ),
        closed("the same by expansion", _expanded("preactivation_variance", (2, 2), _norms())),
        identity(
            "the square of the additive score over pairs of units, t_a = tanh z_a",
            total(V[A] * UNIT[A], (A, D_A)) ** 2,
            total(V[A] * V[P] * UNIT[A] * UNIT[P], *OVER_A),
        ),
        *(
            closed(f"its mean, the units independent of mean 0 with one second moment T_2: v {how}", rule)
            for how, rule in ADDITIVE.items()
        ),
        closed(
            "the same by expansion with three units: v fixed, v random",
            All(
                (
                    _expanded("additive_variance", (3,), T_2 * _squares("v", 3)),
                    _expanded("additive_variance", (3, "v"), 3 * T_2 * V_2),
                )
            ),
        ),
        closed(
            "and from the calculus at symbolic d_a, v uniform on (−a, a), whose variance is a²/3",
            Computed("claims.checks.laws:uniform_additive_variance", (HALF_WIDTH, D_A), D_A * HALF_WIDTH**2 / 3 * T_2),
        ),
        closed(
            "T_2 is at most 1, tanh² being below 1 (tanh is odd: for x ≥ 0)",
            All((Field(1 - tanh(X) ** 2, 1 / cosh(X) ** 2), Sign(Integer(0), "<", 1 / cosh(X) ** 2))),
        ),
        closed("tanh is below its argument", BELOW),
        closed(
            "so its square t² is below x², and T_2 at most E[(σZ)²], which is σ² by integration",
            All(
                (
                    Solver(le(LEVEL**2, X**2), (le(LEVEL, X),)),
                    Computed(
                        "claims.checks.laws:integrated_moments",
                        ("normal", 2, Integer(0), SIGMA),
                        (Integer(1), Integer(0), SIGMA**2),
                    ),
                )
            ),
        ),
        identity(
            "fixed projections z = W x, x standard normal: the covariance of two units; for orthonormal rows times σ "
            "it is σ² [a = p]",
            total(ROWS[A, R] * ROWS[P, L] * SAME_R, (R, D), (L, D)),
            total(ROWS[A, R] * ROWS[P, R], (R, D)),
        ),
        closed(
            "so the units are independent",
            Cited(
                r"z_1, \dots, z_{d_a} \text{ jointly normal},\ \operatorname{Cov}(z_a, z_p) = 0 \text{ for } a \ne p",
                r"z_1, \dots, z_{d_a} \text{ independent}",
                "normal laws: Feller 1971, An Introduction to Probability Theory and Its Applications, volume II",
            ),
        ),
        closed(
            "Hermite series",
            Cited(
                r"E[\tanh^2(\sigma Z)] < \infty",
                r"\tanh(\sigma x) = \sum_m \frac{a_m}{\sqrt{m!}}\, \mathrm{He}_m(x) \text{ in the mean square}",
                "closure of Hermite's functions: Szegő 1975, Orthogonal Polynomials",
            ),
        ),
        closed(
            "the shared part of one unit: Mehler's formula, order by order, with F for m! and P for ρ^m; other pairs "
            "of orders give 0",
            Field(
                COEFFICIENT**2 / FACTORIAL * TERM[()],
                COEFFICIENT**2 * POWER,
                definitions=(Equation(TERM, (), FACTORIAL * POWER),),
            ),
            uses=("mehler",),
        ),
    ),
    altered={
        "the bilinear variance grows with d_q alone": replace(BILINEAR[CASES[0][0]], right=D_Q * W_2 * Q_2 * K_2),
        "bilinear scores share E[k²]": replace(BOTH_KEYS, right=BILINEAR_VARIANCE),
        "fixed W counts its trace": replace(
            BILINEAR[CASES[4][0]], right=Q_2 * K_2 * total(WEIGHT[R, F], (R, D_Q), (F, D_K)) ** 2
        ),
        "the additive variance grows like d_a²": replace(ADDITIVE["random, of mean 0"], right=D_A**2 * V_2 * T_2),
        "Glorot gives the arithmetic mean": replace(GLOROT, right=(D_Q + D_K) / 2),
        "tanh at most half its argument": replace(BELOW, right=X / 2),
    },
    scores=("bilinear", "additive", "concat"),
    tables=("variance",),
    references=(
        "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
        "Mehler 1866; Patel, Read 1996, Handbook of the Normal Distribution, section 9.2 (Hermite expansion)",
    ),
)
