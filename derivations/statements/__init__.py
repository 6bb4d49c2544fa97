"""What claims and lemmas say, formally: a module for each, ``t1.py`` and ``lemmas/rounding.py``, with a tuple
``STATEMENT`` of closed propositions.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from attnproof.derivations.propositions.closed import check_closed
from attnproof.derivations.propositions.proposition import Stated
from attnproof.derivations.statements.lemmas import UNSTATED


def _modules(folder: Path) -> list[str]:
    return [path.stem for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")]


_HERE: Final = Path(__file__).parent
#: by id of a claim (``T1``) or name of a lemma that is stated formally: its file below this folder, without ``.py``
FILES: Final = {stem.upper(): stem for stem in _modules(_HERE)} | {
    stem: f"lemmas/{stem}" for stem in _modules(_HERE / "lemmas")
}
#: what is stated formally: ids of claims, then names of lemmas
STATEMENTS: Final = tuple(FILES)


@cache
def load(name: str) -> tuple[Stated, ...]:
    """The propositions of a claim or lemma. Raises KeyError for one that is not stated, OpenError for one that is not
    closed.
    """
    found: tuple[Stated, ...] = _module(name).STATEMENT
    names = [stated.name for stated in found]
    if len(set(names)) != len(names):
        raise ValueError(f"{name}: two propositions have one name: {', '.join(sorted(names))}")
    for stated in found:
        check_closed(stated)
    return found


def outside(name: str) -> tuple[str, ...]:
    """What of the printed statement the propositions do not say, a sentence each; none: they say all of it."""
    if name in UNSTATED:
        return (UNSTATED[name],)
    found: tuple[str, ...] = _module(name).OUTSIDE
    return found


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{FILES[name].replace('/', '.')}")
