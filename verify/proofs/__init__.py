"""The ledger and the derivations as parts of a run."""
