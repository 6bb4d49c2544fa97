"""S3: the additive score is a network with one hidden layer on the concatenation [s; h]."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, Sum, Symbol, simplify, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, F, I, J, R, Tensor, index
from attnproof.derivations.language.ranges import split
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import BIAS_HIDDEN, KEY, QUERY, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import equal_twice, put, split_sum, written_out
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

M = index("m")
PAIR = Tensor("pair", "x", (N_Q, N_K, D_Q + D_K))  # x[i,j] = [q_i; k_j]
LAYER = Tensor("layer", "U", (D_A, D_Q + D_K))  # U = [W_s W_h]

HIDDEN = total(LAYER[A, M] * PAIR[I, J, M], (M, D_Q + D_K)) + BIAS_HIDDEN[A]
ADDITIVE = FAMILIES["additive"].system.resolve("bias_hidden")


def in_blocks(expr: Expr) -> Expr:
    """``expr`` with ``x`` and ``U`` replaced by their blocks, where every element stands in one block."""
    expr = put(expr, PAIR, lambda i, j, m: QUERY[i, m] if split(m)[0] == 0 else KEY[j, m - D_Q])
    return put(expr, LAYER, lambda a, m: WEIGHT_QUERY[a, m] if split(m)[0] == 0 else WEIGHT_KEY[a, m - D_Q])


def two_blocks(gap: int) -> bool:
    """``Σ_(m < p + q) g(m) = Σ_(m < p) g(m) + Σ_(f < q - gap) g(p + gap + f)`` for every g: by SymPy's own sums."""
    term, p, q = Function("g"), Symbol("p", integer=True, positive=True), Symbol("q", integer=True, positive=True)
    m = Symbol("m", integer=True)
    second = Sum(term(p + gap + m), (m, 0, q - gap - 1)).change_index(m, m + p + gap)
    whole = Sum(term(m), (m, 0, p + q - 1))
    return bool(simplify(whole - Sum(term(m), (m, 0, p - 1)) - second) == 0)


SPLIT = split_sum(HIDDEN - BIAS_HIDDEN[A], D_Q, (R, F)) + BIAS_HIDDEN[A]
PREACTIVATIONS, SCORE = ADDITIVE.equations
NETWORK = total(V_HIDDEN[A] * tanh(in_blocks(SPLIT)), (A, D_A))
WRITTEN_OUT = written_out(SCORE.rhs, PREACTIVATIONS)

CLAIM = Claim(
    id="S3",
    title="The additive score is a network with one hidden layer",
    usual="The additive score vᵀ tanh(W_s s + W_h h) is a one-hidden-layer network on the concatenation [s; h].",
    statement=(
        r"With $x = [s; h]$ and $U = [W_s\ W_h]$ the additive score is $v^\top \tanh(Ux + b)$: one hidden layer of "
        r"$d_a$ tanh units on the concatenation, a linear output without bias; $b = 0$ for the score as Bahdanau "
        r"writes it."
    ),
    assumptions={"Real vectors and matrices of any sizes.": "domain"},
    steps=(
        Step(
            "a sum over p + q terms is one over the first p and one over the other q",
            r"\sum_{m < p + q} g(m) => \sum_{m < p} g(m) + \sum_{f < q} g(p + f)",
            partial(two_blocks, 0),
        ),
        identity("the sum over the concatenated axis, in its two blocks", in_blocks(SPLIT), PREACTIVATIONS.rhs),
        identity("the output layer on top of it", NETWORK, WRITTEN_OUT),
    ),
    altered={
        "a block that starts one element late": partial(two_blocks, 1),
        "no bias inside tanh, where the score has one": partial(
            equal_twice, in_blocks(SPLIT) - BIAS_HIDDEN[A], PREACTIVATIONS.rhs
        ),
        "an output layer that only sums the hidden units": partial(
            equal_twice, put(NETWORK, V_HIDDEN, lambda _: Integer(1)), WRITTEN_OUT
        ),
    },
    scores=("additive",),
    references=(FAMILIES["additive"].source,),
)
