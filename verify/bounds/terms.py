"""Flattened right-hand sides, which ``attnproof.derivations.bounds.terms`` makes: the running bounds and the derived ones share them."""

from attnproof.derivations.bounds.terms import Factor, FlatTerm, Kind, flatten, logsumexp_argument, softmax_argument

__all__ = ["Factor", "FlatTerm", "Kind", "flatten", "logsumexp_argument", "softmax_argument"]
