"""Bounds of what a recorded program returned, from the operations that it carried out.

For every element y of a result, with R what exact arithmetic on the recorded path gives (``sweep``),

    |computed − R|  ≤  Σ_o |A_yo| allowed_o + 2 depth 2⁻⁵³ first_y + radius_y

where A is exact between the two (``sensitivity``), so that what cancels in exact arithmetic cancels here: a shift common
to all exponents of a softmax, a normaliser that is off, ``p = exp(s − ℓ)`` from the log-sum-exp. Where that is not to
be had (too large, fp64) errors are added up forwards instead, ``running``; the less of the two counts. R is the truth
where the algebra says so (``attnproof.verify.reading.evaluating``).

Where the bound tells nothing (``Bound.meaningful``) the operations' errors *as they were* stand in for the largest
that they might have been: Wilkinson's running error analysis. Those of operations in a narrower format than is allowed
never count for more than they would be in that format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.arithmetic.function_errors import Framework
from attnproof.verify.bounds import Bound
from attnproof.verify.bounds.rounding import UP
from attnproof.verify.reading.rounding.own import Machine
from attnproof.verify.reading.rounding.sensitivity import UNIT, bounded
from attnproof.verify.reading.rounding.sweep import Exact, Swept, as_recorded, sweep
from attnproof.verify.recording.recording import Call, Ids, Recording

ASSUMPTIONS: Final = (
    "every recorded operation errs at most as its format and its library's documentation allow",
    "what the library keeps to itself inside a call is computed as recorded, sums in any order",
)
WIDE: Final = ("fp64",)  # running bounds are as good as can be had where float64 itself is judged


@dataclass(frozen=True)
class Rounding:
    """A recording as far as rounding is concerned; made once, asked for each call."""

    recording: Recording
    dtype: str
    swept: Swept

    @classmethod
    def of(
        cls,
        recording: Recording,
        dtype: str,
        framework: Framework = "torch",
        device: str = "cpu",
        exact: Exact = as_recorded,
    ) -> Rounding:
        """dtype: format of the inputs; operations in a less precise one get no more than it allows.

        exact  what a constant stands for, from its value and its format (√(1/6) for the nearest float64)
        Raises ValueError for a format that is not known.
        """
        if dtype not in FORMATS:
            raise ValueError(f"unknown format {dtype!r}; known formats: {', '.join(FORMATS)}")
        return cls(recording, dtype, sweep(recording, Machine(framework, device, FORMATS[dtype]), exact))

    def bounds(self, call: int = -1, scales: Mapping[str, Array] | None = None) -> dict[str, Bound]:
        """A bound for each element of each result of a call.

        scales  of the quantities, where the caller knows them (``Bound.scale`` of the derived system); else from the
                recorded operations
        """
        results = self.recording.calls[call].results
        found = {}
        with np.errstate(all="ignore"):
            for quantity, ids in results.items():
                scale = self.swept.scale[ids] if scales is None or quantity not in scales else scales[quantity]
                found[quantity] = self._bound(ids, np.asarray(scale))
        return found

    def _bound(self, ids: Ids, scale: Array) -> Bound:
        limit, seen = (part[ids] for part in self._limits(ids))
        reasons = self._reasons(ids) if not np.all(np.isfinite(limit)) else ()
        bound = Bound(limit, scale, ASSUMPTIONS, reasons)
        if bound.finite and not bound.meaningful:
            bound = Bound(np.minimum(limit, seen), scale, (*ASSUMPTIONS, "errors as they were"), reasons)
        return bound

    def _limits(self, ids: Ids) -> tuple[Array, Array]:
        """(allowed, seen): arrays over all elements, of which those of the result are set."""
        swept = self.swept
        running = np.where(swept.lost, np.inf, swept.running)
        allowed, seen = running.copy(), running.copy()
        made = np.unique(ids)
        made = made[~swept.leaf[made] & ~swept.lost[made]]
        if self.dtype in WIDE or not made.size:
            return allowed * UP, seen * UP
        found = bounded(swept, made, (swept.allowed, swept.seen))
        if found is not None:
            own = 2.0 * swept.depth[made] * UNIT * swept.first[made] + swept.radius[made]
            for limit, sharp in zip((allowed, seen), found, strict=True):
                total = np.where(np.isnan(sharp + own), np.inf, sharp + own)
                limit[made] = np.minimum(limit[made], total)
        return allowed * UP, seen * UP

    def _reasons(self, ids: Ids) -> tuple[str, ...]:
        if self.swept.lost[ids].any():
            return ("an infinity, NaN or unknown number on the way, where exact arithmetic has a number",)
        return ("no finite bound follows from the recorded operations",)

    @cached_property
    def reference(self) -> tuple[Array, Array]:
        """What exact arithmetic on the recorded path gives: float64 and its radius, for every element."""
        return self.swept.reference, self.swept.radius


def bounds_of(
    recording: Recording,
    dtype: str,
    framework: Framework = "torch",
    device: str = "cpu",
    *,
    call: int = -1,
    exact: Exact = as_recorded,
    scales: Mapping[str, Array] | None = None,
) -> dict[str, Bound]:
    """Bounds of one call's results; see ``Rounding.of`` and ``Rounding.bounds``."""
    return Rounding.of(recording, dtype, framework, device, exact).bounds(call, scales)


def seen_errors(rounding: Rounding, call: Call) -> dict[str, Array]:
    """x − R̃ of every result, signed: how far the program was from exact arithmetic on its own path."""
    values, reference = rounding.recording.values, rounding.swept.reference
    return {name: values[ids] - reference[ids] for name, ids in call.results.items()}
