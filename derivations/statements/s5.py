"""S5, formally: the scaled dot score, its factor shared out to query and key, and its gradients."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Rational, Symbol, sqrt

from attnproof.derivations.language.notation import N_K, N_Q, D, I, J, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.proof.identities import put
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Slope,
    Stated,
    Where,
    eq,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import STEP, moved, scores

UPSTREAM: Final = Tensor("upstream", "g", (N_Q, N_K))  # the gradient of the scores
AT_I, AT_J, AT_R = index("i0"), index("j0"), index("r0")
VALUE: Final = Symbol("y", real=True)
SHARE: Final = D ** Rational(-1, 4)

DOT: Final = scores(FAMILIES["dot"].system)
SCALED: Final = scores(FAMILIES["scaled_dot"].system)
QUERY_PART: Final = Tensor("query_part", "x", (N_Q, D))
KEY_PART: Final = Tensor("key_part", "y", (N_K, D))
SHARED_OUT: Final = put(put(DOT, QUERY_SHARED, lambda *at: QUERY_PART[at]), KEY_SHARED, lambda *at: KEY_PART[at])
PARTS: Final = (
    Equation(QUERY_PART, (I, R), SHARE * QUERY_SHARED[I, R]),
    Equation(KEY_PART, (J, R), SHARE * KEY_SHARED[J, R]),
)
BOUND: Final = (Size(N_Q), Size(N_K), Size(D), Array(QUERY_SHARED), Array(KEY_SHARED))
PLACES: Final = (Index(I, N_Q), Index(J, N_K))


def slope(score: Expr, tensor: Tensor, where: tuple[Expr, ...], value: Expr) -> Proposition:
    """The derivative of ``Σ_ij g_ij score_ij`` with respect to one element of ``tensor`` is ``value``."""
    weighed = total(UPSTREAM[I, J] * moved(score, tensor, *where), (I, N_Q), (J, N_K))
    return Slope(weighed, STEP, Integer(0), value)


def divided(tensor: Tensor, where: tuple[Expr, ...]) -> Proposition:
    """The two scores' derivatives, at the same place, differ by the factor."""
    return Iff(slope(DOT, tensor, where, VALUE), slope(SCALED, tensor, where, VALUE / sqrt(D)))


STATEMENT: Final = (
    Stated(
        "factor_shared_out",
        "the dot score divided by the root of the width is that of query and key divided by the fourth root each",
        Every(BOUND, Where(PARTS, Every(PLACES, eq(SCALED, SHARED_OUT)))),
    ),
    Stated(
        "gradients_over_root",
        "its gradients are those of the dot score divided by the root of the width, for the same upstream gradient",
        Every(
            (*BOUND, Array(UPSTREAM), Index(AT_R, D), Number(VALUE)),
            Both(
                (
                    Every((Index(AT_I, N_Q),), divided(QUERY_SHARED, (AT_I, AT_R))),
                    Every((Index(AT_J, N_K),), divided(KEY_SHARED, (AT_J, AT_R))),
                )
            ),
        ),
    ),
)

OUTSIDE: Final = ()
