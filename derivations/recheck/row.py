"""What a re-check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from attnproof.derivations.language.system import System

Road = Literal["exact", "enclosed", "scalar", "ring"]
Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Recheck:
    """One gradient, re-checked at one set of sizes.

    system    the adjoint's name
    road      ``exact``, ``enclosed``, ``scalar`` or ``ring``
    sizes     the values of the sizes that occur
    quantity  ``grad_query`` ...
    holds     whether every element agrees; None: the ring has no answer
    detail    how many elements agree, or the first that does not; in the ring, how sure that is
    """

    system: str
    road: Road
    sizes: tuple[tuple[str, int], ...]
    quantity: str
    holds: bool | None
    detail: str


def used_sizes(forward: System, sizes: Sizes) -> tuple[tuple[str, int], ...]:
    """Those of the sizes that occur in the shapes of a system."""
    occurring = {s.name for tensor in forward.tensors.values() for count in tensor.shape for s in count.free_symbols}
    return tuple((key, value) for key, value in sizes.items() if key in occurring)
