"""Why a right formula leaves the range: exponentials that are not relative to the largest visible score of their row,
and finite numbers that stand for −∞ in masked scores.

A softmax is computed from exponentials that add up to something between 1 and the number of keys, in every row. Where
they add up to so much or so little that the square or its inverse, which the derivative of a quotient needs, is no
normal number of the format, something else was subtracted from the scores, or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.recording.recording import Operation, Recording

Mask = npt.NDArray[np.bool_]
BASES: Final = {"exp": 1.0, "exp2": math.log(2.0)}


def ranged(recording: Recording, scores: Array, hidden: Mask) -> str:
    """In words; empty where nothing of this kind is found.

    scores  of the truth, batch + (n_q, n_k), without what masks
    hidden  which keys are masked, in the same shape
    """
    said = (_finite(recording, hidden), *_exponentials(recording, scores, hidden))
    return next(filter(None, said), "")


def _exponentials(recording: Recording, scores: Array, hidden: Mask) -> Iterator[str]:
    for operation in recording.operations:
        if operation.name not in BASES or operation.output.size != scores.size or operation.dtype not in FORMATS:
            continue
        exponents = BASES[operation.name] * recording.values[operation.inputs[0]].reshape(scores.shape)
        powers = recording.values[operation.output].reshape(scores.shape)
        fmt, where = FORMATS[operation.dtype], _where(operation)
        seen = ~hidden & ~hidden.all(-1, keepdims=True)
        total = np.where(seen, powers, 0.0).sum(-1)[seen.any(-1)]
        with np.errstate(over="ignore", invalid="ignore"):
            square, least = total * total, fmt.smallest_normal
            unshifted = bool((np.abs(exponents - scores)[seen] <= 0.5).all())
        if np.isinf(powers[hidden & ~hidden.all(-1, keepdims=True)]).any() and np.isfinite(total).all():
            yield f"exponentials of masked keys overflow, and 0 times them is NaN ({where})"
        elif not ((square >= least) & (square <= 1.0 / least)).all():
            what = (
                "the maximum is not subtracted from the scores"
                if unshifted
                else ("what is subtracted from the scores is not the largest visible one of each query")
            )
            yield f"{what}: exponentials {'vanish' if (square < least).any() else 'overflow'} ({where})"


def _finite(recording: Recording, hidden: Mask) -> str:
    """Masked scores that are one finite number of the program's own, or have it added, where they are used first."""
    constants = _constants(recording)
    if not hidden.any() or hidden.all() or not constants.any():
        return ""
    for operation in recording.operations:
        for ids in operation.inputs if operation.name != "cast" else ():
            if ids.size != hidden.size:
                continue
            masked, others = ids.ravel()[hidden.ravel()], ids.ravel()[~hidden.ravel()]
            numbers = np.unique(recording.values[masked])
            if len(numbers) != 1 or not -np.inf < numbers[0] < 0.0 or not constants[masked].all():
                continue
            if not constants[others].all():
                how = f"are {numbers[0]:.6g}"
            elif not recording.values[others].any():
                how = f"have {numbers[0]:.6g} added"
            else:
                continue
            return f"masked scores {how}, which is not below every score ({_where(operation)})"
    return ""


def _constants(recording: Recording) -> Mask:
    """Which elements are numbers of the program's own, or made of such alone."""
    found = np.zeros(recording.elements, bool)
    for operation in recording.operations:
        if operation.name == "constant":
            found[operation.output] = True
        elif operation.inputs and all(ids.shape == operation.output.shape for ids in operation.inputs):
            found[operation.output] = np.all([found[ids] for ids in operation.inputs], axis=0)
    return found


def _where(operation: Operation) -> str:
    return f"{operation.library or operation.name} at {operation.where or 'an unknown place'}"
