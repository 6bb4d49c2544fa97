"""Functions of which nothing is known but that they are functions, and odd: a random value for each argument."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring.field import DRAWS, Residues
from attnproof.derivations.ring.ground import Ground

_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64


def odd_random(ring: Ground, name: str, series: Residues) -> Residues:
    """(2, 1, *shape): f(x) of series (2, m, *shape), with f(−x) = −f(x); the same in one ring for the same name."""
    shape = series.shape[2:]
    series = series.reshape(*series.shape[:2], -1)
    opposite = ring.field.reduce(-series)
    turned = _smaller(opposite, series)  # of x and −x one stands for both
    one = np.where(turned, opposite, series)
    seed = int.from_bytes(hashlib.sha256(f"{ring.key} {name}".encode()).digest()[:8], "little")
    state = np.full(series.shape[2:], seed, np.uint64)
    for draw in one:
        for place, coefficient in enumerate(draw):
            if coefficient.any():  # coefficients that are not there, and 0, are the same
                mixed = _mixed(coefficient.astype(np.uint64) + np.uint64(_STEP * (place + 1) % 2**64))
                state = np.where(coefficient != 0, _mixed(state ^ mixed), state)
        state = _mixed(state + np.uint64(_STEP))
    values = np.stack([_mixed(state + np.uint64(k)).astype(np.int64) for k in (1, 2)])[:, None]
    values = ring.field.reduce(values)
    values = np.where(turned, ring.field.reduce(-values), values)
    return np.where(series.any((0, 1)), values, 0).reshape(DRAWS, 1, *shape)


def _smaller(x: Residues, y: Residues) -> npt.NDArray[np.bool_]:
    """Whether the first coefficient of the first draw that differs is smaller in x."""
    less, decided = np.zeros(x.shape[2:], np.bool_), np.zeros(x.shape[2:], np.bool_)
    for one, other in zip(x, y, strict=True):
        for a, b in zip(one, other, strict=True):
            less |= ~decided & (a < b)
            decided |= a != b
    return less


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """splitmix64's finaliser."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(_FIRST)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(_SECOND)
    mixed: npt.NDArray[np.uint64] = x ^ (x >> np.uint64(31))
    return mixed
