"""Programs for jax: one module for each score."""

from attnproof.impl.extras import require

require("jax")
