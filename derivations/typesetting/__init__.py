"""Formulas as LaTeX, plain text and MathML."""
