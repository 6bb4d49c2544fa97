"""The three tables: variance, saturation, bias invariance. A row is one measurement against theory."""
