"""T9, formally: what subtracting the maximum leaves unchanged, and what it prevents."""

from __future__ import annotations

from typing import Final

from sympy import Integer, exp

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, I, J, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    Index,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, softmax

K, M = index("k"), index("m")
HIGHEST: Final = Tensor("highest", "m", (), "intermediate")
SHIFTED: Final = Tensor("shifted", "s", (N_K,), "intermediate")
BETA: Final = Tensor("shifted_weights", "beta", (N_K,), "intermediate")


def shifted(body: Proposition, *others: Index) -> Proposition:
    """``body`` about the scores less their maximum."""
    return Every(
        (Size(N_K), Array(SCORES), *others),
        Where(
            (Equation(HIGHEST, (), largest(SCORES[M], M, N_K)), Equation(SHIFTED, (J,), SCORES[J] - HIGHEST[()])), body
        ),
    )


STATEMENT: Final = (
    Stated(
        "unchanged",
        "the weights are those of the scores less their maximum",
        shifted(Where((softmax(), softmax(SHIFTED, BETA)), eq(BETA[I], ALPHA[I])), Index(I, N_K)),
    ),
    Stated(
        "exponents_and_terms",
        "every exponent is at most 0, every term above 0 and at most 1",
        shifted(
            Both((le(SHIFTED[I], Integer(0)), lt(Integer(0), exp(SHIFTED[I])), le(exp(SHIFTED[I]), Integer(1)))),
            Index(I, N_K),
        ),
    ),
    Stated(
        "denominator",
        "the denominator is at least 1 and at most the number of keys",
        shifted(
            Both(
                (
                    le(Integer(1), total(exp(SHIFTED[I]), (I, N_K))),
                    le(total(exp(SHIFTED[I]), (I, N_K)), N_K),
                )
            )
        ),
    ),
)
