"""Numba: fused kernels for additive scores on the CPU, gradients by ``attention_backward`` or torch's autograd."""

from attnproof.impl.codegen.targets.fused.numba.template import render

__all__ = ["render"]
