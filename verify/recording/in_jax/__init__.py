"""What JAX programs do, recorded as they run: the recorder is in ``recorder``, which imports JAX."""
