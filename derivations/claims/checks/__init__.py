"""Checks that the proofs of several claims share."""
