"""Numbers at which a score that is known as a formula only is very low for one key and much higher for another,
or high.

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
import numpy.typing as npt

from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds.api import forward_bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.oracle.exactness import certain

KEYS: Final = 12  # that are tried beside each other, and their negatives
Rows = npt.NDArray[np.bool_]
STEPS: Final = 1.3  # from one exponent to the next, so that any is reached within a third


@dataclass(frozen=True, eq=False)
class Extremes:
    """Inputs of one query, and two keys.

    inputs     parameters, and ``query`` of one row
    low, high  rows of ``key``
    exponent   of the score that was looked for: a low one is at most −2^exponent, a high one at least 2^exponent
    """

    inputs: Mapping[str, Array]
    low: Array
    high: Array
    exponent: int

    def of(self, base: Case, high: Rows) -> dict[str, Array]:
        """The inputs of a case where every query is the one, and a key is the high one where it says so, batch +
        (n_k,).
        """
        parameters = {name: array for name, array in self.inputs.items() if name not in ("query", "key", "value")}
        query = np.broadcast_to(self.inputs["query"][0], base.inputs["query"].shape).copy()
        key = np.where(high[..., None], self.high, self.low)
        return {
            **base.inputs,
            **parameters,
            "query": query,
            "key": np.broadcast_to(key, base.inputs["key"].shape).copy(),
        }


@dataclass(frozen=True)
class Searched:
    """By how far the score is from 0: low ones, each more than half its size below a high one, and high ones."""

    low: tuple[Extremes, ...]
    high: tuple[Extremes, ...]


@lru_cache(maxsize=64)
def searched(score: str, setting: Setting, dtype: str, arithmetic: Arithmetic, seed: int) -> Searched:
    """Such numbers; none where the score is not low, or not high, anywhere.

    setting  sizes: those of one query and some keys are made of it
    """
    one = replace(setting, name="searched", n_q=1, n_k=KEYS, batch=(), key_batch=None)
    base = make_case(score, one, "normal", dtype, seed)
    low: dict[int, Extremes] = {}
    high: dict[int, Extremes] = {}
    for case, keys in _scaled(base):
        every = case.having(key=keys, value=np.zeros((len(keys), one.d_v)))
        scores = certain(every, ("scores",))["scores"].midpoint()[0]
        ends = (int(np.argmin(scores)), int(np.argmax(scores)))
        least, most = (float(scores[end]) for end in ends)
        if not (np.isfinite(least) and np.isfinite(most)):
            continue
        below, above = (int(np.floor(np.log2(size))) if size >= 1.0 else -1 for size in (-least, most))
        wanted = [(low, below)] if below >= 0 and most - least > 2.0 ** (below - 1) else []
        wanted = [(found, e) for found, e in (*wanted, (high, above)) if e >= 0 and e not in found]
        two = case.having(key=keys[list(ends)], value=case.inputs["value"][:2])
        if wanted and forward_bounds(two, arithmetic)["scores"].finite:
            for found, exponent in wanted:
                found[exponent] = Extremes(case.inputs, keys[ends[0]], keys[ends[1]], exponent)
    return Searched(*(tuple(found[exponent] for exponent in sorted(found)) for found in (low, high)))


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
