"""What a run is asked to do."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from attnproof.derivations.scores import FAMILIES

Profile = Literal["quick", "standard", "thorough"]
FormatName = Literal["fp64", "fp32", "bf16", "fp16"]
Device = Literal["cpu", "cuda"]
PROFILES: tuple[Profile, ...] = get_args(Profile)
DTYPES: tuple[FormatName, ...] = get_args(FormatName)
DEVICES: tuple[Device, ...] = get_args(Device)
SCORES: tuple[str, ...] = tuple(FAMILIES)


@dataclass(frozen=True)
class Options:
    """The selection of a run: profile, seed, and what to restrict it to.

    scores    names of built-in families, or of one's own with their digest
              (``attnproof.derivations.scores.own.pinned``)
    scores, claims, dtypes, devices: what is wanted. The default is everything; a device that is wanted but absent gives
    outcomes ``skipped (no CUDA device)``, never silence.
    """

    profile: Profile = "standard"
    seed: int = 0
    scores: tuple[str, ...] = SCORES
    dtypes: tuple[str, ...] = DTYPES
    devices: tuple[str, ...] = DEVICES
    claims: tuple[str, ...] | None = None  # None: every claim


def one_of(what: str, given: object, known: Collection[str]) -> None:
    """Raise ValueError for a word that is none of the known ones, naming those and the nearest."""
    if given not in known:
        raise ValueError(f"unknown {what} {given!r}; expected one of {', '.join(known)}{nearest(given, known)}")


def nearest(given: object, known: Collection[str]) -> str:
    """``; did you mean …?`` with the known word that is nearest, or nothing."""
    near = difflib.get_close_matches(str(given), known, 1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def own_scores(names: Sequence[str]) -> tuple[str, ...]:
    """User scores, ``file.py:name``, as ``Options.scores`` has them: with the digest of the file.

    Raises ValueError for a name that is none of a file, for a mistake in a file, and for two different scores of one
    name, which no result could tell apart.
    """
    from attnproof.derivations.scores.own import label, load_score, pinned  # SymPy, which few options need

    for name in names:
        load_score(name)
    found = tuple(dict.fromkeys(pinned(name) for name in names))
    labels = [label(name) for name in found]
    twice = next((name for name in labels if labels.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two different scores are called {twice!r}")
    return found
