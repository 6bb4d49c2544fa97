"""NumPy's functions that only move elements: each is run on values and on element numbers alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy.array import Recorded, made, plain, recorded
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.rules import choices
from attnproof.verify.recording.rules.numbers import Numbers, constant, fit, is_float

# The arguments that hold the elements that are moved: places among the positional ones, or ``ALL`` of them.
ALL: Final = (-1,)
_first = (
    np.reshape, np.transpose, np.swapaxes, np.moveaxis, np.rollaxis, np.squeeze, np.expand_dims, np.ravel, np.copy,
    np.broadcast_to, np.take, np.take_along_axis, np.tile, np.repeat, np.roll, np.rot90, np.flip, np.fliplr, np.flipud,
    np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit, np.diagonal, np.delete, np.concatenate, np.stack,
    np.vstack, np.hstack, np.dstack, np.column_stack, np.block, np.resize, np.real, np.matrix_transpose,
    *([np.unstack] if hasattr(np, "unstack") else []), 
    np.lib.stride_tricks.sliding_window_view, np.lib.stride_tricks.as_strided,
)  # fmt: skip
# with zeros around
_padded = (np.tril, np.triu, np.diag, np.diagflat)
MOVED: Final[Mapping[Any, tuple[int, ...]]] = MappingProxyType(
    {
        **dict.fromkeys((*_first, *_padded), (0,)),
        np.where: (1, 2),
        np.append: (0, 1),
        np.insert: (0, 2),
        np.choose: (1,),
        np.compress: (1,),
        np.extract: (1,),
        np.select: (1,),
        np.broadcast_arrays: ALL,
        np.meshgrid: ALL,
        np.atleast_1d: ALL,
        np.atleast_2d: ALL,
        np.atleast_3d: ALL,
    }
)
ZEROS: Final = frozenset(_padded)
# The array that is written into comes first; then the argument that holds what is written.
WRITTEN: Final[Mapping[Any, int]] = MappingProxyType(
    {np.put: 2, np.place: 2, np.putmask: 2, np.put_along_axis: 2, np.copyto: 1, np.fill_diagonal: 1}
)
NAMES: Final = (
    "x",
    "y",
    "values",
    "v",
    "vals",
    "arr",
    "a",
    "m",
    "ary",
    "array",
    "arrays",
    "tup",
    "choices",
    "choicelist",
)


def _elements(memory: Memory, value: Any, dtype: Any) -> Any:
    """Element numbers in place of numbers, one more than they are, in lists too."""
    if isinstance(value, list | tuple):
        return type(value)(_elements(memory, part, dtype) for part in value)
    return fit(memory.tape, memory.numbers(value, dtype), dtype).ids + 1


def _dtype(value: Any) -> Any:
    """The dtype that holds all of them."""
    if isinstance(value, list | tuple):
        return np.result_type(*(_dtype(part) for part in value))
    return value.dtype if isinstance(value, np.ndarray | np.generic) else value


def moved(memory: Memory, function: Any, args: Any, kwargs: Any) -> Any:
    """Run a function of ``MOVED``."""
    if MOVED[function] != ALL:
        _decided(memory, [x for n, x in enumerate(args) if n not in MOVED[function]])
        _decided(memory, [x for name, x in kwargs.items() if name not in NAMES])
    values = function(*plain(args), **plain(kwargs))
    single = isinstance(values, np.ndarray)
    results = [values] if single else list(values)
    if not any(is_float(x.dtype) for x in results):
        return values
    if all(lies_inside(memory, x) for x in results):
        found = [recorded(memory, x) for x in results]
    else:
        ids = _moved_elements(memory, function, args, kwargs)
        parts = [ids] if single else list(ids)
        found = [_made(memory, x, part) for x, part in zip(results, parts, strict=True)]
    return found[0] if single else type(values)(found) if isinstance(values, list | tuple) else found


def _decided(memory: Memory, others: Any) -> None:
    """Note numbers that are taken for truth values: where they are 0 is a choice."""
    for x in others:
        if isinstance(x, list | tuple):
            _decided(memory, x)
        elif isinstance(x, Recorded):
            numbers = memory.numbers(x)
            choices.note(memory.tape, "compare", numbers.values != 0, numbers)


def lies_inside(memory: Memory, array: Any) -> bool:
    """Whether an array is a view of memory that is known."""
    return array.base is not None and memory.knows(array)


def _moved_elements(memory: Memory, function: Any, args: Any, kwargs: Any) -> Any:
    places = range(len(args)) if MOVED[function] == ALL else MOVED[function]
    given, named = list(args), dict(kwargs)
    held = [given[n] for n in places if n < len(given)] + [named[n] for n in NAMES if n in named]
    dtypes = [_dtype(x) for x in held]
    dtype = np.result_type(*dtypes)
    for n in places:
        if n < len(given):
            given[n] = _elements(memory, given[n], dtype)
    named |= {n: _elements(memory, named[n], dtype) for n in NAMES if n in named}
    if function is np.select:
        default = named.pop("default", given.pop(2) if len(given) > 2 else 0)
        given = [given[0], given[1], _elements(memory, default, dtype)]
    named.pop("dtype", None)
    return function(*plain(tuple(given)), **plain(named))


def _made(memory: Memory, values: Any, ids: Any) -> Any:
    """An array of elements numbered one more than they are; where that is 0, of constants with these values."""
    if not is_float(values.dtype):
        return values
    ids = np.asarray(ids) - 1
    if (ids < 0).any():
        ids = ids.copy()
        filling = constant(memory.tape, np.unique(values[ids < 0]))
        order = np.searchsorted(filling.values, values[ids < 0])
        ids[ids < 0] = filling.ids[order]
    return made(memory, Numbers(values, ids))


def written(memory: Memory, function: Any, args: Any, kwargs: Any) -> None:
    """Run a function of ``WRITTEN``: in place."""
    names = {np.copyto: ("dst", "src"), np.fill_diagonal: ("a", "val")}.get(function, ("a", "ind", "v"))
    given = list(args) + [kwargs[name] for name in names[len(args) :] if name in kwargs]
    kwargs = {name: value for name, value in kwargs.items() if name not in names}
    array, n = given[0], WRITTEN[function]
    _decided(memory, [x for place, x in enumerate(given) if place not in {0, n}] + list(kwargs.values()))
    if not is_float(array.dtype):
        function(*plain(tuple(given)), **plain(kwargs))
        return
    numbers = fit(memory.tape, memory.numbers(given[n], array.dtype), array.dtype)
    memory.read(array)  # every place has an element from here on
    ids = memory.view(array.view(np.ndarray))
    function(*plain(tuple(given)), **plain(kwargs))
    given[0], given[n] = ids, numbers.ids
    function(*plain(tuple(given)), **plain(kwargs))


def pad(memory: Memory, array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """With constants, or with elements of the array, around it."""
    values = np.pad(plain(array), pad_width, mode, **plain(kwargs))
    numbers = memory.numbers(array)
    if mode not in {"constant", "edge", "reflect", "symmetric", "wrap", "empty"} or kwargs.get("reflect_type") == "odd":
        return made(memory, memory.opaque(values, f"pad with {mode}", numbers))
    return _made(memory, values, np.pad(numbers.ids + 1, pad_width, "constant" if mode == "empty" else mode))


def ordered(memory: Memory, function: Any, args: Any, kwargs: Any) -> Any:
    """``sort`` and ``partition``: by what ``argsort`` or ``argpartition`` finds."""
    array, *rest = args
    axis = kwargs.get("axis", -1 if function is np.sort or len(rest) < 2 else rest[1])
    if function is np.sort and rest:
        axis = rest[0]
    numbers = memory.numbers(array)
    if axis is None:
        numbers, axis = numbers.move(np.ravel), 0
    order = (
        np.argsort(numbers.values, axis=axis, kind=kwargs.get("kind"))
        if function is np.sort
        else np.argpartition(numbers.values, kwargs.get("kth", rest[0] if rest else 0), axis=axis)
    )
    choices.note(memory.tape, "sort", order, numbers)
    return made(memory, numbers.move(lambda x: np.take_along_axis(x, order, axis)))
