"""Recordings of programs: one small language of operations behind torch, JAX and NumPy, and what writes it."""
