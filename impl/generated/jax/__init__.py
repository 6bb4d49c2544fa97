"""Programs for jax, one module for each score."""
