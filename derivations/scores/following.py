"""What follows a score beyond soft-cap and bias, where it is not the softmax alone: another normaliser, and what is
made of the context.

    softmax         α[i,j] = exp(t[i,j]) / Σ_l exp(t[i,l])
    sigmoid         α[i,j] = σ(t[i,j]),   σ(x) = 1 / (1 + exp(−x))
    sigmoid-log(n)  α[i,j] = σ(t[i,j] − log n_k)

A masked key, t = −∞, has weight 0 under each. Weights of a sigmoid have no sum of 1, and a constant added to a row of
scores changes them. Source: Ramapuram, Danieli, Dhekane et al. 2024, Theory, Analysis, and Best Practices for Sigmoid
Self-Attention, equation 2.

In names of scores both stand behind bars: ``dot | sigmoid``, ``dot | softmax | tanh(weight_c [context query])``
(``attnproof.derivations.scores.post``).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from sympy import Expr, log

from attnproof.derivations.language.notation import N_K, I, J
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import LOGITS, WEIGHTS
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.layer import LAYER
from attnproof.derivations.scores.post import with_post

SOFTMAX: Final = "softmax"
SHIFTS: Final[dict[str, Expr]] = {"sigmoid": LOGITS[I, J], "sigmoid-log(n)": LOGITS[I, J] - log(N_K)}
NORMALISERS: Final = (SOFTMAX, *SHIFTS)
BAR: Final = " | "


def followed(score: str, normaliser: str = SOFTMAX, post: str = "") -> str:
    """The name of a score with what follows it."""
    if post:
        return BAR.join((score, normaliser, post))
    return score if normaliser == SOFTMAX else f"{score}{BAR}{normaliser}"


def alone(name: str) -> str:
    """The score's own name, without what follows it."""
    return name.partition(BAR)[0]


def normaliser_of(name: str) -> str:
    """The normaliser that a score's name has."""
    return name.partition(BAR)[2].partition(BAR)[0] or SOFTMAX


def post_of(name: str) -> str:
    """What is made of the context, by a score's name; empty: nothing."""
    return name.partition(BAR)[2].partition(BAR)[2]


def with_following(family: ScoreFamily, name: str) -> ScoreFamily:
    """The family of a name with bars. Raises KeyError for an unknown normaliser, ValueError for a post that is none."""
    normaliser = normaliser_of(name)
    if normaliser not in NORMALISERS:
        raise KeyError(f"unknown normaliser {normaliser!r}; known: {', '.join(NORMALISERS)}")
    return replace(family, normaliser=normaliser, post=post_of(name))


@lru_cache(maxsize=64)
def layer_of(family: ScoreFamily, layer: System = LAYER) -> System:
    """The layer with the family's normaliser, and what it makes of the context.

    Raises ValueError for a layer that needs a softmax, and for a post that is none.
    """
    found = layer
    if family.normaliser != SOFTMAX:
        if {"shares", "lse"} & set(layer.tensors):
            raise ValueError(
                f"a sink and the log-sum-exp are those of a softmax; the normaliser is {family.normaliser}"
            )
        weights = Equation(WEIGHTS, (I, J), sigmoid(SHIFTS[family.normaliser]))
        found = replace(layer, equations=tuple(weights if e.target == WEIGHTS else e for e in layer.equations))
    return with_post(found, family.post, family.system.tensors["query"]) if family.post else found
