"""One change of the derivation after another, until one is what a program computes: that change is the cause."""
