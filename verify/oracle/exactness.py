"""Certified values of cases, kept with them: as tight as the bounds that anything is compared with need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds import Bound
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import Enclosure, certified
from attnproof.verify.oracle.api import SHARPER

# With each enclosure its radius, and the bounds that it was shown to be tight enough for.
_enclosures: WeakKeyDictionary[Case, dict[str, tuple[Enclosure, Any, Any]]] = WeakKeyDictionary()


def exact(case: Case, limits: Mapping[str, Bound], wanted: Sequence[str]) -> dict[str, Enclosure]:
    """Certified values of the ``wanted`` quantities, tighter than the limits by the oracle's factor; kept with the
    case.
    """
    kept = _enclosures.setdefault(case, {})
    stale = [q for q in wanted if q not in kept or not _tight_enough(kept[q], limits[q].bound)]
    for quantity, enclosure in certified(case, {q: limits[q].bound for q in stale}, stale).items() if stale else ():
        kept[quantity] = enclosure, enclosure.radius(), limits[quantity].bound
    return {q: kept[q][0] for q in wanted}


def certain(case: Case, wanted: Sequence[str]) -> dict[str, Enclosure]:
    """Certified values of the ``wanted`` quantities for who has no bound to compare with: within a roundoff of their
    largest element.
    """
    kept = _enclosures.setdefault(case, {})
    lacking = [q for q in wanted if q not in kept]
    for quantity, enclosure in certified(case, None, lacking).items() if lacking else ():
        kept[quantity] = enclosure, enclosure.radius(), np.full(enclosure.shape, np.inf)  # shown for no bound
    return {q: kept[q][0] for q in wanted}


def _tight_enough(kept: tuple[Enclosure, Any, Any], bound: Array) -> bool:
    """Radii are rounded up to float64: where they underflow only a bound that the enclosure was made for says that it
    is tight enough.
    """
    _, radius, shown = kept
    return bound is shown or bool(np.all((radius * SHARPER <= bound) | (shown <= bound)))
