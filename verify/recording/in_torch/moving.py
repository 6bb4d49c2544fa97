"""What only moves numbers: run by torch itself, on element numbers in the place of numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.recording.in_torch.arrays import array, values
from attnproof.verify.recording.in_torch.segments import positions, summed
from attnproof.verify.recording.in_torch.writer import RULES, Writer, rule
from attnproof.verify.recording.recording import Ids

_PLAIN: Final = [
    "cat",
    "stack",
    "gather",
    "index",
    "index_select",
    "take",
    "take_along_dim",
    "slice_scatter",
    "select_scatter",
    "diagonal_scatter",
    "as_strided_scatter",
    "roll",
    "flip",
    "rot90",
    "repeat",
    "tril",
    "triu",
    "masked_select",
    "masked_scatter",
    "index_copy",
    "diagonal_backward",
    "embedding",
    "diag_embed",
    "_unsafe_index",
    "expand_copy",
    "permute_copy",
    "transpose_copy",
    "view_copy",
    "slice_copy",
    "select_copy",
    "squeeze_copy",
    "unsqueeze_copy",
    "unfold_copy",
    "alias_copy",
    "detach_copy",
    "as_strided_copy",
    "split_copy",
    "split_with_sizes_copy",
    "unbind_copy",
    "diagonal_copy",
    "reflection_pad1d",
    "reflection_pad2d",
    "replication_pad1d",
    "replication_pad2d",
    "pixel_shuffle",
    "pixel_unshuffle",
    "channel_shuffle",
    "block_diag",
    "_reshape_copy",
]
# Where an argument that is a number, or a tensor of integers, stands for values of elements: by position, or by name.
_VALUES: Final = {
    "cat": (0, "tensors"),
    "stack": (0, "tensors"),
    "block_diag": (0, "tensors"),
    "slice_scatter": (1, "src"),
    "select_scatter": (1, "src"),
    "diagonal_scatter": (1, "src"),
    "as_strided_scatter": (1, "src"),
    "masked_fill": (2, "value"),
    "constant_pad_nd": (2, "value"),
    "index_fill": (3, "value"),
    "scatter": (3, "value"),
    "where": (1, 2, "self", "other"),
    "index_put": (),
    "_index_put_impl": (),
    "put": (),
}


def _code(w: Writer, thing: Any) -> Any:
    """Element numbers from 1 on, as a tensor of integers, of an argument in the result's format."""
    ids = w.of(thing)
    if isinstance(thing, torch.Tensor) and not w.holds(thing):
        ids = w.tape.write("cast", (ids,), values(thing.to(w.results[0].dtype)), w.dtype)
    return torch.from_numpy(np.asarray(ids + 1))


def _arguments(w: Writer, thing: Any, place: Any) -> Any:
    if isinstance(thing, torch.Tensor):
        return _code(w, thing) if w.is_element(thing) or place in _VALUES.get(w.called, ()) else thing
    if isinstance(thing, list | tuple):
        return type(thing)(_arguments(w, entry, place) for entry in thing)
    if place in _VALUES.get(w.called, ()) and isinstance(thing, int | float):
        code = _code(w, thing)
        return code if w.called == "where" else int(code)
    return thing


def _decode(w: Writer, found: torch.Tensor) -> Ids:
    """Element numbers again; what torch filled with 0 is a constant 0."""
    ids = array(found) - 1
    if ids.size and ids.min() < 0:
        ids = np.where(ids < 0, w.zero(), ids)
    return np.asarray(ids, np.int64)


def moved(w: Writer, *args: Any, **kwargs: Any) -> Any:
    """The same call on element numbers."""
    packet = getattr(torch.ops.aten, w.called)
    arguments = [_arguments(w, thing, place) for place, thing in enumerate(args)]
    found = packet(*arguments, **{name: _arguments(w, thing, name) for name, thing in kwargs.items()})
    return tuple(_decode(w, part) for part in found) if isinstance(found, list | tuple) else _decode(w, found)


