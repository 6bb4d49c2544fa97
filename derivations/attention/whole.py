"""A score followed by the attention layer (``attnproof.derivations.scores.layer``)."""

from __future__ import annotations

from attnproof.derivations.language.system import System
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.following import layer_of
from attnproof.derivations.scores.layer import LAYER
from attnproof.derivations.scores.own import family

__all__ = ["LAYER", "attention"]


def attention(score: str | ScoreFamily) -> System:
    """Score family followed by the layer, every option open; ``.resolve("bias", ...)`` decides the options.

    score  a family, its name, or ``file.py:name`` (``attnproof.derivations.scores.own``)

    Outputs: ``scores`` (n_q, n_k), ``weights`` (n_q, n_k), ``context`` (n_q, d_v).
    Raises KeyError with the known names for an unknown score, ValueError for a mistake in a file.
    """
    found = family(score)
    return found.system.then(layer_of(found), name=found.name)
