"""Flattened right-hand sides, which ``derivations.bounds.terms`` makes: the running bounds and the derived ones share them."""

from derivations.bounds.terms import Factor, FlatTerm, Kind, flatten, logsumexp_argument, softmax_argument

__all__ = ["Factor", "FlatTerm", "Kind", "flatten", "logsumexp_argument", "softmax_argument"]