for _name in (*_PLAIN, *(name for name in _VALUES if name not in {"index_put", "_index_put_impl", "scatter", "put"})):
    RULES[_name] = moved


@rule("clone", "_to_copy", "copy", "lift", "lift_fresh_copy", "contiguous", "resolve_conj", "resolve_neg", "_to_dense")
def _copied(w: Writer, *args: Any, **_: Any) -> Ids:
    """A copy, perhaps in another format."""
    source = args[1] if w.called == "copy" else args[0]
    ids = np.broadcast_to(w.of(source), values(w.results[0]).shape)
    return ids if w.holds(source) else w.last("cast", ids)


FILLS: Final = (
    "fill", "zero", "zeros", "ones", "full", "zeros_like", "ones_like", "full_like", "new_zeros", "new_ones",
    "new_full", "scalar_tensor",
)  # fmt: skip


@rule(*FILLS)
def _filled(w: Writer, *args: Any, **_: Any) -> Ids:
    """One element everywhere."""
    if w.called == "fill" and w.is_element(args[1]):
        return np.broadcast_to(w.of(args[1]), w.found(0).shape)
    found = w.found(0)
    if not found.any():
        return np.broadcast_to(w.zero(), found.shape)
    if w.results[0].is_complex():
        return w.tape.constant(found, w.dtype)
    return np.broadcast_to(w.tape.constant(found.flat[0], w.dtype), found.shape)


@rule("scatter")
def _scatter(w: Writer, *args: Any, **kwargs: Any) -> Any:
    if (how := kwargs.pop("reduce", args[4] if len(args) > 4 else None)) is not None:
        return RULES["scatter_reduce"](w, *args[:4], {"add": "sum"}.get(how, how))
    return moved(w, *args, **kwargs)


@rule("index_put", "_index_put_impl", "_unsafe_index_put", "put")
def _index_put(w: Writer, x: Any, indices: Any, source: Any, accumulate: bool = False, unsafe: bool = False) -> Any:  # noqa: ARG001
    places = positions(x.shape)
    places = places.reshape(-1)[indices] if w.called == "put" else torch.ops.aten.index(places, indices)
    if accumulate:
        return summed(w, w.of(x), places, w.of(source), x.shape)
    ids = np.array(w.of(x)).ravel()
    ids[array(places)] = array(_code(w, source)) - 1
    return ids.reshape(tuple(x.shape))


@rule("slice_backward", "select_backward")
def _sliced(w: Writer, seed: Any, sizes: Any, dim: int, *place: int) -> Ids:
    """Zeros but for a slice, or an entry, along an axis."""
    ids = np.empty(tuple(sizes), np.int64)
    ids[...] = w.zero()
    chosen = place[0] if w.called == "select_backward" else slice(*(min(int(at), 2**62) for at in place))
    ids[(slice(None),) * (dim % len(sizes)) + (chosen,)] = w.of(seed)
    return ids


@rule("embedding_dense_backward")
def _embedding_backward(w: Writer, seed: Any, indices: Any, rows: int, padding: int, by_frequency: bool) -> Any:
    if by_frequency:
        return NotImplemented
    ids = w.of(seed)
    if padding >= 0:
        ids = np.where((array(indices) == padding)[..., None], w.zero(), ids)
    width = seed.shape[-1]
    return summed(w, None, positions((rows, width))[indices], ids, (rows, width))


@rule("unfold_backward")
def _unfold_backward(w: Writer, seed: Any, sizes: Any, dim: int, size: int, step: int) -> Ids:
    return summed(w, None, positions(sizes).unfold(dim, size, step), w.of(seed), sizes)


@rule("native_dropout")
def _dropout(w: Writer, x: Any, p: float, train: bool | None = None) -> Any:
    """Which are dropped is drawn: a constant of the program."""
    if not train or not p:
        return w.of(x), None
    factors = w.tape.constant(array(w.results[1]) / (1 - p), "fp64")
    return w.op("mul", w.of(x), factors), None
