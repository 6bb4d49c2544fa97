"""Numeric evidence that belongs to one claim and to no table: measured beside the proof, judged like every other
measurement.

A module ``verify/evidence/ID.py`` has ``rows(options) -> list[Result]`` made with ``measurement`` (a row of
``tables/evidence.csv``, shown beside the claim) and ``figure`` (drawn beside it) of ``attnproof.verify.evidence.row``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attnproof.verify.options import Options
from attnproof.verify.unit import Result, Unit

# Claims with a module of their own here, and rough seconds that it takes, so that the long ones start first.
EVIDENCE: Final[Mapping[str, float]] = MappingProxyType(
    {
        "B1": 1.0,
        "B2": 0.2,
        "B3": 0.4,
        "B4": 0.2,
        "T10": 0.6,
        "A4": 0.5,
        "A5": 0.8,
        "X2": 0.1,
        "X4": 0.1,
        "X5": 0.5,
        "X6": 0.7,
        "C2": 0.4,
        "T1": 0.2,
        "T4": 0.3,
        "T2": 0.5,
        "T7": 0.3,
        "T6": 1.0,
        "T8": 0.7,
        "T9": 1.0,
        "A1": 1.0,
        "A2": 0.5,
        "A3": 0.2,
        "A6": 1.0,
        "T3": 0.2,
        "T5": 0.4,
    }
)


def plan(options: Options) -> list[Unit]:
    """One unit for each wanted claim that has evidence of its own."""
    return [
        Unit(f"evidence/{claim}", "evidence", "attnproof.verify.evidence:run", {"claim": claim}, cost=cost)
        for claim, cost in EVIDENCE.items()
        if options.claims is None or claim in options.claims
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[Result]:
    """All rows of one claim."""
    claim = str(arguments["claim"])
    found: list[Result] = importlib.import_module(f"attnproof.verify.evidence.{claim.lower()}").rows(options)
    return found
