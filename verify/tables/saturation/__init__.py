"""The table of saturation."""
