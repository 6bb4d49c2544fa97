"""Comparisons of implementations with the truth, and what they say of the bounds."""
