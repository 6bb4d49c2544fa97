"""Faults: wrong implementations that the verifier must reject, each with a repaired twin that it must not."""
