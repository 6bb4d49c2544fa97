"""The parts of a run, and the units that they plan."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from attnproof.verify.options import Options
from attnproof.verify.unit import Unit

# Every part of a run: a module with plan(options) -> list[Unit].
PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "derive": "attnproof.verify.proofs.derive",
        "claims": "attnproof.verify.proofs.ledger",
        "checks": "attnproof.verify.comparisons.checks",
        "functions": "attnproof.verify.arithmetic.measured_errors",
        "tightness": "attnproof.verify.comparisons.tightness_search",
        "variance": "attnproof.verify.tables.variance.part",
        "saturation": "attnproof.verify.tables.saturation.part",
        "bias_invariance": "attnproof.verify.tables.bias_invariance.part",
        "model": "attnproof.verify.tables.model.part",
        "evidence": "attnproof.verify.evidence",
        "power": "attnproof.verify.detection.power",
        "mutants": "attnproof.verify.detection.mutants",
        "gates": "attnproof.verify.gates.part",
    }
)


class EmptySelectionError(ValueError):
    """The options select nothing to check."""


def plan(options: Options, parts: Sequence[str] | None = None) -> list[Unit]:
    """Every unit of the parts asked for (default: all), in the order of ``PARTS``.

    Raises EmptySelectionError when there is nothing to do: a run that checks nothing must not read as a success.
    """
    units: list[Unit] = []
    for name, module in PARTS.items():
        if parts is None or name in parts:
            units += importlib.import_module(module).plan(options)
    if not units:
        raise EmptySelectionError(f"nothing to check for {options}")
    return units
