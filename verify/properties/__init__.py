"""Properties of correct attention, each with the faults that it is meant to expose."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from verify.properties.batch_masks import BATCH_MASKS
from verify.properties.calls import CALLS
from verify.properties.combinations import COMBINATIONS
from verify.properties.features import FEATURES
from verify.properties.layout import LAYOUT
from verify.properties.mask_format import MASK_FORMAT
from verify.properties.masked_row import MASKED_ROW
from verify.properties.masking import MASKING
from verify.properties.poison import POISON
from verify.properties.property import Draw, Finding, Property
from verify.properties.scale import SCALE
from verify.properties.subsets import SUBSETS
from verify.properties.unbiased import UNBIASED
from verify.properties.values import VALUES

PROPERTIES: Final[Mapping[str, Property]] = MappingProxyType(
    {
        each.name: each
        for each in (
            VALUES,
            MASKED_ROW,
            *MASKING,
            BATCH_MASKS,
            MASK_FORMAT,
            POISON,
            *CALLS,
            LAYOUT,
            SUBSETS,
            *SCALE,
            UNBIASED,
            *FEATURES,
            COMBINATIONS,
        )
    }
)

__all__ = ["PROPERTIES", "Draw", "Finding", "Property"]
