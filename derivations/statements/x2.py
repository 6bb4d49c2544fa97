"""X2, formally: the exclusive-or by multiplicative attention, in eight encodings."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer

from attnproof.derivations.language.notation import D_K, D_Q, F, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Index,
    Not,
    Proposition,
    Size,
    Some,
    Stated,
    eq,
    ne,
)
from attnproof.derivations.statements._exclusive import ENCODINGS, ONE, Encoding, is_target, ranking, threshold

ZERO: Final = Integer(0)
#: in which encodings (ranking, threshold) can be done
POSSIBLE: Final = {
    "bits_none": (False, False),
    "bits_both": (True, True),
    "bits_query": (True, False),
    "bits_key": (False, False),
} | {f"signs_{where}": (True, True) for where in ("none", "both", "query", "key")}
WORDS: Final = {
    (True, True): "the task can be solved, with one threshold for all pairs",
    (True, False): "the targets can be ranked first, but not with one threshold for all pairs",
    (False, False): "the task cannot be solved",
}


def bilinear(weight: Tensor, query: Tensor, key: Tensor) -> Expr:
    """``sᵀ W h``."""
    (rows, columns) = weight.shape
    return total(query[R] * weight[R, F] * key[F], (R, rows), (F, columns))


def decided(encoding: Encoding) -> Stated:
    """What a bilinear score, with any real matrix, can do in one encoding."""
    weight = Tensor("weight", "W", (*encoding.query.shape, *encoding.key("h").shape))

    def possible(task: Proposition) -> Proposition:
        return Some((Array(weight),), task)

    tasks = (
        possible(ranking(encoding, lambda s, h: bilinear(weight, s, h))),
        possible(threshold(encoding, lambda s, h: bilinear(weight, s, h))),
    )
    can = POSSIBLE[encoding.name]
    says = Both(tuple(task if yes else Not(task) for task, yes in zip(tasks, can, strict=True)))
    return Stated(encoding.name, f"{encoding.title}: {WORDS[can]}", says)


BITS: Final = ENCODINGS[0]
SIGNS: Final = next(encoding for encoding in ENCODINGS if encoding.name == "signs_none")
S: Final = SIGNS.query
H: Final = SIGNS.key("h")
BY_SIGNS: Final = S[ZERO] * H[ZERO] - S[ONE] * H[ONE]

QUERY: Final = Tensor("query", "s", (D_Q,))
WITH_COLUMN: Final = Tensor("weight", "W", (D_Q, D_K + 1))
ANY: Final = Tensor("any_weight", "W", (D_Q, D_K))
KEY: Final = Tensor("key", "x", (D_K + 1,))
OTHER: Final = Tensor("other_key", "y", (D_K + 1,))
PLAIN: Final = Tensor("plain_key", "h", (D_K,))


def without(key: Tensor) -> Expr:
    """The score without the constant component."""
    return total(QUERY[R] * WITH_COLUMN[R, F] * key[F], (R, D_Q), (F, D_K))


STATEMENT: Final = (
    Stated(
        "scores_by_signs",
        "features −1 and 1: s_1 h_1 − s_2 h_2 is 2 for the target; of the others it is −2 where both features speak "
        "against it, else 0",
        Every(
            (Array(S), Array(H)),
            If(
                Both((SIGNS.is_point(S), SIGNS.is_point(H))),
                Both(
                    (
                        If(is_target(S, H), eq(BY_SIGNS, Integer(2))),
                        If(Both((ne(H[ZERO], S[ZERO]), eq(H[ONE], S[ONE]))), eq(BY_SIGNS, Integer(-2))),
                        If(
                            Either(
                                (
                                    Both((eq(H[ZERO], S[ZERO]), eq(H[ONE], S[ONE]))),
                                    Both((ne(H[ZERO], S[ZERO]), ne(H[ONE], S[ONE]))),
                                )
                            ),
                            eq(BY_SIGNS, ZERO),
                        ),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "scores_with_a_constant_on_the_query",
        "features 0 and 1: (2 s_1 − 1) h_1 − (2 s_2 − 1) h_2, which a constant on the query makes bilinear, ranks "
        "every target first",
        ranking(BITS, lambda s, h: (2 * s[ZERO] - 1) * h[ZERO] - (2 * s[ONE] - 1) * h[ONE]),
    ),
    Stated(
        "zero_query_scores_zero",
        "a query of zeros scores 0 with every key, whatever W is",
        Every(
            (Size(D_Q), Size(D_K), Array(QUERY), Array(PLAIN), Array(ANY)),
            If(Every((Index(R, D_Q),), eq(QUERY[R], ZERO)), eq(bilinear(ANY, QUERY, PLAIN), ZERO)),
        ),
    ),
    Stated(
        "constant_on_the_key_changes_nothing",
        "a constant 1 appended to the keys adds the same to all scores of a query: their differences stay",
        Every(
            (Size(D_Q), Size(D_K), Array(QUERY), Array(WITH_COLUMN), Array(KEY), Array(OTHER)),
            If(
                Both((eq(KEY[D_K], ONE), eq(OTHER[D_K], ONE))),
                eq(
                    bilinear(WITH_COLUMN, QUERY, KEY) - bilinear(WITH_COLUMN, QUERY, OTHER),
                    without(KEY) - without(OTHER),
                ),
            ),
        ),
    ),
    *map(decided, ENCODINGS),
)

OUTSIDE: Final = ()
