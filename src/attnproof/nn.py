"""Attention layers for torch with derived gradients; docs/NN.md shows how they are used.

AdditiveAttention        Bahdanau's score
MultiplicativeAttention  dot, scaled dot, or bilinear: Luong's
ScoreAttention           any score, a user's too
Prepared                 what a layer's ``prepare`` returns: keys that many queries share
"""

from attnproof.impl.nn import AdditiveAttention, MultiplicativeAttention, Prepared, ScoreAttention

__all__ = ["AdditiveAttention", "MultiplicativeAttention", "Prepared", "ScoreAttention"]
