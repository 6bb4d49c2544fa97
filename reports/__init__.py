"""Pages, tables and figures as pure functions of a run's result files, and the command line."""
