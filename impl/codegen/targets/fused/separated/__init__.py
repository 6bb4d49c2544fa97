"""Additive attention in torch and JAX as tensor expressions in ``e^{2a}`` and ``e^{2b}``, with the scores' gradient."""

from attnproof.impl.codegen.targets.fused.separated.template import render_jax, render_torch

__all__ = ["render_jax", "render_torch"]
