"""B4: biases on the key and on the query projection."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, Matrix, Sum, cos, diff, exp, expand, sin, sqrt, symbols, tanh

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import D_K, D_Q, A, F, R, Tensor
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.reasoning import certainly_nonzero, same
from attnproof.derivations.scores import FAMILIES

# elements by index: a bilinear score is a sum over r and f of its terms, and both sides are compared term by term
Q, K, C, W = Function("q")(R), Function("k")(F), Function("c")(F), Function("W")(R, F)
C_Q = Function("c_q")(R)
K_1, K_2 = Function("k_1")(F), Function("k_2")(F)
W_S, W_H = Function("W_s")(A, R), Function("W_h")(A, F)
BETA = Function("b")(A)
# and whole tensors, where the sum itself is compared
QUERY, QUERY_BIAS = Tensor("query", "q", (D_Q,)), Tensor("query_bias", "c_q", (D_Q,))
FIRST, SECOND = Tensor("first", "k_1", (D_K,)), Tensor("second", "k_2", (D_K,))
WEIGHT = Tensor("weight", "W", (D_Q, D_K))
SHIFT = Sum(Sum(QUERY_BIAS[R] * WEIGHT[R, F], (R, 0, D_Q - 1)) * (FIRST[F] - SECOND[F]), (F, 0, D_K - 1))
T, KAPPA = symbols("t kappa", positive=True)
T_1, T_2, SHIFT_1, SHIFT_2 = symbols("t_1 t_2 x_1 x_2", real=True)
X, REST, SINK = symbols("x R c_0", positive=True)


def key_bias_shift(expected: Expr) -> bool:
    """Term (r, f) of ``qᵀW(k + c) - qᵀWk``: free of k, so the sum is the same for all keys of a query."""
    term = Q * W * (K + C) - Q * W * K
    return same(term, expected) and not expand(term).has(K)


def query_bias_shift(expected: Expr) -> bool:
    """Term (r, f) of what a query bias does to two keys' scores: ``c_qᵀW(k_1 - k_2)``, free of the query."""
    before = Q * W * K_1 - Q * W * K_2
    after = (Q + C_Q) * W * K_1 - (Q + C_Q) * W * K_2
    return same(after - before, expected) and not expand(after - before).has(Q)


def is_inner_product(shift: Expr) -> bool:
    """The shift of the log-odds of two keys, summed over r and f at symbolic widths, is ``shift``."""
    score = Sum(QUERY[R] * WEIGHT[R, F] * FIRST[F], (R, 0, D_Q - 1), (F, 0, D_K - 1))
    biased = put(score, QUERY, lambda r: QUERY[r] + QUERY_BIAS[r])
    first = biased - score
    second = put(first, FIRST, lambda f: SECOND[f])
    return equal(first - second, shift)


def redundant_exactly_for(value: Expr) -> bool:
    """Shifts x and y of two logits keep both weights for ``x = value``, and for no other x.

    Both follow from the log-odds (weights that are the same have the same quotient): the shift ``x − y`` of the
    log-odds is 0 there, and its slope in x is 1 everywhere. With all shifts equal the normaliser takes them up.
    """
    shifted = exp(T_1 + SHIFT_1) / (exp(T_1 + SHIFT_1) + exp(T_2 + SHIFT_2) + exp(SHIFT_2) * REST)
    other = exp(T_2 + SHIFT_2) / (exp(T_1 + SHIFT_1) + exp(T_2 + SHIFT_2) + exp(SHIFT_2) * REST)
    moved = T_1 + SHIFT_1 - (T_2 + SHIFT_2) - (T_1 - T_2)
    return (
        same(shifted / other, exp(moved) * exp(T_1 - T_2))
        and same(moved.subs(SHIFT_1, value), Integer(0))
        and same(diff(moved, SHIFT_1), Integer(1))
        and same(shifted.subs(SHIFT_1, value), exp(T_1) / (exp(T_1) + exp(T_2) + REST))
    )


def query_bias_moves(bias: Expr) -> Expr:
    """The weight of key 1 against key 0 at d = 1 and W = 1 for the query 0, with the bias less without it."""

    def weight(query: Expr) -> Expr:
        scores = [query * key for key in (Integer(1), Integer(0))]
        return exp(scores[0]) / (exp(scores[0]) + exp(scores[1]))

    return weight(Integer(0) + bias) - weight(Integer(0))


def tanh_moves(bias: Expr) -> Expr:
    """The log-odds of keys with the pre-activations 1 and 0 of one unit (v = 1), with the bias less without it."""

    def odds(shift: Expr) -> Expr:
        return tanh(1 + shift) - tanh(0 + shift)

    return odds(bias) - odds(Integer(0))


def not_redundant(shift_of_log_odds: Expr) -> bool:
    """A shift of the log-odds that is not 0: the weights change."""
    return certainly_nonzero(shift_of_log_odds)


def depends_on_shift(weight: Expr) -> bool:
    """The weight (or log-odds) as a function of the shared shift t has a derivative that is not 0 at t = 1."""
    point = {X: Integer(1), REST: Integer(1), SINK: Integer(1), KAPPA: Integer(1), T: Integer(1)}
    return certainly_nonzero(diff(weight, T).subs(point))


