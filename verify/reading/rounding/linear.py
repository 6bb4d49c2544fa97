"""How errors go through one recorded operation: linearly, between two points; and at most, within a distance.

``linear(operation, x, r)`` is the linear map with ``f(x) − f(r) = map(x − r)``, exact (``elementwise``; products of
matrices by the mean of both points; products of many by telescoping). ``reached(operation, x, e)`` bounds
``|f(x) − f(y)|`` over all y within e of x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.reading.rounding.elementwise import ELEMENTWISE, Elementwise, power
from attnproof.verify.recording.recording import Ids, Operation

Several = Sequence[Array]


@dataclass(frozen=True)
class Linear:
    """A linear map from the errors of the inputs to those of the output.

    push    the transposed map: shape of the output and one more axis -> for each input its shape and that axis
    carry   the map with every coefficient's magnitude: errors of the inputs -> of the output
    """

    push: Callable[[Array], Sequence[Array]]
    carry: Callable[[Several], Array]


def is_elementwise(operation: Operation) -> bool:
    """Whether every element of the output depends on one element of each input."""
    return operation.name in ELEMENTWISE or operation.name == "power"


def elementwise_rule(operation: Operation) -> Elementwise:
    """The rule of an elementwise operation."""
    if operation.name == "power":
        return power(float(operation.attributes["exponent"]))
    return ELEMENTWISE[operation.name]


def value(operation: Operation, inputs: Several) -> Array:
    """What the operation gives, in float64."""
    if is_elementwise(operation):
        return np.asarray(elementwise_rule(operation).value(*inputs), np.float64)
    return _STRUCTURED[operation.name].value(operation, inputs)


def linear(operation: Operation, x: Several, r: Several) -> Linear:
    """The map with ``f(x) − f(r) = map(x − r)``; a coefficient that is no number is NaN."""
    if is_elementwise(operation):
        slopes = [np.asarray(slope) for slope in elementwise_rule(operation).secants(x, r)]
        return sloped(slopes)
    return _STRUCTURED[operation.name].linear(operation, x, r)


def reached(operation: Operation, x: Several, errors: Several) -> Array:
    """How far f(y) may be from f(x), for y within the errors of x; NaN where that is not bounded."""
    if is_elementwise(operation):
        slopes = elementwise_rule(operation).reach(x, errors)
        return sloped([np.asarray(slope) for slope in slopes]).carry(errors)
    return _STRUCTURED[operation.name].reached(operation, x, errors)


def edges(operation: Operation, k: int) -> tuple[Ids, Ids]:
    """(element of the output, element of input k that it depends on), flat, every pair."""
    out, given = operation.output, operation.inputs[k]
    if is_elementwise(operation):
        return out.ravel(), given.ravel()
    return _STRUCTURED[operation.name].edges(operation, k)


def terms(operation: Operation) -> int:
    """How many elements are added or multiplied up for one of the output."""
    given = operation.inputs[0]
    return 1 if is_elementwise(operation) else given.shape[-1] if operation.name == "matmul" else given.size


def sloped(slopes: Several) -> Linear:
    """Each element of the output by its own slopes."""
    return Linear(
        lambda g: [np.where(g == 0.0, 0.0, slope[..., None] * g) for slope in slopes],
        lambda errors: sum((times(slope, error) for slope, error in zip(slopes, errors, strict=True)), np.zeros(())),
    )


def times(slope: Array, error: Array) -> Array:
    """``|slope| · error``; 0 where there is no error, whatever the slope."""
    return np.asarray(np.where(error == 0.0, 0.0, np.abs(slope) * error))


@dataclass(frozen=True)
class Structured:
    """An operation whose elements depend on several elements of an input."""

    value: Callable[[Operation, Several], Array]
    linear: Callable[[Operation, Several, Several], Linear]
    reached: Callable[[Operation, Several, Several], Array]
    edges: Callable[[Operation, int], tuple[Ids, Ids]]


def axes_of(operation: Operation) -> tuple[int, ...]:
    """The axes of a sum or product, from 0."""
    return tuple(int(axis) % operation.inputs[0].ndim for axis in operation.attributes["axes"])


def _spread_out(operation: Operation, array: Any) -> Any:
    """An array of the output's shape, and perhaps one axis more, with the summed axes put back."""
    return np.expand_dims(array, axes_of(operation))


def _sum_edges(operation: Operation, _: int) -> tuple[Ids, Ids]:
    given = operation.inputs[0]
    return np.broadcast_to(_spread_out(operation, operation.output), given.shape).ravel(), given.ravel()


def _sum_linear(operation: Operation, x: Several, _: Several) -> Linear:
    shape = x[0].shape
    return Linear(
        lambda g: [np.broadcast_to(_spread_out(operation, g), (*shape, g.shape[-1]))],
        lambda errors: np.asarray(errors[0].sum(axes_of(operation))),
    )


def _cumsum_linear(operation: Operation, *_: Several) -> Linear:
    axis = int(operation.attributes["axis"]) % operation.inputs[0].ndim
    return Linear(
        lambda g: [np.flip(np.cumsum(np.flip(g, axis), axis), axis)],
        lambda errors: np.cumsum(errors[0], axis),
    )


