"""NumPy: modules of plain functions, gradients by ``attention_backward``."""

from attnproof.impl.codegen.targets.numpy.template import RUNTIME, render

__all__ = ["RUNTIME", "render"]
