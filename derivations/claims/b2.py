"""B2: a bias inside tanh."""

from __future__ import annotations

from dataclasses import replace

from sympy import Integer, Symbol, cosh, exp, oo, symbols, tanh

from attnproof.derivations.language.notation import N_K, L
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import All, Cases, Coefficients, Differentiated, Field, FromZero, Solver, Tends
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, le, ne

Z_1, Z_2, B, X = symbols("z_i z_j b x", real=True)
SLACK, FIRST, SECOND, MORE = symbols("s rho_i rho_j R", nonnegative=True)
GAP, TAU, V, LEVEL = symbols("gamma tau v q", positive=True)
P_1, P_2 = symbols("p_i p_j", positive=True)  # exp(-2 z_i), exp(-2 z_j)
W = Symbol("w", positive=True)  # exp(-2 b)

ODDS = tanh(Z_1 + B) - tanh(Z_2 + B)
MOVE = Cases(ne(ODDS.subs(B, 1) - ODDS.subs(B, 0), Integer(0)), ((Z_1, (Integer(1),)), (Z_2, (Integer(0),))))
TAIL = FromZero(2 * exp(-2 * (GAP + SLACK)), "≤", 2 * exp(-2 * GAP), variable=SLACK)
SCALED = (1 - W * P_1) / (1 + W * P_1) - (1 - W * P_2) / (1 + W * P_2)
LEADING = Tends(2 * (P_2 - P_1) / ((1 + W * P_1) * (1 + W * P_2)), W, Integer(0), 2 * (P_2 - P_1))
REMAINING = Tends(tanh(1 + B) - tanh(B) + tanh(1) - tanh(0), B, oo, tanh(1))


CLAIM = Claim(
    id="B2",
    title="A bias inside tanh",
    usual="A bias inside tanh changes the weights; as it grows they tend to uniform.",
    headline=(
        "Towards uniform, like `e^(−2 b)` with `b` the smallest bias in size, where every unit with `v ≠ 0` is biased."
    ),
    statement=(
        r"Every bias $b \ne 0$ inside tanh changes the weights of some keys: for one unit the log-odds of two keys "
        r"have the slope $v(\operatorname{sech}^2(z_1 + b) - \operatorname{sech}^2(z_2 + b))$ in $b$. Let $Z_a$ be the "
        r"largest $|z_a|$ over the keys of a query without the bias. If $|b_a| > Z_a$ for every unit with $v_a \ne 0$, "
        r"then $|\alpha_i - 1/n| \le (e^\tau - 1)/n$ with $\tau = \sum_a 2|v_a| e^{-2(|b_a| - Z_a)}$: along every "
        r"direction in which all those $|b_a|$ grow the weights tend to uniform like $e^{-2\min_a |b_a|}$, over the "
        r"units with $v_a \ne 0$, and this rate is sharp: one unit has it for keys with $z_1 \ne z_2$. Units whose "
        r"bias stays as it is keep telling the keys apart: the limit is then the softmax of what those units say, "
        r"uniform exactly if they say the same of every key."
    ),
    assumptions={"Additive score with finitely many hidden units; softmax over n keys.": "normaliser"},
    met={
        "softmax_shift": {
            "A softmax over the keys alone; finite logits.": (
                Assumed("Additive score"),
                Because("a sum of finitely many bounded terms is finite"),
            ),
        },
    },
    steps=(
        closed(
            "an exact case: the log-odds of two keys, one unit with v = 1, move as b goes from 0 to 1",
            MOVE,
            uses=("softmax_shift",),
        ),
        closed(
            "derivative of tanh",
            Differentiated(ODDS, B, 1 / cosh(Z_1 + B) ** 2 - 1 / cosh(Z_2 + B) ** 2),
        ),
        closed("tanh in exponentials", Field(1 - tanh(X), 2 * exp(-2 * X) / (1 + exp(-2 * X)))),
        closed(
            "tanh x approaches 1 from below: with q = e^(−2x), 1 − tanh x is not negative and at most 2q",
            Solver(Both((le(Integer(0), 2 * LEVEL / (1 + LEVEL)), le(2 * LEVEL / (1 + LEVEL), 2 * LEVEL)))),
        ),
        closed("which for x = γ + s is at most the tail; γ is |b_a| − Z_a", TAIL),
        closed("and −1 from above in the same way", Field(1 + tanh(X), 2 * exp(2 * X) / (1 + exp(2 * X)))),
        closed(
            "both keys on the same side, v (1 − ρ) of each with ρ at most τ: the unit's parts differ by |v| τ at most",
            Solver(
                Both(
                    (
                        le(V * (1 - SECOND) - V * (1 - FIRST), V * TAU),
                        le(V * (1 - FIRST) - V * (1 - SECOND), V * TAU),
                    )
                ),
                (le(FIRST, TAU), le(SECOND, TAU)),
            ),
        ),
        closed(
            "scores within τ of each other: a term of 1/α_i = Σ_j exp(e_j − e_i) is at most e^τ, at least e^(−τ)",
            All(
                (
                    FromZero(exp(TAU - SLACK), "≤", exp(TAU), variable=SLACK),
                    FromZero(exp(-TAU), "≤", exp(-TAU + SLACK), variable=SLACK),
                )
            ),
        ),
        identity("n of the largest terms: α_i is at least e^(−τ)/n", 1 / total(exp(TAU), (L, N_K)), exp(-TAU) / N_K),
        identity("n of the least ones: α_i is at most e^τ/n", 1 / total(exp(-TAU), (L, N_K)), exp(TAU) / N_K),
        closed(
            "the larger of the two distances from 1/n is (e^τ − 1)/n: with e^τ = 1 + R the other one is at most this",
            Coefficients(1 / N_K - 1 / ((1 + MORE) * N_K), "≤", (1 + MORE) / N_K - 1 / N_K, variables=(MORE,)),
        ),
        closed(
            "the rate is attained, tanh in exponentials: with p = e^(−2z) and w = e^(−2b)",
            Field(SCALED / W, LEADING.of),
        ),
        closed("its limit as b grows: two keys with different z have scores that differ at the rate e^(−2b)", LEADING),
        closed(
            "a unit without bias keeps its say: two units, the bias on the first",
            All((REMAINING, Cases(ne(tanh(1), Integer(0))))),
            refutes=True,
            uses=("softmax_shift",),
        ),
    ),
    altered={
        "a bias outside tanh": replace(MOVE, statement=ne((Z_1 + 1) - (Z_2 + 1) - (Z_1 - Z_2), Integer(0))),
        "the rate e^(−3|b|)": replace(TAIL, right=2 * exp(-3 * GAP)),
        "half the leading term": replace(LEADING, value=P_2 - P_1),
        "uniform although one unit has no bias": replace(REMAINING, value=Integer(0)),
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
