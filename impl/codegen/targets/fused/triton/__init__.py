"""Triton: fused kernels for additive scores on CUDA, with torch's autograd around them."""

from attnproof.impl.codegen.targets.fused.triton.template import render

__all__ = ["render"]
