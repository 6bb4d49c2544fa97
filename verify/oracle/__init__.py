"""The oracle: enclosures in ball arithmetic of everything that attention computes, and of its gradients."""

from attnproof.verify.oracle.api import certified, enclose, quantities_of
from attnproof.verify.oracle.enclosure import Enclosure
from attnproof.verify.oracle.error import OracleError, PrecisionError

__all__ = ["Enclosure", "OracleError", "PrecisionError", "certified", "enclose", "quantities_of"]
