"""What stands in the result files of a run: rows are dataclasses with declared fields."""
