"""The names of the derived formulas with what each is, kept beside the generated programs.

Naming every formula takes its derivation: SymPy, and all adjoints. ``attnproof list`` reads them instead, in a
twentieth of a second. The file is generated like the programs, so that one which is stale is found as theirs are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NAME: Final = "formulas.json"
PLACE: Final = Path(__file__).resolve().parents[1] / "generated" / NAME


@dataclass(frozen=True)
class Listing:
    """``titles``: what each formula without options is, by its name; ``options``: those of each built-in score."""

    titles: Mapping[str, str]
    options: Mapping[str, Sequence[str]]


def derived() -> Listing:
    """As ``attnproof.derivations.formulas`` derives it."""
    from attnproof.derivations.formulas import formula, names, options  # SymPy, which ``listed`` does without
    from attnproof.derivations.scores import FAMILIES

    return Listing({name: formula(name).title for name in names()}, {score: list(options(score)) for score in FAMILIES})


def text(listing: Listing) -> str:
    """The file's text."""
    return json.dumps(asdict(listing), ensure_ascii=False, indent=1) + "\n"


def listed(place: Path = PLACE) -> Listing:
    """As the file has it. Raises OSError for one that is missing."""
    return Listing(**json.loads(place.read_text(encoding="utf-8")))
