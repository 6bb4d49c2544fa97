"""Additive attention in torch and JAX as plain tensor expressions in ``e^{2a}`` and ``e^{2b}``, the gradient of the scores written out."""

from attnproof.impl.codegen.targets.fused.separated.template import SCORES, render_jax, render_torch

__all__ = ["SCORES", "render_jax", "render_torch"]
