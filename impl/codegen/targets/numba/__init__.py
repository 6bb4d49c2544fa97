"""Numba: fused kernels for the additive score on the CPU, gradients by ``attention_backward``."""

from impl.codegen.targets.numba.template import PACKS, RUNTIME, SCORES, render

__all__ = ["PACKS", "RUNTIME", "SCORES", "render"]
