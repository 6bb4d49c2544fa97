"""Detection power: the rules in common use, faults, mutants and correct implementations before the same judge."""
