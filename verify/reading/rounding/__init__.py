"""Bounds of rounding errors on the operations that a program was seen to carry out."""
