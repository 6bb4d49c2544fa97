"""A fault: a wrong implementation and its twin that is repaired in one place only."""

from __future__ import annotations

from dataclasses import dataclass

from attnproof.verify.targets.target import Target


@dataclass(frozen=True)
class Fault:
    """A defect that the verifier must find, and the twin that it must not accuse.

    row       the row of the table of faults; None for what is not in it
    name      stable: ``fully masked row gives NaN``
    says      what goes wrong and when, one sentence
    seen_in   public threads where it was seen
    wrong     the implementation with the defect. It answers every request without raising: a crash is not a catch
    repaired  the same, repaired in the one place
    """

    row: int | None
    name: str
    says: str
    wrong: Target
    repaired: Target
    seen_in: tuple[str, ...] = ()

    @property
    def key(self) -> int | str:
        """What a property that is meant to expose it calls it: its row, or beyond the table its name."""
        return self.name if self.row is None else self.row
