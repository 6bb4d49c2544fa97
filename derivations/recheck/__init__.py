"""Second roads: exact, dual, ball and scalar evaluation that share no code with the calculus they re-check."""
