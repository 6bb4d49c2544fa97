"""The check of arguments that all libraries share; what differs between them is what their arrays are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Arrays(NamedTuple):
    """What a library's arrays are.

    kind       their type
    called     how a message calls one: ``NumPy array``
    takes      whether a dtype is one of those that are computed with
    wanted     how a message calls those dtypes: ``a floating-point dtype``
    broadcast  the shape to which shapes broadcast; raises ValueError or RuntimeError where there is none
    device     where an array lies; the same for all where that does not matter
    value      the number in a 0-d array; None where it cannot be read
    flags      names of the arguments that are arrays of bool
    """

    kind: Any
    called: str
    takes: Callable[[Any], bool]
    broadcast: Callable[..., Any]
    wanted: str = "a floating-point dtype"
    device: Callable[[Any], object] = lambda _: None
    value: Callable[[Any], float | None] = float
    flags: frozenset[str] = frozenset()


def check_arguments(
    arrays: Arrays,
    given: Mapping[str, Any],
    shapes: Mapping[str, tuple[str, ...]],
    required: frozenset[str],
    positive: frozenset[str] = frozenset(),
) -> tuple[int, ...]:
    """The batch shape. Raise TypeError or ValueError, naming the argument, unless all arrays fit together.

    given     arguments by name; None: not given
    shapes    for each the names of its core axes, a leading ``...`` where batch axes are allowed; ``d_q + d_k``: a sum
    required  arguments that must be given
    positive  scalars that must be finite and greater than 0, where they can be read
    """
    sizes: dict[str, tuple[int, str]] = {}
    batches: dict[str, tuple[int, ...]] = {}
    first: tuple[Any, str] | None = None
    for name, array in given.items():
        if array is None:
            if name in required:
                raise TypeError(f"{name} must be given")
            continue
        if not isinstance(array, arrays.kind):
            raise TypeError(f"{name} must be a {arrays.called}, got {type(array).__name__}")
        if name in arrays.flags:
            if str(array.dtype) not in {"bool", "torch.bool"}:
                raise TypeError(f"{name} must have dtype bool, True where a key takes part, got {array.dtype}")
        elif not arrays.takes(array.dtype):
            raise TypeError(f"{name} must have {arrays.wanted}, got {array.dtype}")
        first = first or (array, name)
        _check_alike(arrays, name, array, *first, dtype=name not in arrays.flags)
        batches[name] = _batch_of(name, tuple(array.shape), shapes[name], sizes)
        if name in positive and (value := arrays.value(array)) is not None and not 0 < value < float("inf"):
            raise ValueError(f"{name} must be a finite number > 0, got {value}")
    try:
        return tuple(arrays.broadcast(*batches.values()))
    except (ValueError, RuntimeError):
        found = ", ".join(f"{name} {batch}" for name, batch in batches.items() if batch)
        raise ValueError(f"batch dimensions do not broadcast: {found}") from None


def check_result(arrays: Arrays, name: str, array: Any, like: Any, output: str) -> None:
    """Raise TypeError or ValueError unless ``array``, a cotangent, is None or like ``like``, the result ``output``."""
    if array is None:
        return
    if not isinstance(array, arrays.kind):
        raise TypeError(f"{name} must be a {arrays.called}, got {type(array).__name__}")
    if array.shape != like.shape:
        raise ValueError(f"{name} must have the shape {tuple(like.shape)} of {output}, got {tuple(array.shape)}")
    _check_alike(arrays, name, array, like, output)


def _check_alike(arrays: Arrays, name: str, array: Any, like: Any, other: str, *, dtype: bool = True) -> None:
    """Raise TypeError for another dtype than that of ``like``, ValueError for another device."""
    if dtype and array.dtype != like.dtype:
        raise TypeError(f"{name} has dtype {array.dtype}, expected {like.dtype} as for {other}")
    if arrays.device(array) != arrays.device(like):
        raise ValueError(f"{name} is on {array.device}, expected {like.device} as for {other}")


def _batch_of(
    name: str, actual: tuple[int, ...], shape: tuple[str, ...], sizes: dict[str, tuple[int, str]]
) -> tuple[int, ...]:
    """The batch part of a shape; sizes that are seen for the first time are noted in ``sizes``."""
    core = shape[1:] if shape[:1] == ("...",) else shape
    lead = len(actual) - len(core)
    if lead < 0 or (lead > 0 and core is shape):
        raise ValueError(f"{name} must have shape ({', '.join(shape)}), got {actual}")
    for axis, length in zip(core, actual[lead:], strict=True):
        parts = [sizes.get(part) for part in axis.split(" + ")]
        if len(parts) == 1 and parts[0] is None:
            if length == 0:
                raise ValueError(f"{name} must have shape ({', '.join(shape)}) with {axis} > 0, got {actual}")
            sizes[axis] = (length, name)
        elif length != sum(part[0] for part in parts if part is not None):
            known = ", ".join(f"{n} = {sizes[n][0]} from {sizes[n][1]}" for n in axis.split(" + "))
            raise ValueError(f"{name} must have shape ({', '.join(shape)}) with {known}, got {actual}")
    return actual[:lead]
