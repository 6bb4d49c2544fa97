"""Programs for torch, a module for each score that it has one for."""
