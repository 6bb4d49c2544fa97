"""The table of score variances."""
