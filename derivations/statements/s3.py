"""S3, formally: the additive score is a network with one hidden layer on the concatenation [s; h]."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, I, J, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import BIAS_HIDDEN, KEY, QUERY, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Proposition,
    Size,
    Stated,
    eq,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import beside, scores

M: Final = index("m")
PAIR: Final = Tensor("pair", "x", (D_Q + D_K,))
LAYER: Final = Tensor("layer", "U", (D_A, D_Q + D_K))


def network(bias: Expr) -> Expr:
    """``vᵀ tanh(U x + bias)``."""
    return total(V_HIDDEN[A] * tanh(total(LAYER[A, M] * PAIR[M], (M, D_Q + D_K)) + bias), (A, D_A))


def is_network(score: Expr, bias: Expr, *more: Array) -> Proposition:
    """For ``x = [q_i; k_j]`` and ``U = [W_s W_h]`` the score is the network."""
    blocks = Both(
        (
            beside(lambda m: PAIR[m], lambda r: QUERY[I, r], lambda f: KEY[J, f]),
            Every(
                (Index(A, D_A),),
                beside(lambda m: LAYER[A, m], lambda r: WEIGHT_QUERY[A, r], lambda f: WEIGHT_KEY[A, f]),
            ),
        )
    )
    return Every(
        (
            *(Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A)),
            *(Array(QUERY), Array(KEY), Array(WEIGHT_QUERY), Array(WEIGHT_KEY), Array(V_HIDDEN), *more),
            *(Array(PAIR), Array(LAYER), Index(I, N_Q), Index(J, N_K)),
        ),
        If(blocks, eq(score, network(bias))),
    )


STATEMENT: Final = (
    Stated(
        "network_on_the_concatenation",
        "the score with a hidden bias is that of one hidden layer of tanh units and a linear output",
        is_network(scores(FAMILIES["additive"].system.resolve("bias_hidden")), BIAS_HIDDEN[A], Array(BIAS_HIDDEN)),
    ),
    Stated(
        "network_without_bias",
        "as Bahdanau writes it, the bias of the hidden layer is 0",
        is_network(scores(FAMILIES["additive"].system.resolve()), Integer(0)),
    ),
)

OUTSIDE: Final = ()
