"""Fused programs for numba: ``attention`` and ``attention_backward``."""

from attnproof.impl.extras import require

require("numba")
