"""What fused kernels compute in place of the textbook formulas, with proofs of where it holds and how it rounds."""
