"""What proofs of lemmas share: functions that make rules, and those that ``Computed`` names."""
