"""A figure in a claim's section."""

from __future__ import annotations

from dataclasses import dataclass

from attnproof.verify.unit import Result, Row


@dataclass(frozen=True)
class Drawing(Result):
    """What the page draws, as JSON: made by ``figure`` and ``matrix`` of ``attnproof.verify.evidence.row``."""

    claim: str
    content: Row
