"""Programs for torch: one module for each score."""
