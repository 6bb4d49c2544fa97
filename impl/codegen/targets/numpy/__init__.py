"""NumPy: modules of plain functions, gradients by ``attention_backward``."""

from attnproof.impl.codegen.targets.numpy.template import render

__all__ = ["render"]
