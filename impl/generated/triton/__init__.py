"""Fused programs for triton: ``attention`` and ``attention_backward``."""

from attnproof.impl.extras import require

require("triton")
