"""Rotary positions: query and key are rotated, pair of features by pair of features, before a dot score meets them.

    q'[i,g]       = q[i,g] C[i,g] − q[i,d/2+g] S[i,g]
    q'[i,d/2+g]   = q[i,d/2+g] C[i,g] + q[i,g] S[i,g]         (k' likewise, with tables of its own)
    e[i,j]        = Σ_r q'[i,r] k'[j,r]                        (times d^(−1/2) for the scaled score)

C and S are given tables (cosines and sines of angles, but nothing here uses that) with one row for each position and
one column for each of the d/2 pairs of features (d is even). Feature g is paired with d/2 + g (*half-split*, as
GPT-NeoX and Llama have it). The other convention pairs 2g with 2g + 1 (*interleaved*, as RoFormer has it): it is this
one with the features in another order (``half_split_order``), the same for query and key, and so has the same scores.

Source: Su, Lu, Pan, Murtadha, Wen, Liu 2021, RoFormer: Enhanced Transformer with Rotary Position Embedding, section
3.4.2
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from sympy import Expr

from attnproof.derivations.language.notation import N_K, N_Q, D, I, J, Tensor, index
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.family import ScoreFamily

SCORES_WITH_ROTATION: Final = ("dot", "scaled_dot")
HALF = D / 2  # number of pairs of features
G = index("g")  # pair of features

COS_QUERY = Tensor("cos_query", "C_q", (N_Q, HALF))
SIN_QUERY = Tensor("sin_query", "S_q", (N_Q, HALF))
COS_KEY = Tensor("cos_key", "C_k", (N_K, HALF))
SIN_KEY = Tensor("sin_key", "S_k", (N_K, HALF))
TABLES: Final = (COS_QUERY, SIN_QUERY, COS_KEY, SIN_KEY)
ROTATED_QUERY = Tensor("rotated_query", "q_rot", (N_Q, D), "intermediate")
ROTATED_KEY = Tensor("rotated_key", "k_rot", (N_K, D), "intermediate")


def _rotation(rotated: Tensor, plain: Tensor, cos: Tensor, sin: Tensor, at: Expr) -> tuple[Equation, Equation]:
    first, second = plain[at, G], plain[at, HALF + G]
    return (
        Equation(rotated, (at, G), first * cos[at, G] - second * sin[at, G]),
        Equation(rotated, (at, HALF + G), second * cos[at, G] + first * sin[at, G]),
    )


def rotates(score: ScoreFamily) -> bool:
    """Whether a score has rotary positions: the dot scores, and a user's of queries and keys of one width."""
    own = score.name not in FAMILIES and {QUERY_SHARED, KEY_SHARED} <= set(score.system.inputs)
    return score.name in SCORES_WITH_ROTATION or own


@lru_cache(maxsize=16)
def rotary(score: str | ScoreFamily) -> System:
    """The dot or scaled dot score, or a user's (``rotates``), of rotated queries and keys.

    Inputs: query (n_q, d), key (n_k, d), parameters, cos_query and sin_query (n_q, d/2), cos_key and sin_key
    (n_k, d/2). Output: scores (n_q, n_k). Raises ValueError for a score that has no rotary positions.
    """
    found = FAMILIES[score] if isinstance(score, str) else score
    if not rotates(found):
        known = ", ".join(SCORES_WITH_ROTATION)
        raise ValueError(f"score {found.name!r} has no rotary positions; expected one of {known}, or a user's")
    family = found.system
    turned = {QUERY_SHARED.base: ROTATED_QUERY.base, KEY_SHARED.base: ROTATED_KEY.base}
    return System(
        found.name,
        (*family.inputs, *TABLES),
        (
            *_rotation(ROTATED_QUERY, QUERY_SHARED, COS_QUERY, SIN_QUERY, I),
            *_rotation(ROTATED_KEY, KEY_SHARED, COS_KEY, SIN_KEY, J),
            *(
                replace(
                    each, rhs=each.rhs.xreplace(turned), otherwise=each.otherwise and each.otherwise.xreplace(turned)
                )
                for each in family.equations
            ),
        ),
        family.outputs,
    )


def half_split_order(width: int) -> tuple[int, ...]:
    """Feature of the interleaved convention that takes each place of the half-split one: ``0, 2, 4, …, 1, 3, 5, …``.

    Raises ValueError for an odd width: a rotation needs pairs.
    """
    if width < 2 or width % 2:
        raise ValueError(f"rotary positions need an even width of at least 2, got {width}")
    return (*range(0, width, 2), *range(1, width, 2))
