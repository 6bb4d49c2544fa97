"""Which keys each query sees by position and length, and random masks beside that leave it one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.composing.row import Row

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Window = float | tuple[int, int]
KEPT: Final = 0.6  # of the keys, by a random mask


def positions(row: Row, choice: Mapping[str, str]) -> tuple[Whole, Whole]:
    """Of queries, as a column, and of keys, as a row: the diagonal lies as causal masks have it."""
    n_q, n_k = row.setting.n_q, row.setting.n_k
    offset = 0 if choice.get("causal") == "top-left" else n_k - n_q
    return np.arange(n_q)[:, None] + offset, np.arange(n_k)[None, :]


def window_of(row: Row, word: str = "") -> Window:
    """The window of a row that has one; a pair where that is the ``word`` of the contract."""
    level = row.features["window"]
    if "," in level:
        left, right = map(int, level.split(","))
        return left, right
    width = max(row.setting.n_q, row.setting.n_k) + 1 if level == "beyond" else int(level)
    return (width, width) if word == "pair" else width


def within(gap: Whole, window: Window, word: str) -> Mask:
    """Which keys a window leaves, by how many positions a query stands after them; ``word`` of the contract."""
    if word == "pair" or isinstance(window, tuple):
        left, right = window if isinstance(window, tuple) else (window, window)
        return np.asarray(((left < 0) | (gap <= left)) & ((right < 0) | (-gap <= right)))
    side, end = word.split()
    distance = {"both": np.abs(gap), "left": gap, "right": -gap}[side]
    return np.asarray(distance < window if end == "exclusive" else distance <= window)


def lengths_of(row: Row) -> Whole:
    """For each element of the batch, or each query of it, of a row that has lengths."""
    level, n_k = row.features["lengths"], row.setting.n_k
    shape = (*row.setting.batch[:1], *((row.setting.n_q,) if level.startswith("each") else ()))
    found = np.full(shape, n_k)
    if level != "full":
        found = 1 + (np.arange(found.size).reshape(shape) + row.number) % n_k
    if level.endswith("zero"):
        found[-1:] = 0
    return found.astype(np.int64)


def sees(row: Row, choice: Mapping[str, str]) -> Mask:
    """By causal, window and lengths: batch of what is handed over (1 where all are alike) + (n_q, n_k)."""
    rows, columns = positions(row, choice)
    found = np.ones((row.setting.n_q, row.setting.n_k), bool)
    if "causal" in row.features:
        found &= columns <= rows
    if "window" in row.features:
        word = choice.get("window", "both inclusive")
        found &= within(rows - columns, window_of(row, word), word)
    if "lengths" in row.features:
        lengths = lengths_of(row)
        present = np.arange(row.setting.n_k) < lengths[..., None]
        rest = (1,) * (len(row.setting.batch) - 1)
        queries = lengths.shape[1] if lengths.ndim > 1 else 1
        found = found & present.reshape(lengths.shape[0], *rest, queries, row.setting.n_k)
    return found


def drawn(seen: Mask, shape: tuple[int, ...], rng: np.random.Generator) -> Mask:
    """A random mask of a shape that broadcasts against what is seen so far: some seen key is masked if any query sees
    two, and no query that sees a key is left without one.
    """
    kept = rng.random(shape) < KEPT
    full = np.broadcast_shapes(seen.shape, shape)
    where = np.broadcast_to(np.arange(kept.size).reshape(shape), full)  # the element of the mask at each place
    visible = np.broadcast_to(seen, full)
    if not (visible & ~np.broadcast_to(kept, full)).any():
        several = np.argwhere(visible.sum(-1) > 1)
        if len(several):
            place = tuple(several[-1])
            kept.flat[where[place][visible[place]][0]] = False
    for place in map(tuple, np.argwhere(visible.any(-1) & ~(visible & np.broadcast_to(kept, full)).any(-1)).tolist()):
        if not (visible[place] & kept.ravel()[where[place]]).any():
            kept.flat[where[place][visible[place]][-1]] = True
    return kept
