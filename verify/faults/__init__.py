"""Faults: wrong implementations that the verifier must reject, each with a repaired twin that it must not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Final

from attnproof.verify.faults.fault import Fault

MODULES: Final = (
    "masked_rows",
    "calls",
    "memory",
    "scaling",
    "masks",
    "backward",
    "formulas",
    "expectations",
    "precision",
    "features",
    "fills",
    "merges",
    "heads",
    "strides",
    "widths",
    "together",
    "recomputed",
    "state",
    "ranges",
    "positions",
)


@cache
def faults() -> Mapping[str, Fault]:
    """Every fault by its name, in the order of ``MODULES``."""
    found = (fault for name in MODULES for fault in import_module(f"{__name__}.{name}").faults())
    return MappingProxyType({fault.name: fault for fault in found})


__all__ = ["Fault", "faults"]
