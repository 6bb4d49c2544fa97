"""A score with the attention layer behind it: what is derived as a whole, and what the layer may have beside."""
