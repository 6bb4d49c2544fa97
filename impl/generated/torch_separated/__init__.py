"""Fused programs for torch_separated: ``attention``, ``attention_backward``."""
