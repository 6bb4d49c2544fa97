"""Fused programs for numba: ``attention``, ``attention_backward``."""
