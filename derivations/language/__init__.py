"""The index notation: indices with symbolic sizes, tensors, equations, systems, and what a well-formed one keeps to."""
