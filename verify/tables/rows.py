"""Columns that rows of several kinds share."""

from __future__ import annotations

from typing import Any

Columns = dict[str, Any]  # some of a row's columns


def no_measurement(verdict: str, reason: str) -> Columns:
    """The columns of a row that has no measurement."""
    return {"verdict": verdict, "reason": reason}
