"""S4, formally: concat and additive scores are one function, with its derivatives, under a relabelling."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Symbol

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, F, I, J, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import (
    BIAS_HIDDEN,
    KEY,
    QUERY,
    V_HIDDEN,
    WEIGHT_CONCAT,
    WEIGHT_KEY,
    WEIGHT_QUERY,
)
from attnproof.derivations.proof.identities import put, written_out
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Slope,
    Some,
    Stated,
    eq,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import STEP, beside, count_of_parameters, moved, scores

UPSTREAM: Final = Tensor("upstream", "g", (N_Q, N_K))  # the gradient of the scores
AT_A, AT_R, AT_F = index("a0"), index("r0"), index("f0")
VALUE: Final = Symbol("y", real=True)

CONCAT: Final = scores(FAMILIES["concat"].system)
ADDITIVE: Final = scores(FAMILIES["additive"].system.resolve())
ADDITIVE_WITH_BIAS: Final = scores(FAMILIES["additive"].system.resolve("bias_hidden"))
_PRE, _SCORE = FAMILIES["concat"].system.equations
CONCAT_WITH_BIAS: Final = written_out(_SCORE.rhs, Equation(_PRE.target, _PRE.indices, _PRE.rhs + BIAS_HIDDEN[A]))
SIZES: Final = (Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A))
INPUTS: Final = (Array(QUERY), Array(KEY), Array(V_HIDDEN))
PARTS: Final = (Array(WEIGHT_QUERY), Array(WEIGHT_KEY))
BOUND: Final = (*SIZES, *INPUTS, Array(WEIGHT_CONCAT), *PARTS)
DIRECTIONS: Final = {
    tensor: Tensor(f"direction_{tensor.name}", f"{tensor.symbol}_dot", tensor.shape)
    for tensor in (QUERY, KEY, V_HIDDEN)
}
BLOCKS: Final = Every(
    (Index(A, D_A),),
    beside(lambda m: WEIGHT_CONCAT[A, m], lambda r: WEIGHT_QUERY[A, r], lambda f: WEIGHT_KEY[A, f]),
)

OTHERS: Final = {
    tensor: Tensor(f"other_{tensor.name}", f"{tensor.symbol}2", tensor.shape) for tensor in (WEIGHT_QUERY, WEIGHT_KEY)
}
OTHER_BLOCKS: Final = Every(
    (Index(A, D_A),),
    beside(
        lambda m: WEIGHT_CONCAT[A, m],
        lambda r: OTHERS[WEIGHT_QUERY][A, r],
        lambda f: OTHERS[WEIGHT_KEY][A, f],
    ),
)


def weighed(score: Expr) -> Expr:
    """``Σ_ij g_ij score_ij``: its derivatives are the gradients for the upstream gradient ``g``."""
    return total(UPSTREAM[I, J] * score, (I, N_Q), (J, N_K))


def same_slope(left: Expr, right: Expr) -> Proposition:
    """One has a derivative at ``t = 0`` exactly if the other has, and it is the same."""
    zero = STEP * 0
    return Every((Number(VALUE),), Iff(Slope(left, STEP, zero, VALUE), Slope(right, STEP, zero, VALUE)))


def along(expr: Expr) -> Expr:
    """``expr`` with query, key and v moved along directions of their own."""
    for tensor, direction in DIRECTIONS.items():
        expr = put(expr, tensor, lambda *at, t=tensor, d=direction: t[at] + STEP * d[at])
    return expr


STATEMENT: Final = (
    Stated(
        "same_scores",
        "with W = [W_s W_h] the two scores agree for all queries and keys",
        Every(BOUND, If(BLOCKS, Every((Index(I, N_Q), Index(J, N_K)), eq(CONCAT, ADDITIVE)))),
    ),
    Stated(
        "same_scores_with_bias",
        "and so they do if both have a bias inside tanh",
        Every(
            (*BOUND, Array(BIAS_HIDDEN)),
            If(
                BLOCKS,
                Every(
                    (Index(I, N_Q), Index(J, N_K)),
                    eq(CONCAT_WITH_BIAS, ADDITIVE_WITH_BIAS),
                ),
            ),
        ),
    ),
    Stated(
        "gradient_of_the_weights",
        "the gradient of W is that of W_s beside that of W_h, for every upstream gradient",
        Every(
            (*BOUND, Array(UPSTREAM)),
            If(
                BLOCKS,
                Every(
                    (Index(AT_A, D_A),),
                    Both(
                        (
                            Every(
                                (Index(AT_R, D_Q),),
                                same_slope(
                                    weighed(moved(CONCAT, WEIGHT_CONCAT, AT_A, AT_R)),
                                    weighed(moved(ADDITIVE, WEIGHT_QUERY, AT_A, AT_R)),
                                ),
                            ),
                            Every(
                                (Index(AT_F, D_K),),
                                same_slope(
                                    weighed(moved(CONCAT, WEIGHT_CONCAT, AT_A, D_Q + AT_F)),
                                    weighed(moved(ADDITIVE, WEIGHT_KEY, AT_A, AT_F)),
                                ),
                            ),
                        )
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "gradients_of_the_inputs",
        "the gradients of queries, keys and v are the same: the derivatives along every direction are",
        Every(
            (*BOUND, Array(UPSTREAM), *map(Array, DIRECTIONS.values())),
            If(BLOCKS, same_slope(weighed(along(CONCAT)), weighed(along(ADDITIVE)))),
        ),
    ),
    Stated(
        "every_matrix_has_blocks",
        "the relabelling is onto: every W is [W_s W_h] of some W_s and W_h",
        Every((*SIZES[2:], Array(WEIGHT_CONCAT)), Some(PARTS, BLOCKS)),
    ),
    Stated(
        "blocks_are_unique",
        "and one to one: a W has one W_s and one W_h",
        Every(
            (*SIZES[2:], Array(WEIGHT_CONCAT), *PARTS, *map(Array, OTHERS.values())),
            If(
                Both((BLOCKS, OTHER_BLOCKS)),
                Every(
                    (Index(A, D_A),),
                    Both(
                        (
                            Every((Index(R, D_Q),), eq(WEIGHT_QUERY[A, R], OTHERS[WEIGHT_QUERY][A, R])),
                            Every((Index(F, D_K),), eq(WEIGHT_KEY[A, F], OTHERS[WEIGHT_KEY][A, F])),
                        )
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "all_blocks_make_a_matrix",
        "all W_s and W_h are the blocks of a W",
        Every((*SIZES[2:], *PARTS), Some((Array(WEIGHT_CONCAT),), BLOCKS)),
    ),
    Stated(
        "as_many_parameters",
        "the two scores have as many parameters, one for each element of their arrays",
        Every(
            SIZES[2:],
            eq(
                count_of_parameters(FAMILIES["concat"].system),
                count_of_parameters(FAMILIES["additive"].system.resolve()),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
