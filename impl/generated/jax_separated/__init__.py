"""Fused programs for jax_separated: ``attention`` and ``attention_backward``."""

from attnproof.impl.extras import require

require("jax")
