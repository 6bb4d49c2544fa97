"""What the oracle raises instead of an answer it cannot vouch for."""

from __future__ import annotations


class OracleError(ArithmeticError):
    """The oracle cannot enclose what was asked for; the message says which quantity and why."""


class PrecisionError(OracleError):
    """A ball became infinite or undefined at this precision; a higher one may succeed."""
