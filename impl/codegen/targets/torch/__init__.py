"""torch: the derived backward behind a ``torch.autograd.Function``, on CPU and CUDA."""

from attnproof.impl.codegen.targets.torch.template import render

__all__ = ["render"]
