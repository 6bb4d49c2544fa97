"""Fused programs for torch_separated: ``attention`` and ``attention_backward``."""
