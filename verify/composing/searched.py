"""Numbers at which a score that is known as a formula only is very low for one key and much higher for another.

One input at a time is multiplied by a power of two, and of a few keys the lowest and the highest score are taken: for a
product the query does it, for a distance the key, for a cosine its temperature. Where no bound of the score is finite
in the format any more something on the way may overflow, and right programs with it: there it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds.api import forward_bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.oracle.exactness import certain

KEYS: Final = 12  # that are tried beside each other, and their negatives
STEPS: Final = 1.3  # from one exponent to the next, so that any is reached within a third


@dataclass(frozen=True, eq=False)
class Extremes:
    """Inputs of one query and two keys.

    inputs   parameters, and ``query`` of one row
    low, high  rows of ``key``
    exponent   the low score is at most −2^exponent, and more than half as much below the high one
    most       the largest of the sizes of the two scores
    """

    inputs: Mapping[str, Array]
    low: Array
    high: Array
    exponent: int
    most: float

    def case(self, base: Case, high: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> dict[str, Array]:
        """The inputs of a case where every query is the one, and keys are the high one where it says so, batch +
        (n_k,).
        """
        found = {name: array for name, array in self.inputs.items() if name not in ("query", "key", "value")}
        query = np.broadcast_to(self.inputs["query"][0], base.inputs["query"].shape).copy()
        key = np.where(high[..., None], self.high, self.low)
        return {**base.inputs, **found, "query": query, "key": np.broadcast_to(key, base.inputs["key"].shape).copy()}


@lru_cache(maxsize=64)
def steers(score: str, setting: Setting, dtype: str, arithmetic: Arithmetic, seed: int) -> tuple[Extremes, ...]:
    """Such numbers, by how low they are; none where the score is not low anywhere.

    setting  sizes: those of one query and some keys are made of it
    """
    one = replace(setting, name="steered", n_q=1, n_k=KEYS, batch=(), key_batch=None)
    base = make_case(score, one, "normal", dtype, seed)
    found: dict[int, Extremes] = {}
    for case, keys in _scaled(base):
        every = case.having(key=keys, value=np.zeros((len(keys), one.d_v)))
        scores = certain(every, ("scores",))["scores"].midpoint()[0]
        low, high = int(np.argmin(scores)), int(np.argmax(scores))
        if not np.isfinite(scores[[low, high]]).all() or scores[low] >= -1.0:
            continue
        exponent = int(np.floor(np.log2(-scores[low])))
        if scores[high] - scores[low] < 2.0 ** (exponent - 1) or exponent in found:
            continue
        two = case.having(key=keys[[low, high]], value=case.inputs["value"][:2])
        if forward_bounds(two, arithmetic)["scores"].finite:
            most = float(np.max(np.abs(scores[[low, high]])))
            found[exponent] = Extremes(case.inputs, keys[low], keys[high], exponent, most)
    return tuple(found[exponent] for exponent in sorted(found))


def _scaled(base: Case) -> Iterator[tuple[Case, Array]]:
    """Cases of one query, and the keys to be tried in each: nearest to the base first."""
    fmt = FORMATS[base.dtype]
    keys = np.concatenate([base.inputs["key"], -base.inputs["key"]])
    yield base, keys
    exponent = 1.0
    while exponent < fmt.emax - fmt.emin:
        for sign in (1, -1):
            factor = sign * round(exponent)
            for name in base.inputs:
                array = keys if name == "key" else base.inputs[name]
                scaled = _times(array, factor, base.dtype)
                if name == "value" or scaled is None:
                    continue
                if name == "key":
                    yield base, np.concatenate([keys, scaled])
                else:
                    yield base.having(**{name: scaled}), keys
        exponent *= STEPS


def _times(array: Array, exponent: int, dtype: str) -> Array | None:
    """Multiplied by a power of two; None where that is not exact in the format."""
    with np.errstate(over="ignore", under="ignore"):
        scaled = np.asarray(np.ldexp(array, exponent))
        exact = bool((FORMATS[dtype].round(scaled) == scaled).all() and (np.ldexp(scaled, -exponent) == array).all())
    return scaled if exact and np.isfinite(scaled).all() else None
