"""A run: units, workers, result files and where they are put."""