def _cumsum_edges(operation: Operation, _: int) -> tuple[Ids, Ids]:
    axis = int(operation.attributes["axis"]) % operation.inputs[0].ndim
    out, given = (np.moveaxis(ids, axis, -1) for ids in (operation.output, operation.inputs[0]))
    later, earlier = np.tril_indices(out.shape[-1])
    return out[..., later].ravel(), given[..., earlier].ravel()


def _segments(operation: Operation) -> Ids:
    return np.asarray(operation.attributes["segments"], np.int64)


def _segmented(operation: Operation, array: Array) -> Array:
    found = np.bincount(_segments(operation).ravel(), array.ravel(), operation.output.size)
    return np.asarray(found.reshape(operation.output.shape), np.float64)


def _segment_linear(operation: Operation, *_: Several) -> Linear:
    return Linear(
        lambda g: [g.reshape(-1, g.shape[-1])[_segments(operation)]],
        lambda errors: _segmented(operation, errors[0]),
    )


def _segment_edges(operation: Operation, _: int) -> tuple[Ids, Ids]:
    return operation.output.ravel()[_segments(operation).ravel()], operation.inputs[0].ravel()


def _matmul_linear(_: Operation, x: Several, r: Several) -> Linear:
    # an infinity is in both points the same, or its row is lost: no error goes through it
    a, b = (
        np.nan_to_num((one + other) / 2.0, nan=0.0, posinf=0.0, neginf=0.0) for one, other in zip(x, r, strict=True)
    )

    def push(g: Array) -> Sequence[Array]:
        first = np.moveaxis(g, -1, 0)
        return [np.moveaxis(part, 0, -1) for part in (first @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ first)]

    return Linear(push, lambda errors: np.abs(a) @ errors[1] + errors[0] @ np.abs(b))


def _matmul_reached(_: Operation, x: Several, e: Several) -> Array:
    moved = [part.any() for part in e]  # products of large matrices, left out where they are 0
    found = np.zeros((*np.broadcast_shapes(x[0].shape[:-2], x[1].shape[:-2]), x[0].shape[-2], x[1].shape[-1]))
    if moved[0]:
        found += e[0] @ ((np.abs(x[1]) + e[1]) if moved[1] else np.abs(x[1]))
    return found + np.abs(x[0]) @ e[1] if moved[1] else found


def _matmul_edges(operation: Operation, k: int) -> tuple[Ids, Ids]:
    a, b = operation.inputs
    shape = (*operation.output.shape, a.shape[-1])
    given = a[..., :, None, :] if k == 0 else b.swapaxes(-1, -2)[..., None, :, :]
    return np.broadcast_to(operation.output[..., None], shape).ravel(), np.broadcast_to(given, shape).ravel()


def _last(operation: Operation, array: Array) -> Array:
    """With the axes of a product made one, the last."""
    axes = axes_of(operation)
    moved = np.moveaxis(array, axes, range(-len(axes), 0)) if axes else array[..., None]
    return moved.reshape(*moved.shape[: moved.ndim - max(len(axes), 1)], -1)


def _product_linear(operation: Operation, x: Several, r: Several) -> Linear:
    one, other = _last(operation, x[0]), _last(operation, r[0])
    edge = np.ones_like(one[..., :1])
    before = np.cumprod(np.concatenate([edge, one[..., :-1]], -1), -1)
    after = np.flip(np.cumprod(np.concatenate([edge, np.flip(other, -1)[..., :-1]], -1), -1), -1)
    slopes = before * after
    axes, shape = axes_of(operation), x[0].shape

    def back(array: Array) -> Array:
        kept = [n for axis, n in enumerate(shape) if axis not in axes]
        unfolded = array.reshape(*kept, *(shape[axis] for axis in axes), *array.shape[len(kept) + 1 :])
        return np.moveaxis(unfolded, range(len(kept), len(kept) + len(axes)), axes)

    return Linear(
        lambda g: [back(slopes[..., None] * g[..., None, :])],
        lambda errors: times(slopes, _last(operation, errors[0])).sum(-1),
    )


def _product_reached(operation: Operation, x: Several, e: Several) -> Array:
    size = np.abs(x[0])
    axes = axes_of(operation)
    # Π(|x| + e) − Π|x| by telescoping, so that nothing cancels
    return _product_linear(operation, [size + e[0]], [size]).carry(e) if axes else np.asarray(e[0])


_STRUCTURED: Final[Mapping[str, Structured]] = MappingProxyType(
    {
        "sum": Structured(
            lambda operation, x: np.asarray(x[0].sum(axes_of(operation))),
            _sum_linear,
            lambda operation, _, e: np.asarray(e[0].sum(axes_of(operation))),
            _sum_edges,
        ),
        "cumsum": Structured(
            lambda operation, x: np.cumsum(x[0], int(operation.attributes["axis"])),
            _cumsum_linear,
            lambda operation, _, e: np.cumsum(e[0], int(operation.attributes["axis"])),
            _cumsum_edges,
        ),
        "segment_sum": Structured(
            lambda operation, x: _segmented(operation, x[0]),
            _segment_linear,
            lambda operation, _, e: _segmented(operation, e[0]),
            _segment_edges,
        ),
        "matmul": Structured(lambda _, x: np.asarray(x[0] @ x[1]), _matmul_linear, _matmul_reached, _matmul_edges),
        "product": Structured(
            lambda operation, x: np.asarray(x[0].prod(axes_of(operation))),
            _product_linear,
            _product_reached,
            _sum_edges,
        ),
    }
)
