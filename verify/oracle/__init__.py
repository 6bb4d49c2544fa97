"""The oracle: enclosures in ball arithmetic of everything that attention computes, and of its gradients."""

from verify.oracle.api import certified, enclose, quantities_of
from verify.oracle.enclosure import Enclosure
from verify.oracle.error import OracleError, PrecisionError

__all__ = ["Enclosure", "OracleError", "PrecisionError", "certified", "enclose", "quantities_of"]
