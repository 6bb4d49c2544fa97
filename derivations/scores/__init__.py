"""The score families, one small file each: its system, its domain, its reference to the literature."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attnproof.derivations.scores.additive import ADDITIVE
from attnproof.derivations.scores.bilinear import BILINEAR
from attnproof.derivations.scores.concat import CONCAT
from attnproof.derivations.scores.dot import DOT
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.scaled_dot import SCALED_DOT

FAMILIES: Mapping[str, ScoreFamily] = MappingProxyType(
    {family.name: family for family in (DOT, SCALED_DOT, BILINEAR, ADDITIVE, CONCAT)}
)

__all__ = ["FAMILIES", "ScoreFamily"]
