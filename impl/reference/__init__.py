"""Attention written by hand from the textbook, independent of the derivations and of the generated code.

``numpy_attention`` and ``torch_attention`` import nothing of this project, not even each other.
"""
