"""Fused programs for triton: ``attention``, ``attention_backward``."""
