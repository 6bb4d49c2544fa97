"""Formulas and theorems about attention scores, derived with SymPy at symbolic sizes.

Nothing here imports from the other rooms of the project (see ``docs/ARCHITECTURE.md``).
"""
