"""What is printed of a claim or lemma, cut into pieces that its propositions, steps and tables say: ``ID.toml``.

A verdict is one on these words and on this proof: where either is another, it is lost until somebody has read again
what says what (``tests/derivations/test_words.py`` says how a record is written, and checks all of it).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from attnproof.derivations.proof.claim import Claim, Lemma

FOLDER: Final = Path(__file__).resolve().parent
TEXTS: Final = ("headline", "statement")


@cache
def record(name: str) -> Mapping[str, Any]:
    """What is written of a claim or lemma; empty for one of which nothing is."""
    path = FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def joined(pieces: Iterable[Mapping[str, Any]]) -> str:
    """The pieces of a text put together."""
    return " ".join(" ".join(str(piece["text"]).split()) for piece in pieces)


def of_steps(subject: Claim | Lemma) -> str:
    """A digest of what the steps of a proof are for, in their order."""
    return hashlib.sha256("\n".join(step.rule for step in subject.steps).encode()).hexdigest()[:12]


def objection(subject: Claim | Lemma) -> str | None:
    """Why the verdict is not one on what is printed; None where it is, and where nothing is written."""
    if not (words := record(subject.called)):
        return None
    for part in TEXTS:
        if joined(words.get(part, ())) != getattr(subject, part, ""):
            return f"its {part} is not the one that was held to its propositions"
    if words["proof"] != of_steps(subject):
        return f"its steps are not those that its statement was held to (now {of_steps(subject)})"
    return None
