"""The report as one self-contained HTML page: a pure function of a run's result files."""
