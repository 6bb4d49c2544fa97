"""The targets that fuse additive attention: Numba, Triton, and separated exponentials without a kernel."""
