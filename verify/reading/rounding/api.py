"""Bounds of what a recorded program returned, from the operations that it carried out.

For every element y of a result, with R what exact arithmetic on the recorded path gives (``sweep``),

    |computed − R|  ≤  Σ_o |A_yo| allowed_o + 2 depth 2⁻⁵³ first_y + radius_y

where A is exact between the two (``sensitivity``), so that what cancels in exact arithmetic cancels here: a shift that
is common to all exponents of a softmax, a normaliser that is off, ``p = exp(s − ℓ)`` from the log-sum-exp. Where that
is not to be had (too large, fp64) errors are added up forwards instead, ``running``; the less of the two counts. R is
the truth where the algebra says so (``attnproof.verify.reading.evaluating``).

Where the bound tells nothing (``Bound.meaningful``) the operations' errors *as they were* stand in for the largest that
they might have been: Wilkinson's running error analysis. Those of operations in a narrower format than is allowed never
count for more than they would be in that format. Where that tells nothing either, and every operation is within what it
may err by, the sum of all errors with their signs is ``x − R̃``: it is known, and all there is to know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.arithmetic.function_errors import Framework
from attnproof.verify.bounds import Bound
from attnproof.verify.bounds.rounding import UP
from attnproof.verify.reading.rounding.kept import Mask
from attnproof.verify.reading.rounding.meaning import meant
from attnproof.verify.reading.rounding.own import Machine
from attnproof.verify.reading.rounding.sensitivity import UNIT, bounded, made_of
from attnproof.verify.reading.rounding.sweep import Exact, Swept, sweep
from attnproof.verify.recording.recording import Ids, Operation, Recording

ASSUMPTIONS: Final = (
    "every recorded operation errs at most as its format and its library's documentation allow",
    "what the library keeps to itself inside a call is computed as recorded, sums in any order",
)
# Of products that underflow while a bound is evaluated: 2⁻¹⁰⁷⁵ each, up to 2¹⁰⁰ times as much by what multiplies them.
UNDERFLOW: Final = 2.0**-960
AS_THEY_WERE: Final = "errors of the operations as they were"
AS_IT_WAS: Final = "the error as it was: every operation is within its own bound"
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
        exact: Exact = meant,
    ) -> Rounding:
        """dtype: format of the inputs; operations in a less precise one get no more than it allows.

        exact  what a constant stands for, from its value and its format (√(1/6) for the nearest float64)
        Raises ValueError for a format that is not known.
        """
        if dtype not in FORMATS:
            raise ValueError(f"unknown format {dtype!r}; known formats: {', '.join(FORMATS)}")
        return cls(recording, dtype, sweep(recording, Machine(framework, device, FORMATS[dtype]), exact))

    def bounds(
        self, call: int = -1, derived: Mapping[str, Bound] | None = None, wanted: Collection[str] | None = None
    ) -> dict[str, Bound]:
        """A bound for each element of each result of a call, or of those that are wanted.

        derived  the bounds of the formula (``attnproof.verify.bounds``), where the caller has them: their scales count
                 instead of those of the recorded operations, and they say what need not be exactly 0
        """
        found = {}
        with np.errstate(all="ignore"):
            for quantity, ids in self.recording.calls[call].results.items():
                if wanted is not None and quantity not in wanted:
                    continue
                found[quantity] = self._bound(ids, None if derived is None else derived.get(quantity))
        return found

    def _bound(self, ids: Ids, derived: Bound | None) -> Bound:
        scale = self.swept.scale[ids] if derived is None else derived.scale
        inexact = scale > 0.0 if derived is None else derived.bound > 0.0
        limit, seen = (part[ids] for part in self.limits(ids))
        bound = self._made(limit, scale, inexact, ids, ASSUMPTIONS)
        for words, other in (
            (AS_THEY_WERE, seen),
            (AS_IT_WAS, self._whole(ids)),
        ):
            if not bound.finite or not bound.meaningful:
                limit = np.minimum(limit, other)
                bound = self._made(limit, scale, inexact, ids, (*ASSUMPTIONS, words))
        return bound

    def _made(self, limit: Array, scale: Array, inexact: Mask, ids: Ids, assumptions: tuple[str, ...]) -> Bound:
        # A result that is exact here and not in every evaluation may have come by a choice between values of which some
        # underflowed (``where(weights != 0, …)``); what a format has no number for is no error.
        limit = np.where((limit == 0.0) & inexact, FORMATS[self.dtype].smallest_subnormal, limit)
        return Bound(limit, scale, assumptions, self._reasons(ids) if not np.all(np.isfinite(limit)) else ())

    def _whole(self, ids: Ids) -> Array:
        """``|x − R̃| + radius``, the sum of all errors with their signs; ∞ where an operation erred more than it may."""
        swept = self.swept
        if not self.faithful(ids):
            return np.full(ids.shape, np.inf)
        return np.asarray(np.abs(self.recording.values[ids] - swept.reference[ids]) * UP + self.radius(ids))

    def radius(self, ids: Ids) -> Array:
        """How far the reference may be from R."""
        return np.asarray(self.swept.radius[ids] * UP + UNDERFLOW * self.swept.inexact[ids])

    @cached_property
    def beyond(self) -> tuple[tuple[Operation, float], ...]:
        """Operations that erred more than they may, and how many times as much: those in a format that is not allowed,
        or a library that does not keep what its documentation says.
        """
        found = []
        for step in self.swept.steps:
            out = step.operation.output
            with np.errstate(all="ignore"):
                share = np.abs(self.swept.local[out]) / self.swept.allowed[out]
            counts = ~self.swept.lost[out] & ~self.swept.kept[out] & (self.swept.local[out] != 0.0)
            worst = float(np.max(np.where(counts, share, 0.0), initial=0.0))
            if worst > 1.0:
                found.append((step.operation, worst))
        return tuple(found)

    def faithful(self, ids: Ids) -> bool:
        """Whether no operation that the elements depend on erred more than it may, and none of them is lost."""
        if np.any(self.swept.lost[ids]):
            return False
        if not self.beyond:
            return True
        needed = made_of(self.swept, ids)
        return not any(needed[operation.output].any() for operation, _ in self.beyond)

    def limits(self, ids: Ids) -> tuple[Array, Array]:
        """(allowed, seen): arrays over all elements, of which those of the result are set."""
        swept = self.swept
        running = np.where(swept.lost, np.inf, swept.running)
        allowed, seen = running.copy(), running.copy()
        made = np.unique(ids)
        made = made[~swept.leaf[made] & ~swept.lost[made]]
        if self.dtype in WIDE or not made.size:
            return self._raised(allowed), self._raised(seen)
        found = bounded(swept, made, (swept.allowed + swept.brought, swept.seen + swept.brought))
        if found is not None:
            own = 2.0 * swept.depth[made] * UNIT * swept.first[made] + swept.radius[made]
            for limit, sharp in zip((allowed, seen), found, strict=True):
                total = np.where(np.isnan(sharp + own), np.inf, sharp + own)
                limit[made] = np.minimum(limit[made], total)
        return self._raised(allowed), self._raised(seen)

    def _raised(self, limit: Array) -> Array:
        """Above everything that its own evaluation in float64 lost."""
        return np.asarray(limit * UP + UNDERFLOW * self.swept.inexact)

    def _reasons(self, ids: Ids) -> tuple[str, ...]:
        if self.swept.lost[ids].any():
            return ("an infinity, NaN or unknown number on the way, where exact arithmetic has a number",)
        return ("no finite bound follows from the recorded operations",)


def bounds_of(
    recording: Recording,
    dtype: str,
    framework: Framework = "torch",
    device: str = "cpu",
    *,
    call: int = -1,
    exact: Exact = meant,
    derived: Mapping[str, Bound] | None = None,
) -> dict[str, Bound]:
    """Bounds of one call's results; see ``Rounding.of`` and ``Rounding.bounds``."""
    return Rounding.of(recording, dtype, framework, device, exact).bounds(call, derived)
