"""X1: the bilinear score as a quadratic form of [s; h], and what it cannot see."""

from __future__ import annotations

from sympy import Expr, Integer, KroneckerDelta, exp

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_K, D_Q, N_K, A, F, I, J, L, P, R, Tensor, index
from attnproof.derivations.language.ranges import split
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put, split_sum
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import closed, identity

M, N = index("m"), index("n")
WHOLE = D_Q + D_K
PAIR = Tensor("pair", "x", (WHOLE,))  # x = [s; h]
OTHER = Tensor("other", "y", (WHOLE,))
FORM = Tensor("form", "Q", (WHOLE, WHOLE))
S = Tensor("one_query", "s", (D_Q,))
H = Tensor("one_key", "h", (D_K,))
OF_QUERY = Tensor("of_query", "A", (D_Q, D_Q))  # the blocks of Q
CROSS = Tensor("cross", "C", (D_Q, D_K))
CROSS_BACK = Tensor("cross_back", "D", (D_K, D_Q))
OF_KEY = Tensor("of_key", "B", (D_K, D_K))
BLOCKS = {(0, 0): OF_QUERY, (0, 1): CROSS, (1, 0): CROSS_BACK, (1, 1): OF_KEY}
KEY_BIAS = Tensor("key_bias", "b", (N_K,))
FREE = Tensor("free", "g", ())  # any function of s, at one query


def square(left: Tensor, right: Tensor, form: Expr) -> Expr:
    """``Σ_mn left_m form right_n`` over the whole of [s; h], with ``form`` in the indices m, n."""
    return total(left[M] * form * right[N], (M, WHOLE), (N, WHOLE))


def plus(expr: Expr) -> Expr:
    """``expr`` at x + y."""
    return put(expr, PAIR, lambda m: PAIR[m] + OTHER[m])


def in_blocks() -> Expr:
    """``xᵀ Q x``, each axis cut into the block of s and that of h, with names of their own for the four blocks of Q."""
    inner = split_sum(total(PAIR[M] * FORM[M, N] * PAIR[N], (N, WHOLE)), D_Q, (R, F))
    expr = split_sum(total(inner, (M, WHOLE)), D_Q, (A, P))
    expr = put(expr, PAIR, lambda m: S[m] if split(m)[0] == 0 else H[m - D_Q])

    def block(m: Expr, n: Expr) -> Expr:
        row, column = (0 if split(where)[0] == 0 else 1 for where in (m, n))
        return BLOCKS[row, column][m - row * D_Q, n - column * D_Q]

    return put(expr, FORM, block)


def at_units(expected: Expr) -> Equal:
    """``xᵀ 2S y`` at the unit vectors ``x = δ_i``, ``y = δ_j``, S the symmetric part, is ``expected``."""
    units = (Equation(PAIR, (M,), KroneckerDelta(M, I)), Equation(OTHER, (N,), KroneckerDelta(N, J)))
    return Equal(square(PAIR, OTHER, 2 * SYMMETRIC), expected, definitions=units)


def of_pair(expr: Expr) -> Expr:
    """``expr`` at query i and key j."""
    return put(put(expr, S, lambda r: QUERY[I, r]), H, lambda f: KEY[J, f])


def weights(logit: Expr) -> Expr:
    """The softmax weight of key j for ``logit`` in the indices i, j."""
    return exp(logit) / total(exp(substitute(logit, {J: L})), (L, N_K))


def score(weight: Expr, key: Expr) -> Expr:
    """``Σ_rf s_r weight key``, with ``weight`` in r, f and ``key`` in f."""
    return total(S[R] * weight * key, (R, D_Q), (F, D_K))


QUADRATIC = square(PAIR, PAIR, FORM[M, N])
SYMMETRIC = (FORM[M, N] + FORM[N, M]) / 2
SPLIT = in_blocks()
QUERY_TERM = total(OF_QUERY[R, M] * S[R] * S[M], (R, D_Q), (M, D_Q))
KEY_TERM = total(OF_KEY[F, N] * H[F] * H[N], (F, D_K), (N, D_K))
CROSS_TERM = score(CROSS[R, F] + CROSS_BACK[F, R], H[F])


