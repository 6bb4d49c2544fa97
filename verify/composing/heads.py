"""Heads that share keys: where an array that is handed over keeps what the truth has on an axis of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from attnproof.verify.composing.row import Row


@dataclass(frozen=True, eq=False)
class Heads:
    """The batch of the truth: (b, h_k, g) where g heads of queries share one of keys, else what is handed over.

    order  (h_k, g): which of the queries' heads they are; None without groups
    """

    batch: tuple[int, ...]
    order: npt.NDArray[np.int64] | None = None

    @property
    def key_batch(self) -> tuple[int, ...]:
        """The batch of the truth's keys and values."""
        return self.batch if self.order is None else (*self.batch[:-1], 1)

    def apart(self, array: Any, core: int) -> Any:
        """An array with the queries' heads (or one, or none) before its last ``core`` axes, as the truth has it.

        One of another number of heads is left as it is, to be judged by its shape.
        """
        axis = array.ndim - core - 1
        if self.order is None or axis < 0:
            return array
        if array.shape[axis] == 1:
            return np.expand_dims(array, axis)
        return np.take(array, self.order, axis) if array.shape[axis] == self.order.size else array

    def of_keys(self, array: Any) -> Any:
        """The same of an array with the keys' heads, before two axes."""
        return array if self.order is None else np.expand_dims(array, -3)


def several(count: int) -> int | None:
    """The fewest heads of keys, and more than one, that so many heads of queries can share evenly: their number is no
    prime. None where there are none.
    """
    return next((k for k in range(2, count) if count % k == 0), None)


def heads_of(row: Row, choice: Mapping[str, str]) -> Heads:
    """Those of a row."""
    batch, level = row.setting.batch, row.features.get("groups")
    if level is None:
        return Heads(batch)
    count = batch[-1]
    keys = 1 if level == "one" else several(count)
    if keys is None:
        raise ValueError(f"{count} heads of queries cannot share several heads of keys evenly")
    numbers = np.arange(count)
    shape = (keys, count // keys)
    order = numbers.reshape(shape[::-1]).T if choice.get("groups") == "strided" else numbers.reshape(shape)
    return Heads((*batch[:-1], *shape), order)
