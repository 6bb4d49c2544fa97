"""B4: biases on the key and on the query projection."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, cos, exp, sin, sqrt, symbols, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import All, Cases, Equal, Field, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Iff, Proposition, eq, expressions, ne
from attnproof.derivations.scores import FAMILIES

QUERY, QUERY_BIAS = Tensor("query", "q", (D_Q,)), Tensor("query_bias", "c_q", (D_Q,))
KEY, KEY_BIAS = Tensor("key", "k", (D_K,)), Tensor("key_bias", "c", (D_K,))
FIRST, SECOND = Tensor("first", "k_1", (D_K,)), Tensor("second", "k_2", (D_K,))
WEIGHT = Tensor("weight", "W", (D_Q, D_K))
W_S, W_H = Tensor("weight_query", "W_s", (D_A, D_Q)), Tensor("weight_key", "W_h", (D_A, D_K))
BETA = Tensor("bias_hidden", "b", (D_A,))
T, KAPPA = symbols("t kappa", positive=True)
T_1, T_2, SHIFT_1, SHIFT_2 = symbols("t_1 t_2 x_1 x_2", real=True)
X, REST, SINK = symbols("x R c_0", positive=True)
Q_1, Q_2, C_1, C_2, K_1, K_2, H_1, H_2 = symbols("q_1 q_2 c_1 c_2 k_1 k_2 h_1 h_2", real=True)
Z_1, Z_2, ANGLE_1, ANGLE_2 = symbols("z_1 z_2 theta_1 theta_2", real=True)


def form(query: Callable[[Expr], Expr], key: Callable[[Expr], Expr]) -> Expr:
    """``qᵀ W k`` at symbolic widths."""
    return total(query(R) * WEIGHT[R, F] * key(F), (R, D_Q), (F, D_K))


def biased(tensor: Tensor, bias: Tensor) -> Callable[[Expr], Expr]:
    """A vector with its bias, by index."""
    return lambda where: tensor[where] + bias[where]


KEY_SHIFT = form(lambda r: QUERY[r], biased(KEY, KEY_BIAS)) - form(lambda r: QUERY[r], lambda f: KEY[f])
LOG_ODDS = form(lambda r: QUERY[r], lambda f: FIRST[f]) - form(lambda r: QUERY[r], lambda f: SECOND[f])
BIASED_LOG_ODDS = put(LOG_ODDS, QUERY, biased(QUERY, QUERY_BIAS))
QUERY_SHIFT = total(total(QUERY_BIAS[R] * WEIGHT[R, F], (R, D_Q)) * (FIRST[F] - SECOND[F]), (F, D_K))
INSIDE = total(W_S[A, R] * QUERY[R], (R, D_Q)) + total(W_H[A, F] * KEY[F], (F, D_K))
BIASED_INSIDE = put(put(INSIDE, QUERY, biased(QUERY, QUERY_BIAS)), KEY, biased(KEY, KEY_BIAS)) + BETA[A]
BIAS_INSIDE = total(W_S[A, R] * QUERY_BIAS[R], (R, D_Q)) + total(W_H[A, F] * KEY_BIAS[F], (F, D_K)) + BETA[A]

#: the weights of two keys beside others, their logits shifted by x_1, x_2 and x_2
ALL_EXP = exp(T_1 + SHIFT_1) + exp(T_2 + SHIFT_2) + exp(SHIFT_2) * REST
WEIGHT_1, WEIGHT_2 = (
    Equation(Tensor(name, name, ()), (), exp(logit) / ALL_EXP)
    for name, logit in (("w_1", T_1 + SHIFT_1), ("w_2", T_2 + SHIFT_2))
)


def redundant_exactly_for(value: Expr) -> All:
    """Shifts x and y of two logits keep both weights for ``x = value``, and for no other x.

    Both follow from the log-odds (weights that are the same have the same quotient): the shift ``x − y`` of the
    log-odds is 0 there only. With all shifts equal the normaliser takes them up.
    """
    moved = (T_1 + SHIFT_1 - (T_2 + SHIFT_2)) - (T_1 - T_2)
    return All(
        (
            Field(
                WEIGHT_1.lhs / WEIGHT_2.lhs,
                exp(T_1 + SHIFT_1 - T_2 - SHIFT_2),
                definitions=(WEIGHT_1, WEIGHT_2),
            ),
            Solver(Iff(eq(moved, ZERO), eq(SHIFT_1, value))),
            Field(WEIGHT_1.rhs.subs(SHIFT_1, value), exp(T_1) / (exp(T_1) + exp(T_2) + REST)),
        )
    )


def at(says: Proposition, **values: int) -> Cases:
    """The proposition at whole numbers, by the names of its symbols."""
    free = {s.name: s for expr in expressions(says) for s in expr.free_symbols}
    return Cases(says, tuple((free[name], (Integer(value),)) for name, value in values.items()))


def moves(weight: Expr) -> Cases:
    """The weight (or log-odds) with the shared shift t = 1 is not what it is without; all else is 1."""
    return at(ne(weight, weight.subs(T, 0)), **dict.fromkeys(sorted(s.name for s in weight.free_symbols), 1))


def share(query: Expr) -> Expr:
    """The weight of the first of two keys at d = 1 and W = 1."""
    return exp(query * K_1) / (exp(query * K_1) + exp(query * K_2))


def turned(angle: Expr) -> Expr:
    """``qᵀ R(angle) c`` in the plane: what a key bias adds at a relative position with that angle."""
    row = (cos(angle) * C_1 - sin(angle) * C_2, sin(angle) * C_1 + cos(angle) * C_2)
    return Q_1 * row[0] + Q_2 * row[1]


def normalised(first: Expr, second: Expr) -> Expr:
    """The dot score of the query (q_1, q_2) with a key of length 1 in the direction given."""
    return (Q_1 * first + Q_2 * second) / sqrt(first**2 + second**2)


NORMALISED_MOVES = ne(
    normalised(K_1 + C_1, K_2 + C_2) - normalised(H_1 + C_1, H_2 + C_2), normalised(K_1, K_2) - normalised(H_1, H_2)
)

CLAIM = Claim(
    id="B4",
    title="Biases on the projections",
    usual="A bias on the key projection is redundant, a bias on the query projection is not.",
    headline=(
        "A key bias is, for a softmax over multiplicative scores without soft-cap, sink, rotary positions or "
        "normalised keys; a query bias only where `c_qᵀW` is orthogonal to all differences of keys."
    ),
    statement=(
        r"For a score $q^\top W k$ (dot and scaled dot included) followed by a softmax over the keys, a bias $c$ on "
        r"the key projection adds $q^\top W c$ to all scores of a query and leaves the weights unchanged. A bias $c_q$ "
        r"on the query projection shifts the log-odds of keys $i, j$ by $c_q^\top W(k_i - k_j)$, whatever the query: "
        r"it is a bias for each key, redundant exactly if $c_q^\top W$ is orthogonal to all differences of keys. The "
        r"redundancy fails for additive scores, before a soft-cap, with a sink, with a sigmoid in place of the "
        r"softmax, under rotary positions applied after the bias, and for keys that are normalised after it. Inside "
        r"tanh only $W_s c_q + W_h c + b$ matters: beside a hidden bias of that value the other two are redundant; a "
        r"query or key bias alone does as much exactly where its projection takes that value."
    ),
    assumptions={
        "The bias is the same for all keys (all queries), added to the projected vector in the score.": "convention",
        "Softmax over the keys alone where nothing else is said.": "normaliser",
    },
    met={
        "softmax_shift": {
            "A softmax over the keys alone; finite logits.": (
                Assumed("Softmax over the keys alone"),
                Because("scores of real vectors with real biases are finite"),
            ),
        },
        "rotary_relative": {
            "Dot or scaled dot score.": (Because("the scores of the example are dot products of rotated vectors"),),
            "Exact tables: a rounded table has no angles that are linear in the position.": (
                Because("the example has the exact cosine and sine of the angles 0 and 1"),
            ),
        },
    },
    steps=(
        identity(
            "what the key bias adds: no key is left in it, it is the same for all keys of a query",
            KEY_SHIFT,
            form(lambda r: QUERY[r], lambda f: KEY_BIAS[f]),
            uses=("softmax_shift",),
        ),
        identity(
            "what the query bias adds to the log-odds of two keys: no query is left in it; the inner product of c_qᵀW "
            "with the difference of the keys",
            BIASED_LOG_ODDS - LOG_ODDS,
            QUERY_SHIFT,
            uses=("softmax_shift",),
        ),
        closed(
            "shifts x_i of the logits keep the weights exactly if they are equal: log-odds move by their difference",
            redundant_exactly_for(SHIFT_2),
            uses=("softmax_shift",),
        ),
        closed(
            "an exact case where the query bias counts: d = 1, query 0, keys 1 and 0, bias 1",
            at(ne(share(Q_1 + C_1), share(Q_1)), q_1=0, c_1=1, k_1=1, k_2=0),
        ),
        closed(
            "inside tanh the same for all keys does not cancel: one unit, z = 1 and 0, c = 1",
            at(ne(tanh(Z_1 + C_1) - tanh(Z_2 + C_1), tanh(Z_1) - tanh(Z_2)), z_1=1, z_2=0, c_1=1),
            refutes=True,
            uses=("softmax_shift",),
        ),
        closed(
            "before a soft-cap: scores 1 and 0 shifted by t",
            moves(KAPPA * (tanh((1 + T) / KAPPA) - tanh(T / KAPPA))),
            refutes=True,
            uses=("softmax_shift",),
        ),
        closed("with a sink", moves(exp(T) * X / (exp(T) * (X + REST) + SINK)), refutes=True),
        closed("with a sigmoid", moves(1 / (1 + exp(-T))), refutes=True),
        closed(
            "rotary positions: relative angles 0 and 1, q = c = (1, 0)",
            at(ne(turned(ANGLE_1), turned(ANGLE_2)), theta_1=0, theta_2=1, q_1=1, q_2=0, c_1=1, c_2=0),
            refutes=True,
            uses=("softmax_shift", "rotary_relative"),
        ),
        closed(
            "normalised keys (1, 0), (0, 1), c = q = (1, 0)",
            at(NORMALISED_MOVES, k_1=1, k_2=0, h_1=0, h_2=1, c_1=1, c_2=0, q_1=1, q_2=0),
            refutes=True,
            uses=("softmax_shift",),
        ),
        identity("inside tanh the three biases are one", BIASED_INSIDE - INSIDE, BIAS_INSIDE),
    ),
    altered={
        "a key bias that depends on the key": Equal(KEY_SHIFT, form(lambda r: QUERY[r], lambda f: KEY[f])),
        "a query bias by the sum of the keys": Equal(
            BIASED_LOG_ODDS - LOG_ODDS, put(QUERY_SHIFT, SECOND, lambda f: -SECOND[f])
        ),
        "opposite shifts are redundant": redundant_exactly_for(-SHIFT_2),
        "no rotation, yet a change": at(
            ne(turned(ANGLE_1), turned(ANGLE_2)), theta_1=0, theta_2=0, q_1=1, q_2=0, c_1=1, c_2=0
        ),
        "the plain softmax reacts": moves(exp(T) * X / (exp(T) * (X + REST))),
        "inside tanh without the hidden bias": Equal(BIASED_INSIDE - INSIDE, BIAS_INSIDE - BETA[A]),
    },
    scores=tuple(FAMILIES),
    tables=("bias_invariance", "model"),
    counterexample=(
        "import numpy as np\n"
        "def softmax(t): return np.exp(t - t.max()) / np.exp(t - t.max()).sum()\n"
        "q, k, c = np.array([1.0, 0.0]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0])\n"
        "print(softmax(k @ q), softmax((k + c) @ q))                        # the same\n"
        "unit = lambda k: k / np.linalg.norm(k, axis=1, keepdims=True)\n"
        "print(softmax(unit(k) @ q), softmax(unit(k + c) @ q))              # normalised keys: not the same"
    ),
    references=(
        "Vaswani et al. 2017, Attention Is All You Need",
        "Radford et al. 2022, Robust Speech Recognition (Whisper): key projections without bias",
    ),
)
