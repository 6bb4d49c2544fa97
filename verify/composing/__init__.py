"""Questions composed of any set of features, and which of them are asked: every pair of features, sizes and layouts."""