def one_bias_inside_tanh(expected: Expr) -> bool:
    """Term by term: the pre-activation with biases on query, key and hidden unit less that without is ``expected``."""
    plain = W_S * Q + W_H * K
    biased = W_S * (Q + C_Q) + W_H * (K + C) + BETA
    return same(biased - plain, expected)


def rotary_shift(angle: Expr) -> Expr:
    """``qᵀ R(angle) c`` in the plane for q = c = (1, 0): what a key bias adds at relative position with that angle."""
    rotation = Matrix([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    unit = Matrix([1, 0])
    return (unit.T * rotation * unit)[0]


def normalised_shift() -> Expr:
    """Keys (1, 0) and (0, 1), query (1, 0), key bias (1, 0): how far the log-odds of normalised keys move."""

    def score(key: Matrix) -> Expr:
        return key[0] / sqrt((key.T * key)[0])

    bias = Matrix([1, 0])
    first, second = Matrix([1, 0]), Matrix([0, 1])
    return (score(first + bias) - score(second + bias)) - (score(first) - score(second))


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
    steps=(
        Step(
            "the term with indices r, f of the sum: no key left",
            r"q^\top W (k_j + c) - q^\top W k_j => q^\top W c",
            partial(key_bias_shift, Q * W * C),
            uses=("softmax_shift",),
        ),
        Step(
            "the term with indices r, f of the sum: no query left",
            r"(q + c_q)^\top W (k_i - k_j) - q^\top W (k_i - k_j) => c_q^\top W (k_i - k_j)",
            partial(query_bias_shift, C_Q * W * (K_1 - K_2)),
        ),
        Step(
            "summed: the inner product with the difference of the keys",
            r"(q + c_q)^\top W (k_i - k_j) - q^\top W (k_i - k_j) => (c_q^\top W) \cdot (k_i - k_j)",
            partial(is_inner_product, SHIFT),
            uses=("softmax_shift",),
        ),
        Step(
            "shifts x_i of the logits keep the weights exactly if they are equal: log-odds move by their difference",
            r"x_i - x_j = 0 => \iff \text{the same weights}",
            partial(redundant_exactly_for, SHIFT_2),
            uses=("softmax_shift",),
        ),
        Step(
            "an exact case where the query bias counts: d = 1, query 0, keys 1 and 0, bias 1",
            r"\frac{e^{c_q k_1}}{e^{c_q k_1} + e^{c_q k_2}} - \frac12 => \ne 0",
            partial(not_redundant, query_bias_moves(Integer(1))),
        ),
        Step(
            "inside tanh the same for all keys does not cancel: one unit, z = 1 and 0, c = 1",
            r"[\tanh(1 + c) - \tanh(c)]_{c=0}^{c=1} => \ne 0",
            partial(not_redundant, tanh_moves(Integer(1))),
            refutes=True,
            uses=("softmax_shift",),
        ),
        Step(
            "before a soft-cap: scores 1 and 0 shifted by t",
            r"\partial_t\, \kappa(\tanh\tfrac{1+t}{\kappa} - \tanh\tfrac{t}{\kappa})"
            r" => \ne 0 \text{ at } t = \kappa = 1",
            partial(depends_on_shift, KAPPA * (tanh((1 + T) / KAPPA) - tanh(T / KAPPA))),
            refutes=True,
            uses=("softmax_shift",),
        ),
        Step(
            "with a sink",
            r"\partial_t\, \frac{e^t x}{e^t (x + R) + c_0} => \ne 0 \text{ at } x = R = c_0 = t = 1",
            partial(depends_on_shift, exp(T) * X / (exp(T) * (X + REST) + SINK)),
            refutes=True,
        ),
        Step(
            "with a sigmoid",
            r"\partial_t\, 1/(1 + e^{-t}) => \ne 0 \text{ at } t = 1",
            partial(depends_on_shift, 1 / (1 + exp(-T))),
            refutes=True,
        ),
        Step(
            "rotary positions: relative angles 0 and 1",
            r"q^\top R(0) c - q^\top R(1) c => 1 - \cos 1 \ne 0",
            partial(not_redundant, rotary_shift(Integer(0)) - rotary_shift(Integer(1))),
            refutes=True,
            uses=("softmax_shift", "rotary_relative"),
        ),
        Step(
            "normalised keys (1, 0), (0, 1), c = q = (1, 0)",
            r"\log\text{-odds after} - \text{before} => -1/\sqrt{2} \ne 0",
            partial(not_redundant, normalised_shift()),
            refutes=True,
            uses=("softmax_shift",),
        ),
        Step(
            "the term with indices a, r, f of the pre-activation",
            "W_s (q + c_q) + W_h (k + c) + b - (W_s q + W_h k) => W_s c_q + W_h c + b",
            partial(one_bias_inside_tanh, W_S * C_Q + W_H * C + BETA),
        ),
    ),
    altered={
        "a key bias that depends on the key": partial(key_bias_shift, Q * W * K),
        "a query bias by the sum of the keys": partial(query_bias_shift, C_Q * W * (K_1 + K_2)),
        "opposite shifts are redundant": partial(redundant_exactly_for, -SHIFT_2),
        "no rotation, yet a change": partial(not_redundant, rotary_shift(Integer(0)) - rotary_shift(Integer(0))),
        "the plain softmax reacts": partial(depends_on_shift, exp(T) * X / (exp(T) * (X + REST))),
        "inside tanh without the hidden bias": partial(one_bias_inside_tanh, W_S * C_Q + W_H * C),
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
