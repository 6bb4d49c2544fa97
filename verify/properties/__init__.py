"""Properties of correct attention, each with the faults that it is meant to expose."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attnproof.verify.properties.batch_masks import BATCH_MASKS
from attnproof.verify.properties.calls import CALLS
from attnproof.verify.properties.combinations import COMBINATIONS
from attnproof.verify.properties.features import FEATURES
from attnproof.verify.properties.layout import LAYOUT
from attnproof.verify.properties.mask_format import MASK_FORMAT
from attnproof.verify.properties.masked_row import MASKED_ROW
from attnproof.verify.properties.masking import MASKING
from attnproof.verify.properties.poison import POISON
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.scale import SCALE
from attnproof.verify.properties.subsets import SUBSETS
from attnproof.verify.properties.unbiased import UNBIASED
from attnproof.verify.properties.values import VALUES

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
