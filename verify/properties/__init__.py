"""Properties of correct attention: ``PROPERTIES`` by name, those of the modules of ``ORDER``, each of which defines its
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from attnproof.verify.properties.property import Draw, Finding, Property

ORDER: Final = (
    "algebra",
    "values",
    "masked_row",
    "masking",
    "batch_masks",
    "mask_format",
    "poison",
    "calls",
    "layout",
    "subsets",
    "scale",
    "unbiased",
    "logsumexp",
    "groups",
    "rotary",
    "angles",
    "alibi",
    "sink",
    "head_sinks",
    "dropout",
    "combinations",
    "pairs",
    "ranges",
)
PROPERTIES: Final[Mapping[str, Property]] = MappingProxyType(
    {each.name: each for module in ORDER for each in import_module(f"{__name__}.{module}").PROPERTIES}
)

__all__ = ["PROPERTIES", "Draw", "Finding", "Property"]
