"""Every score with every choice of options: forward equations and gradients with respect to every input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.system import System
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import pinned


@dataclass(frozen=True)
class Derivation:
    """A score followed by the attention layer, options decided.

    score    ``additive``
    present  the optional inputs that are given, in the order of the system
    forward  inputs to ``scores``, ``weights`` and ``context``
    adjoint  from ``grad_context`` to ``grad_NAME`` for every input
    """

    score: str
    present: tuple[str, ...]
    forward: System
    adjoint: System


def option_sets(score: str) -> tuple[tuple[str, ...], ...]:
    """Every choice of the options of ``score``, the empty one first.

    Raises KeyError with the known names for an unknown score.
    """
    options = attention(score).options
    return tuple(chosen for count in range(len(options) + 1) for chosen in combinations(options, count))


def derive(score: str, *present: str) -> Derivation:
    """Forward and adjoint of ``score`` with the named optional inputs given, the others absent; cached.

    Raises KeyError for an unknown score and ValueError for an unknown option, each with the known names.
    """
    score = pinned(score)
    options = attention(score).options
    unknown = tuple(sorted(set(present) - set(options)))
    return _derive(score, tuple(name for name in options if name in present) + unknown)


@lru_cache(maxsize=256)
def _derive(score: str, present: tuple[str, ...]) -> Derivation:
    forward = attention(score).resolve(*present)
    return Derivation(score, present, forward, adjoint(forward))


def derive_all() -> tuple[Derivation, ...]:
    """Every score with every choice of its options."""
    return tuple(derive(score, *chosen) for score in FAMILIES for chosen in option_sets(score))
