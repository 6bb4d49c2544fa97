"""X4, formally: the exclusive-or by additive attention, in eight encodings, with and without a bias inside tanh."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, F, I, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.proof.identities import put
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    If,
    Iff,
    Index,
    Not,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    lt,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._exclusive import ENCODINGS, Encoding, Score, is_target, ranking, threshold
from attnproof.derivations.statements._pieces import scores

FOUR: Final = Integer(4)
PLAIN: Final = scores(FAMILIES["additive"].system.resolve())
MINUS_QUERY: Final = Tensor("minus_query", "p", (N_Q, D_Q))
MINUS_KEY: Final = Tensor("minus_key", "g", (N_K, D_K))
NEGATED: Final = (Equation(MINUS_QUERY, (I, R), -QUERY[I, R]), Equation(MINUS_KEY, (J, F), -KEY[J, F]))


def opposite(j: Expr) -> Expr:
    """The score of ``−q_i`` and ``−k_j``."""
    return put(put(PLAIN, QUERY, lambda *at: MINUS_QUERY[at]), KEY, lambda _, f: MINUS_KEY[j, f])


def at_key(j: Expr) -> Expr:
    """The score of ``q_i`` and ``k_j``."""
    return put(PLAIN, KEY, lambda _, f: KEY[j, f])


def additive(encoding: Encoding, units: Expr, bias: bool) -> tuple[tuple[Binder, ...], Score]:
    """The parameters of an additive score with so many units, and the score."""
    of_query = Tensor("weight_query", "W_s", (units, *encoding.query.shape))
    of_key = Tensor("weight_key", "W_h", (units, *encoding.key("h").shape))
    outer, shift = Tensor("v", "v", (units,)), Tensor("bias_hidden", "b", (units,))

    def score(query: Tensor, key: Tensor) -> Expr:
        inside = total(of_query[A, R] * query[R], (R, query.shape[0])) + total(of_key[A, F] * key[F], (F, key.shape[0]))
        return total(outer[A] * tanh(inside + shift[A] if bias else inside), (A, units))

    return (Array(of_query), Array(of_key), Array(outer), *((Array(shift),) if bias else ())), score


def decided(encoding: Encoding, bias: bool) -> Stated:
    """Four units solve the task; only for −1 and 1, without constant and bias, no number of units does."""
    name = f"{encoding.name}_with_bias" if bias else encoding.name
    where = f"{encoding.title}, {'a bias' if bias else 'no bias'} inside tanh"
    if encoding.name == "signs_none" and not bias:
        parameters, score = additive(encoding, D_A, bias)
        never: tuple[Proposition, ...] = tuple(
            Not(Some(parameters, task)) for task in (ranking(encoding, score), threshold(encoding, score))
        )
        return Stated(name, f"{where}: no number of units solves the task", Every((Size(D_A),), Both(never)))
    parameters, score = additive(encoding, FOUR, bias)
    says = Both((Some(parameters, ranking(encoding, score)), Some(parameters, threshold(encoding, score))))
    return Stated(name, f"{where}: four units solve the task, with one threshold for all pairs", says)


SIGNS: Final = next(encoding for encoding in ENCODINGS if encoding.name == "signs_none")
S: Final = SIGNS.query
H: Final = SIGNS.key("h")
MINUS_S: Final = Tensor("minus_s", "p", S.shape)
MINUS_H: Final = Tensor("minus_h", "g", H.shape)
BOUND: Final[tuple[Binder, ...]] = (
    *(Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A)),
    *map(Array, (QUERY, KEY, WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN)),
)

STATEMENT: Final = (
    Stated(
        "odd_without_bias",
        "without a bias the score changes its sign with query and key together",
        Every(BOUND, Where(NEGATED, Every((Index(I, N_Q), Index(J, N_K)), eq(opposite(J), -PLAIN)))),
    ),
    Stated(
        "opposite_order",
        "so a key that outscores another for a query is outscored, both negated, for the negated query",
        Every(
            BOUND,
            Where(
                NEGATED,
                Every(
                    (Index(I, N_Q), Index(J, N_K), Index(L, N_K)),
                    If(lt(at_key(L), at_key(J)), lt(opposite(J), opposite(L))),
                ),
            ),
        ),
    ),
    Stated(
        "opposite_targets",
        "features −1 and 1: the target of the negated query is the negated target",
        Every(
            (Array(S), Array(H)),
            If(
                Both((SIGNS.is_point(S), SIGNS.is_point(H))),
                Where(
                    (Equation(MINUS_S, (R,), -S[R]), Equation(MINUS_H, (R,), -H[R])),
                    Iff(is_target(S, H), is_target(MINUS_S, MINUS_H)),
                ),
            ),
        ),
    ),
    *(decided(encoding, bias) for bias in (False, True) for encoding in ENCODINGS),
)

OUTSIDE: Final = ()
