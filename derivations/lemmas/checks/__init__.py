"""Checks that the proofs of several lemmas share."""
