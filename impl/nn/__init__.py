"""Attention layers for torch with derived gradients: the public names of ``attnproof.nn``."""

from attnproof.impl.nn.conventions import CONVENTIONS, converted
from attnproof.impl.nn.modules import AdditiveAttention, MultiplicativeAttention, ScoreAttention
from attnproof.impl.nn.prepared import Prepared

__all__ = [
    "CONVENTIONS",
    "AdditiveAttention",
    "MultiplicativeAttention",
    "Prepared",
    "ScoreAttention",
    "converted",
]
