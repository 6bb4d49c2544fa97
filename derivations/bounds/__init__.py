"""Bounds of rounding errors, derived from a system of equations at symbolic sizes."""

from attnproof.derivations.bounds.order import PAIRWISE, UNKNOWN, Order
from attnproof.derivations.bounds.system import ErrorBounds, error_bounds

__all__ = ["PAIRWISE", "UNKNOWN", "ErrorBounds", "Order", "error_bounds"]
