"""The score families, one small file each: its system, its domain, its reference to the literature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from attnproof.derivations.language.shelf import Shelf

if TYPE_CHECKING:
    from attnproof.derivations.scores.family import ScoreFamily

ORDER: Final = ("dot", "scaled_dot", "bilinear", "additive", "concat")

FAMILIES: Final[Mapping[str, ScoreFamily]] = Shelf["ScoreFamily"](__name__, None, ORDER)
