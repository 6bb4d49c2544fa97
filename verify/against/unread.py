"""What is not read, judged by its values: against the reference's enclosure, within the bound of a class of evaluations
(``enclosing``).
"""

from __future__ import annotations

import numpy as np

from attnproof.verify.against.asking import Asked
from attnproof.verify.against.enclosing import Enclosed, every_call
from attnproof.verify.against.evaluations import evaluations
from attnproof.verify.against.numbers import OPEN, OUTSIDE, WITHIN, Weighed
from attnproof.verify.arithmetic.formats import FORMATS, Array


class Classes:
    """The reference, and bounds for all programs that evaluate its formula in a format."""

    def __init__(self, reference: Asked, least: str) -> None:
        self.reference, self.least = reference, least
        self._found: dict[str, list[dict[str, Enclosed]]] = {}

    def weigh(self, place: int, name: str, got: Array, dtype: str, own: Array | None) -> Weighed:
        """A value of a format that nothing else is known of; ``own``: what the reference itself returned in it."""
        fmt = min((dtype if dtype in FORMATS else self.least, self.least), key=lambda f: FORMATS[f].precision)
        if fmt not in self._found:
            self._found[fmt] = every_call(self.reference.recorded, evaluations(fmt))
        exact = self._found[fmt][self.reference.calls[place]][name]
        return held(exact, got, own)


def held(exact: Enclosed, got: Array, own: Array | None = None) -> Weighed:
    """A value against what the reference means, within the bound of a class; ``own``: what the reference returned."""
    limit = exact.bound
    counts = np.isfinite(exact.value) if own is None else np.isfinite(exact.value) & np.isfinite(own)
    if not counts.any():
        return Weighed(OPEN, "the reference has no number there")
    with np.errstate(all="ignore"):
        error = np.where(counts, np.abs(got - exact.value), 0.0)
        error = np.where(np.isnan(error), np.inf, error)
        beyond = np.where(counts & np.isfinite(limit.bound), error - exact.radius - limit.bound, -np.inf)
    at = tuple(int(k) for k in np.unravel_index(int(np.argmax(beyond)), beyond.shape))
    figures = (at, float(got[at]), float(exact.value[at]), float(error[at]), float(limit.bound[at]))
    if beyond[at] > 0.0 and not exact.near:
        return Weighed(OUTSIDE, f"by its values alone: {limit.assumptions[0]}", not np.isfinite(got[at]), *figures)
    if beyond[at] > 0.0:
        return Weighed(OPEN, "a choice by value that rounding decides", False, *figures)
    if exact.silent:
        return Weighed(OPEN, exact.silent, False, *figures)
    return Weighed(WITHIN, "", False, *figures)


def unruled(asked: Asked) -> frozenset[tuple[int, str]]:
    """The quantities of each question that rest on calls without a rule."""
    recording = asked.recording
    if recording is None or not recording.unread:
        return frozenset()
    rests = np.zeros(recording.elements, bool)
    for operation in recording.operations:
        if operation.name == "opaque" or any(rests[ids].any() for ids in operation.inputs):
            rests[operation.output] = True
    every = ((place, recording.calls[number].results) for place, number in asked.calls.items())
    return frozenset((place, name) for place, found in every for name, ids in found.items() if rests[ids].any())
