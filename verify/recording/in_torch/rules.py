"""All rules, by importing the modules that register them."""

from attnproof.verify.recording.in_torch import (
    activations,
    choosing,
    distances,
    elementwise,
    fused,
    moving,
    normalising,
    products,
    reductions,
    segments,
    softmaxes,
)

__all__ = [
    "activations", "choosing", "distances", "elementwise", "fused", "moving", "normalising", "products",
    "reductions", "segments", "softmaxes",
]  # fmt: skip
