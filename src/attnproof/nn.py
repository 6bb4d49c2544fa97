"""Attention layers for torch with derived gradients; docs/NN.md shows how they are used.

AdditiveAttention        Bahdanau's score
MultiplicativeAttention  dot, scaled dot, or bilinear: Luong's
ScoreAttention           any score, a user's too
Prepared                 what a layer's ``prepare`` returns: keys that many queries share
    converted                a state of our layers, of somebody else's: ``CONVENTIONS`` has whose
"""

from attnproof.impl.nn import (
    CONVENTIONS,
    AdditiveAttention,
    MultiplicativeAttention,
    Prepared,
    ScoreAttention,
    converted,
)

__all__ = [
    "CONVENTIONS",
    "AdditiveAttention",
    "MultiplicativeAttention",
    "Prepared",
    "ScoreAttention",
    "converted",
]
