"""JAX: modules of functions with ``jax.custom_vjp``, gradients by ``jax.grad`` or by ``attention_backward``."""

from attnproof.impl.codegen.targets.jax.template import render

__all__ = ["render"]
