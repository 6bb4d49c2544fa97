"""Programs for torch_separated, a module for each score that it has one for."""
