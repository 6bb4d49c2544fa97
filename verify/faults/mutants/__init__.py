"""Mutants: every generated formula made wrong in one place, systematically, in its syntax tree.

``sources``     the functions that are mutated, and programs with one of them replaced
``operators``   the ways of being wrong: kind and name of each altered tree
``equivalent``  proofs that an alteration changes nothing
``making``      mutants as targets
"""

from attnproof.verify.faults.mutants.making import Mutant, mutants, unaltered
from attnproof.verify.faults.mutants.sources import PROGRAMS, Program

__all__ = ["PROGRAMS", "Mutant", "Program", "mutants", "unaltered"]
