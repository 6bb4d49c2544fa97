"""The table of bias invariance."""
