"""Programs for numpy: one module for each score."""
