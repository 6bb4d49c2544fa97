"""Fused programs for jax_separated: ``attention``, ``attention_backward``."""
