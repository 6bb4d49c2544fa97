"""S3: the additive score is a network with one hidden layer on the concatenation [s; h]."""

from __future__ import annotations

from sympy import Integer, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, F, I, J, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import BIAS_HIDDEN, KEY, QUERY, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put, split_sum
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

M = index("m")
PAIR = Tensor("pair", "x", (N_Q, N_K, D_Q + D_K))  # x[i,j] = [q_i; k_j]
LAYER = Tensor("layer", "U", (D_A, D_Q + D_K))  # U = [W_s W_h]

BLOCKS = (
    Equation(PAIR, (I, J, R), QUERY[I, R]),
    Equation(PAIR, (I, J, D_Q + F), KEY[J, F]),
    Equation(LAYER, (A, R), WEIGHT_QUERY[A, R]),
    Equation(LAYER, (A, D_Q + F), WEIGHT_KEY[A, F]),
)
HIDDEN = total(LAYER[A, M] * PAIR[I, J, M], (M, D_Q + D_K))
SPLIT = split_sum(HIDDEN, D_Q, (R, F)) + BIAS_HIDDEN[A]
PREACTIVATIONS, SCORE = FAMILIES["additive"].system.resolve("bias_hidden").equations
NETWORK = total(V_HIDDEN[A] * tanh(SPLIT), (A, D_A))


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
        identity("the sum over the concatenated axis, in its two blocks", HIDDEN + BIAS_HIDDEN[A], SPLIT, at=D_Q),
        identity("each block by its name: the pre-activations", SPLIT, PREACTIVATIONS.rhs, definitions=BLOCKS),
        identity("the output layer on top of it", NETWORK, SCORE.rhs, definitions=(*BLOCKS, PREACTIVATIONS)),
    ),
    altered={
        "a block that starts one element late": Equal(
            HIDDEN, put(SPLIT - BIAS_HIDDEN[A], LAYER, lambda a, m: LAYER[a, m + 1 if m.has(F) else m]), at=D_Q
        ),
        "no bias inside tanh, where the score has one": Equal(
            SPLIT - BIAS_HIDDEN[A], PREACTIVATIONS.rhs, definitions=BLOCKS
        ),
        "an output layer that only sums the hidden units": Equal(
            put(NETWORK, V_HIDDEN, lambda _: Integer(1)), SCORE.rhs, definitions=(*BLOCKS, PREACTIVATIONS)
        ),
    },
    scores=("additive",),
    references=(FAMILIES["additive"].source,),
)
