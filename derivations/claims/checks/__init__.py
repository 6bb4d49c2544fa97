"""What proofs of claims share: functions that make rules, and those that ``Computed`` names."""
