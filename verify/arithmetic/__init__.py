"""Formats, and the arithmetic that a backend is taken to have: roundoff, errors of functions, recorded and measured."""
