"""From a program to source text: expressions, statements, modules, docstrings."""
