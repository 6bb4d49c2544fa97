"""Which known mask a pattern of kept positions is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
from sympy import Expr, Integer

from attnproof.derivations.language.notation import N_K, N_Q, I, J
from attnproof.derivations.typesetting.latex import expr_text
from attnproof.verify.reading.lifting.sizes import CannotLiftError, Sizes

Kept = npt.NDArray[np.bool_]
MOST_TOGETHER: Final = 3


def diagonals(relation: str, offset: Expr) -> str:
    """The words for a mask that keeps the keys j that are ``≤`` or ``≥`` i + offset."""
    return f"{J} {relation} {expr_text(I + offset)}"


# Either corner of the scores may be where the diagonal ends.
CAUSAL: Final = (diagonals("≤", Integer(0)), diagonals("≤", N_K - N_Q))


@dataclass(frozen=True, eq=False)
class Pattern:
    """Positions that are kept.

    says   ``j ≤ i``
    axes   sizes of its axes
    kept   the positions in the first recording
    """

    says: str
    axes: tuple[Expr, ...]
    kept: Kept


@dataclass(frozen=True)
class Patterns:
    """The masks that are known.

    given   masks that were handed over: what they say -> (sizes of the axes, the arrays of both recordings)
    """

    sizes: Sizes
    given: Mapping[str, tuple[tuple[Expr, ...], tuple[Kept, Kept]]] = field(default_factory=dict)

    def known(self, axes: tuple[Expr, ...], kept: tuple[Kept, Kept]) -> tuple[Pattern, ...]:
        """The masks whose conjunction is ``kept``, whose axes have these sizes. Raises CannotLiftError for none."""
        if (one := self._one(axes, kept)) is not None:
            return (one,)
        candidates = [
            (Pattern(says, of, both[0]), both) for says, of, both in self._given() if all(size in axes for size in of)
        ]
        candidates += list(self._bands(axes, kept))
        placed = [(pattern, [_placed(part, pattern.axes, axes) for part in both]) for pattern, both in candidates]
        for count in range(2, MOST_TOGETHER + 1):
            for chosen in combinations(placed, count):
                if all(
                    (np.logical_and.reduce(np.broadcast_arrays(*(both[run] for _, both in chosen))) == kept[run]).all()
                    for run in (0, 1)
                ):
                    return tuple(pattern for pattern, _ in chosen)
        raise CannotLiftError("elements replaced in a pattern that is no mask known here")

    def _one(self, axes: tuple[Expr, ...], kept: tuple[Kept, Kept]) -> Pattern | None:
        for says, of, both in self._given():
            if sorted(map(str, of)) == sorted(map(str, axes)) and all(
                (_placed(part, of, axes) == whole).all() for part, whole in zip(both, kept, strict=True)
            ):
                return Pattern(says, of, both[0])
        if sorted(map(str, axes)) == sorted(map(str, (N_Q, N_K))):
            for pattern, both in self._bands(axes, kept):
                if all((_placed(part, pattern.axes, axes) == w).all() for part, w in zip(both, kept, strict=True)):
                    return pattern
        return None

    def _given(self) -> Iterator[tuple[str, tuple[Expr, ...], tuple[Kept, Kept]]]:
        for says, (axes, both) in self.given.items():
            yield says, axes, both
            yield f"not {says}", axes, (~both[0], ~both[1])

    def _bands(self, axes: tuple[Expr, ...], kept: tuple[Kept, Kept]) -> Iterator[tuple[Pattern, tuple[Kept, Kept]]]:
        """``j ≤ i + c`` and ``j ≥ i + c`` with the c at which the pattern ends."""
        if N_Q not in axes or N_K not in axes:
            return
        flat = [
            np.moveaxis(part, (axes.index(N_Q), axes.index(N_K)), (-2, -1)).reshape(-1, *lengths).any(0)
            for part, lengths in zip(
                kept, zip(self.sizes.lengths[N_Q], self.sizes.lengths[N_K], strict=True), strict=True
            )
        ]
        distances = [np.subtract.outer(np.arange(part.shape[0]), np.arange(part.shape[1])) for part in flat]
        if not all(part.any() for part in flat):
            return
        for largest in (True, False):
            reach = [-d[part] for d, part in zip(distances, flat, strict=True)]
            ends = [int(each.max() if largest else each.min()) for each in reach]
            both = tuple(-d <= end if largest else -d >= end for d, end in zip(distances, ends, strict=True))
            try:
                offset = self.sizes.offset((ends[0], ends[1]))
            except CannotLiftError:
                continue
            yield Pattern(diagonals("≤" if largest else "≥", offset), (N_Q, N_K), both[0]), (both[0], both[1])


def _placed(array: Kept, own: tuple[Expr, ...], axes: tuple[Expr, ...]) -> Kept:
    """An array with axes of sizes ``own`` as one that broadcasts along ``axes``."""
    order = sorted(range(len(own)), key=lambda k: axes.index(own[k]))
    moved = array.transpose(order)
    shape = iter(moved.shape)
    return np.asarray(moved.reshape([next(shape) if size in own else 1 for size in axes]))
