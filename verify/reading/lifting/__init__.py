"""From a recording to index notation: what a program computes, at every size, and how it differs from a derivation."""
