"""Error bounds derived from the operations: one for each element of each output and gradient, never a tuned
tolerance.
"""

from attnproof.verify.bounds.api import OUTPUTS, Bound, bounds

__all__ = ["OUTPUTS", "Bound", "bounds"]
