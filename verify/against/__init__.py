"""Judging a program against another one, which says what is meant."""
