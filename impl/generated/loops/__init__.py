"""What single formulas written as scalar loops import; the loops themselves are printed on demand."""