def score_of_blocks(expr: Expr) -> Expr:
    """``xᵀ Q x`` with the diagonal blocks 0 and the others ``W/2`` and ``Wᵀ/2``."""
    for tensor in (OF_QUERY, OF_KEY):
        expr = put(expr, tensor, lambda *_: Integer(0))
    expr = put(expr, CROSS, lambda r, f: WEIGHT[r, f] / 2)
    return put(expr, CROSS_BACK, lambda f, r: WEIGHT[r, f] / 2)


def second_difference(logit: Expr) -> Expr:
    """The logit of h and that of -h, each less that of the key 0: differences, without any term in s alone."""
    mirrored, origin = (put(logit, H, value) for value in (lambda f: -H[f], lambda f: Integer(0) * H[f]))
    return (logit - origin) + (mirrored - origin)


SUPPLIED = put(weights(of_pair(CROSS_TERM) + KEY_BIAS[J]), KEY_BIAS, lambda j: substitute(of_pair(KEY_TERM), {J: j}))

CLAIM = Claim(
    id="X1",
    title="The bilinear score sees cross terms only",
    usual="The bilinear score is a quadratic form of [s; h] whose diagonal blocks vanish.",
    statement=(
        r"With $x = [s; h]$ the bilinear score is $x^\top Q x$, and exactly those $Q$ give it whose symmetric part is "
        r"$\begin{pmatrix}0 & W/2 \\ W^\top/2 & 0\end{pmatrix}$: the symmetric part is unique, the antisymmetric part "
        r"is free. A general form adds $s^\top A s$ and $h^\top B h$. The term in $s$ alone never changes the weights. "
        r"The term $h^\top B h$ is a real loss: no $W$ and no function of $s$ supplies it unless it is 0 for all $h$; "
        r"a bias by key, $b_j = h_j^\top B h_j$, does."
    ),
    assumptions={
        "Real vectors and matrices of any sizes.": "domain",
        "For the weights: a softmax over the keys of finite scores.": "normaliser",
    },
    steps=(
        identity("the form in its blocks A, C, D, B", SPLIT, QUERY_TERM + CROSS_TERM + KEY_TERM),
        identity("only the symmetric part enters", QUADRATIC, square(PAIR, PAIR, SYMMETRIC)),
        identity(
            "polarisation: the form at x + y, x and y",
            plus(QUADRATIC) - QUADRATIC - square(OTHER, OTHER, FORM[M, N]),
            square(PAIR, OTHER, 2 * SYMMETRIC),
        ),
        closed(
            "at unit vectors: the values of the form determine every entry of the symmetric part",
            at_units(FORM[I, J] + FORM[J, I]),
        ),
        identity(
            "diagonal blocks 0, the others W/2 and its transpose: the bilinear score",
            score_of_blocks(SPLIT),
            score(WEIGHT[R, F], H[F]),
        ),
        identity(
            "the weights of the general form: the term in s alone cancels, that in h is a bias by key",
            weights(of_pair(SPLIT)),
            SUPPLIED,
        ),
        identity(
            "differences of scores between h, -h and 0: no W and no function g of s leaves anything there",
            second_difference(score(WEIGHT[R, F], H[F]) + FREE[()]),
            Integer(0),
        ),
        identity("but the quadratic term does", second_difference(KEY_TERM), 2 * KEY_TERM),
    ),
    altered={
        "the antisymmetric part counts": Equal(QUADRATIC, square(PAIR, PAIR, 2 * SYMMETRIC)),
        "the term in h cancels from the weights as well": Equal(weights(of_pair(SPLIT)), weights(of_pair(CROSS_TERM))),
        "unit vectors give twice one entry": at_units(2 * FORM[I, J]),
        "a quadratic term in h leaves nothing": Equal(second_difference(KEY_TERM), Integer(0)),
    },
    scores=("bilinear",),
    references=("Horn, Johnson 2013, Matrix Analysis, section 4.1",),
)
