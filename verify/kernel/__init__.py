"""Claims and lemmas before a proof kernel: Coq accepts each proposition, whole, or says where it does not.

``python -m attnproof.verify.kernel`` builds everything: ``theory/`` (definitions that printed terms use, and lemmas),
the statements printed from the propositions, and ``proofs/``, one file for each of them.
"""
