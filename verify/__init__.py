"""Evidence: oracle, error bounds, input classes, checks, tables and the runner."""
