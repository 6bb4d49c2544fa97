"""A fault: a wrong implementation and its twin that is repaired in one place only."""

from __future__ import annotations

from dataclasses import dataclass

from attnproof.verify.targets.target import Target


@dataclass(frozen=True)
class Fault:
    """A defect that the verifier must find, and the twin that it must not accuse.

    name        stable: ``fully masked row gives NaN``
    exposed_by  names of the properties that are meant to expose it
    says        what goes wrong and when, one sentence
    wrong       the implementation with the defect. It answers every request without raising: a crash is not a catch
    repaired    the same, repaired in the one place
    seen_in     public threads where it was seen
    """

    name: str
    exposed_by: tuple[str, ...]
    says: str
    wrong: Target
    repaired: Target
    seen_in: tuple[str, ...] = ()
