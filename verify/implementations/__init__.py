"""The implementations that a run judges, behind one interface."""
