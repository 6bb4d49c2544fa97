"""Stands in for the package of this name: arguments and results as there, written for the tests."""
