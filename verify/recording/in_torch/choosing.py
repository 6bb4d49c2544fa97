"""Choices by value: comparisons, largest and smallest, bounds, steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.arrays import array, values
from attnproof.verify.recording.in_torch.choices import bounded, chosen, extreme, magnitude, nearest
from attnproof.verify.recording.in_torch.reductions import axes_of
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


@rule("abs", "absolute")
def _abs(w: Writer, x: Any) -> Ids:
    return magnitude(w, w.of(x))


@rule(
    "eq", "ne", "lt", "le", "gt", "ge", "logical_not", "logical_and", "logical_or", "logical_xor", "isfinite", "isinf"
)
def _compared(w: Writer, *numbers: Any) -> Ids:
    """A comparison whose result is stored as numbers 0 and 1."""
    return chosen(w, "compare", np.concatenate([w.of(x).ravel() for x in numbers]))


@rule("relu", "relu6")
def _relu(w: Writer, x: Any) -> Ids:
    return bounded(w, w.of(x), w.zero(), None)


@rule("clamp", "clip", "hardtanh")
def _clamp(w: Writer, x: Any, min: Any = None, max: Any = None) -> Ids:
    if w.called == "hardtanh":
        min, max = (-1 if min is None else min), (1 if max is None else max)
    return bounded(w, w.of(x), None if min is None else w.of(min), None if max is None else w.of(max))


@rule("clamp_min")
def _clamp_min(w: Writer, x: Any, bound: Any) -> Ids:
    return bounded(w, w.of(x), w.of(bound), None)


@rule("clamp_max")
def _clamp_max(w: Writer, x: Any, bound: Any) -> Ids:
    return bounded(w, w.of(x), None, w.of(bound))


@rule("maximum", "fmax")
def _maximum(w: Writer, x: Any, y: Any) -> Ids:
    return bounded(w, w.of(x), w.of(y), None, kind="max")


@rule("minimum", "fmin")
def _minimum(w: Writer, x: Any, y: Any) -> Ids:
    return bounded(w, w.of(x), None, w.of(y), kind="max")


@rule("leaky_relu")
def _leaky_relu(w: Writer, x: Any, negative_slope: Any = 0.01) -> Ids:
    ids = w.of(x)
    above = w.values(ids) > 0
    w.choose("compare", ids, above)
    return np.where(above, ids, w.op("mul", ids, w.of(negative_slope)))


@rule("leaky_relu_backward")
def _leaky_relu_backward(w: Writer, seed: Any, x: Any, negative_slope: Any, self_is_result: bool) -> Ids:  # noqa: ARG001
    ids, g = w.of(x), w.of(seed)
    above = w.values(ids) > 0
    w.choose("compare", ids, above)
    return np.where(above, g, w.op("mul", g, w.of(negative_slope)))


@rule("threshold")
def _threshold(w: Writer, x: Any, threshold: Any, value: Any) -> Ids:
    ids = w.of(x)
    below = w.values(ids) <= float(threshold)
    w.choose("compare", ids, below)
    return np.where(below, w.of(value), ids)


@rule("threshold_backward")
def _threshold_backward(w: Writer, seed: Any, x: Any, threshold: Any) -> Ids:
    ids, g = w.of(x), w.of(seed)
    below = w.values(ids) <= float(threshold)
    w.choose("compare", ids, below)
    return np.where(below, w.zero(), g)


@rule("nan_to_num")
def _nan_to_num(w: Writer, x: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Ids:  # noqa: ARG001
    ids = w.of(x)
    found = w.values(ids)
    special = ~np.isfinite(found)
    w.choose("compare", ids, special)
    if not special.any():
        return ids
    out = np.array(ids)
    out[special] = w.tape.constant(values(w.results[0])[special], w.dtype)
    return out


@rule("amax", "amin")
def _amax(w: Writer, x: Any, dim: Any = (), keepdim: bool = False) -> Ids:
    ids = w.of(x)
    return extreme(w, ids, axes_of(ids, dim), keepdim, largest=w.called == "amax")


@rule("aminmax")
def _aminmax(w: Writer, x: Any, dim: Any = None, keepdim: bool = False) -> tuple[Ids, Ids]:
    ids = w.of(x)
    axes = axes_of(ids, dim)
    return extreme(w, ids, axes, keepdim, largest=False), extreme(w, ids, axes, keepdim)


@rule("max", "min", "median", "nanmedian", "mode", "kthvalue", "cummax", "cummin", "_cummax_helper", "sort", "topk")
def _picked(w: Writer, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Values that are entries of x, with the indices that the library returned."""
    ids = w.of(x)
    if len(w.results) == 1:
        if args or kwargs:
            other = w.of(args[0])
            low, high = (other, None) if w.called == "max" else (None, other)
            return bounded(w, ids, low, high, kind="max")
        if w.called not in {"max", "min"}:
            return nearest(w, ids)
        return extreme(w, ids, tuple(range(ids.ndim)), keepdim=False, largest=w.called == "max")
    indices = array(w.results[1])
    w.choose("sort", ids, indices)
    if not ids.ndim:
        return ids, None
    axis = _axis(w.called, args, kwargs) % ids.ndim
    if indices.ndim < ids.ndim:
        return np.take_along_axis(ids, np.expand_dims(indices, axis), axis).squeeze(axis), None
    return np.take_along_axis(ids, indices, axis), None


def _axis(called: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """The axis of a sort, a top-k or a maximum along an axis."""
    if "dim" in kwargs:
        return int(kwargs["dim"])
    rest = args[1:] if called in {"topk", "kthvalue"} else args
    found = [entry for entry in rest if isinstance(entry, int) and not isinstance(entry, bool)]
    return found[0] if found else -1
