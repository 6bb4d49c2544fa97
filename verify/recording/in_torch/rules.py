"""All rules, by importing the modules that register them."""

from attnproof.verify.recording.in_torch import choosing, elementwise, fused, moving, products, reductions, softmaxes

__all__ = ["choosing", "elementwise", "fused", "moving", "products", "reductions", "softmaxes"]
