"""Programs for numpy, a module for each score that it has one for."""
