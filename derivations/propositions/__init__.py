"""Formal propositions: what a claim says, as an object that is printed, proved and altered."""
