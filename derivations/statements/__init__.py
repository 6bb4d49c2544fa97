"""What the claims say, formally: one module a claim, with a tuple ``STATEMENT`` of closed propositions."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from attnproof.derivations.propositions.closed import check_closed
from attnproof.derivations.propositions.proposition import Stated

#: ids of the claims that are stated formally, ``T1``
STATEMENTS: Final = tuple(
    path.stem.upper() for path in sorted(Path(__file__).parent.glob("*.py")) if not path.stem.startswith("_")
)


def load(id_: str) -> tuple[Stated, ...]:
    """The propositions of a claim. Raises KeyError for one that is not stated, OpenError for one that is not closed."""
    if id_ not in STATEMENTS:
        raise KeyError(id_)
    found: tuple[Stated, ...] = import_module(f"{__name__}.{id_.lower()}").STATEMENT
    names = [stated.name for stated in found]
    if len(set(names)) != len(names):
        raise ValueError(f"{id_}: two propositions have one name: {', '.join(sorted(names))}")
    for stated in found:
        check_closed(stated)
    return found


def outside(id_: str) -> tuple[str, ...]:
    """What of the claim's printed statement its propositions do not say, a sentence each; none: they say all of it."""
    found: tuple[str, ...] = import_module(f"{__name__}.{id_.lower()}").OUTSIDE
    return found
