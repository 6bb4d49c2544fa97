"""What NumPy's and JAX's operations are in the language of recordings: one rule each, for both recorders."""
