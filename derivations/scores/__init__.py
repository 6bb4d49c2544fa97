"""The score families, one small file each: its system, its domain, its reference to the literature."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derivations.scores.additive import ADDITIVE
from derivations.scores.bilinear import BILINEAR
from derivations.scores.concat import CONCAT
from derivations.scores.dot import DOT
from derivations.scores.family import ScoreFamily
from derivations.scores.scaled_dot import SCALED_DOT

FAMILIES: Mapping[str, ScoreFamily] = MappingProxyType(
    {family.name: family for family in (DOT, SCALED_DOT, BILINEAR, ADDITIVE, CONCAT)}
)

__all__ = ["FAMILIES", "ScoreFamily"]
