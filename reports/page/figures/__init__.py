"""Figures as inline SVG, each a pure function of a run's results; the drawing itself is in ``draw.py``."""
