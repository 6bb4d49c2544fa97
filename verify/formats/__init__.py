"""Formats that people have: each folder makes a ``Problem`` for the judge of files, or operators, of one of them."""
