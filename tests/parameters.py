"""Parameters of tests that ask the same of many things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def ordinary(values: Iterable[Any], *chosen: Any) -> list[Any]:
    """Of all values the chosen ones, in ordinary runs; the others, which show no more of the kind, are slow."""
    listed = list(values)
    missing = [value for value in chosen if value not in listed]
    if missing:
        raise ValueError(f"no such parameter: {missing}")
    return [pytest.param(value, marks=() if value in chosen else pytest.mark.slow) for value in listed]
