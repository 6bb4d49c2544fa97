"""Where queries and keys stand, for targets that are told: rotary positions by number."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

NAMES: Final = ("positions", "positions_key")  # arguments: of the queries, of the keys
FIRST: Final = 3  # position of the first key where keys are told: one that counts from 0 by itself shows
APART: Final = 2  # from one position to the next where they are not neighbours

Positions = npt.NDArray[np.int64]


def standing(n_q: int, n_k: int, takes: Collection[str], apart: int = 1) -> dict[str, Positions]:
    """Of the arguments that a target takes the positions: the last query stands where the last key does.

    apart  how far one position is from the next; from 2 on the first key stands elsewhere, too
    Keys that are not told where they stand count from 0 on.
    """
    first = FIRST * apart if "positions_key" in takes else 0 if apart == 1 else FIRST
    queries, keys = np.arange(n_k - n_q, n_k), np.arange(n_k)
    found = {"positions": first + apart * queries, "positions_key": first + apart * keys}
    return {name: positions for name, positions in found.items() if name in takes}
