"""What JAX's primitives are in the language of recordings, but for those that only move or that hold programs.

A rule takes the tape, the operands and the primitive's parameters. Operands and results are ``Numbers`` where they are
floating-point, else plain NumPy arrays: integers and truth values are what they are in this run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_jax import moving
from attnproof.verify.recording.in_jax.places import gathered, scattered
from attnproof.verify.recording.rules import choices, places, sums
from attnproof.verify.recording.rules.elementwise import BINARY, UNARY, power
from attnproof.verify.recording.rules.numbers import Numbers, constant, fit, is_float, repeated, wide
from attnproof.verify.recording.tape import Tape

Rule = Callable[..., Any]
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

FLOAT_UNARY: Final = MappingProxyType(
    {name: name for name in UNARY if name not in {"sigmoid", "atanh", "identity", "reciprocal", "trunc"}}
    | {"logistic": "sigmoid", "atanh": "atanh"}
)
FLOAT_BINARY: Final = MappingProxyType(
    {name: name for name in ("add", "sub", "mul", "div", "max", "min")} | {"add_any": "add", "rem": "fmod"}
)
COMPARISONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "eq": np.equal,
        "ne": np.not_equal,
        "lt": np.less,
        "le": np.less_equal,
        "gt": np.greater,
        "ge": np.greater_equal,
        "is_finite": np.isfinite,
    }
)


def _reduce(kind: str) -> Rule:
    place = np.argmax if kind == "max" else np.argmin

    def rule(tape: Tape, a: Numbers, *, axes: Any, **_: Any) -> Numbers:
        return choices.pick(tape, kind, a, tuple(axes), place, keep=False) if axes else a

    return rule


def _arg(place: Callable[..., Any]) -> Rule:
    def rule(tape: Tape, a: Any, *, axes: Any, index_dtype: Any, **_: Any) -> Any:
        found = np.asarray(place(wide(a.values) if isinstance(a, Numbers) else a, axis=axes[0])).astype(index_dtype)
        if isinstance(a, Numbers):
            choices.note(tape, "index", found, a)
        return found

    return rule


def _running(rule: Callable[[Tape, Numbers, int], Numbers]) -> Rule:
    def found(tape: Tape, a: Numbers, *, axis: int, reverse: bool = False, **_: Any) -> Numbers:
        turned = a.move(lambda x: np.flip(x, axis)) if reverse else a
        result = rule(tape, turned, axis)
        return result.move(lambda x: np.flip(x, axis)) if reverse else result

    return found


def convert(tape: Tape, a: Any, *, new_dtype: Any, **_: Any) -> Any:
    """To another dtype: a cast between formats, a constant made of an integer, an integer made of a number."""
    if isinstance(a, Numbers):
        if is_float(new_dtype):
            return fit(tape, a, new_dtype)
        with np.errstate(all="ignore"):
            found = wide(a.values).astype(new_dtype)
        choices.note(tape, "index", found, a)
        return found
    found = np.asarray(a).astype(new_dtype)
    return constant(tape, found) if is_float(new_dtype) else found


def reduce_precision(tape: Tape, a: Numbers, *, exponent_bits: int, mantissa_bits: int) -> Numbers:
    """Rounded to fewer bits and back."""
    import ml_dtypes

    known = {(8, 7): ml_dtypes.bfloat16, (5, 10): np.float16, (8, 23): np.float32, (11, 52): np.float64}
    dtype = known.get((exponent_bits, mantissa_bits))
    if dtype is None:
        raise NotImplementedError(f"reduce_precision to {exponent_bits} and {mantissa_bits} bits")
    return fit(tape, fit(tape, a, dtype), a.dtype)


def select_n(tape: Tape, which: Any, *cases: Any) -> Any:
    """One of several, elementwise; what decided was noted where it was computed."""
    which = np.asarray(which).astype(np.int64)
    if not isinstance(cases[0], Numbers):
        return np.choose(which, cases) if len(cases) <= 32 else np.take_along_axis(np.stack(cases), which[None], 0)[0]
    found = cases[0]
    for n, case in enumerate(cases[1:], 1):
        found = Numbers(np.where(which == n, case.values, found.values), np.where(which == n, case.ids, found.ids))
    return found


def dot_general(tape: Tape, a: Numbers, b: Numbers, *, dimension_numbers: Any, preferred_element_type: Any, **_: Any) -> Any:
    """Sums of products; batch axes first, then those of ``a``, then those of ``b``."""
    (mine, theirs), (batch, other) = dimension_numbers
    dtype = np.dtype(preferred_element_type or np.promote_types(a.dtype, b.dtype))
    letters = iter(LETTERS)
    labels = [next(letters) for _ in a.shape]
    others = [next(letters) for _ in b.shape]
    for one, two in zip((*mine, *batch), (*theirs, *other), strict=True):
        others[two] = labels[one]
    output = [labels[n] for n in batch]
    output += [x for n, x in enumerate(labels) if n not in (*mine, *batch)]
    output += [x for n, x in enumerate(others) if n not in (*theirs, *other)]
    at_least = np.promote_types(np.promote_types(a.dtype, b.dtype), dtype)
    a, b = fit(tape, a, at_least), fit(tape, b, at_least)
    computed = "fp32" if at_least.itemsize < 4 else ""
    found = sums.contract(tape, a, b, ("".join(labels), "".join(others)), "".join(output), computed=computed)
    return fit(tape, found, dtype)


def concatenate(tape: Tape, *parts: Any, dimension: int, **_: Any) -> Any:
    """One after another."""
    if not isinstance(parts[0], Numbers):
        return np.concatenate(parts, dimension)
    return Numbers(
        np.concatenate([x.values for x in parts], dimension), np.concatenate([x.ids for x in parts], dimension)
    )


def pad(tape: Tape, a: Any, filling: Any, *, padding_config: Any, **_: Any) -> Any:
    """With one element all around and between, or less of it."""
    shape, there, mine = moving.pad_places(a.shape, padding_config)

    def placed(x: Any, y: Any) -> Any:
        found = np.full(shape, y, x.dtype)
        found[there] = x[mine]
        return found

    if not isinstance(a, Numbers):
        return placed(a, filling)
    return Numbers(placed(a.values, filling.values), placed(a.ids, filling.ids))


def split(tape: Tape, a: Any, *, sizes: Any, axis: int) -> Any:
    """In parts of given sizes."""
    bounds = np.cumsum([int(n) for n in sizes])[:-1]
    if not isinstance(a, Numbers):
        return np.split(a, bounds, axis)
    parts = zip(np.split(a.values, bounds, axis), np.split(a.ids, bounds, axis), strict=True)
    return [Numbers(values, ids) for values, ids in parts]


def dynamic_slice(tape: Tape, a: Any, *indices: Any, slice_sizes: Any, **_: Any) -> Any:
    """A slice that begins where indices say."""
    place = moving.starts(a, slice_sizes, indices)
    return a.move(lambda x: x[place]) if isinstance(a, Numbers) else a[place]


def dynamic_update_slice(tape: Tape, a: Any, update: Any, *indices: Any, **_: Any) -> Any:
    """With another array in place of a slice."""
    place = moving.starts(a, update.shape, indices)

    def placed(x: Any, y: Any) -> Any:
        found = np.array(x)
        found[place] = y
        return found

    if not isinstance(a, Numbers):
        return placed(a, update)
    return Numbers(placed(a.values, update.values), placed(a.ids, update.ids))


def gather(tape: Tape, a: Any, indices: Any, **params: Any) -> Any:
    """Windows at indices; outside, the fill value."""
    at = gathered(a.shape, np.asarray(indices), params)

    def taken(x: Any) -> Any:
        return x.reshape(-1)[at.flat] if x.size else np.zeros(at.flat.shape, x.dtype)

    if not isinstance(a, Numbers):
        fill = params.get("fill_value")
        if fill is None:
            fill = np.iinfo(a.dtype).min if a.dtype.kind == "i" else np.iinfo(a.dtype).max if a.dtype.kind == "u" else True
        return np.where(at.inside, taken(a), np.asarray(fill).astype(a.dtype))
    found = a.move(taken)
    if at.inside.all():
        return found
    fill = params.get("fill_value")
    filling = repeated(tape, np.nan if fill is None else float(fill), found)
    return select_n(tape, at.inside, filling, found)


def _scatter(write: Callable[[Tape, Numbers, Any, Numbers], Numbers], plain: Any) -> Rule:
    def rule(tape: Tape, a: Any, indices: Any, updates: Any, **params: Any) -> Any:
        at = scattered(a.shape, np.asarray(indices), updates.shape, params)
        where = at.flat[at.inside]
        if not isinstance(a, Numbers):
            found = np.array(a).reshape(-1)
            plain(found, where, updates[at.inside])
            return found.reshape(a.shape)
        flat = a.move(np.ravel)
        return write(tape, flat, where, updates.move(lambda x: x[at.inside])).move(lambda x: x.reshape(a.shape))

    return rule


def _set_at(a: Any, where: Any, updates: Any) -> None:
    a[where] = updates


def sort(tape: Tape, *operands: Any, dimension: int, num_keys: int, **_: Any) -> Any:
    """By the first ``num_keys`` operands; not-a-numbers last."""
    keys = [wide(x.values) if isinstance(x, Numbers) else x for x in operands[:num_keys]]
    order = np.lexsort([np.moveaxis(key, dimension, -1) for key in keys[::-1]], axis=-1)
    order = np.moveaxis(order, -1, dimension)
    choices.note(tape, "sort", order, *(x for x in operands[:num_keys] if isinstance(x, Numbers)))

    def sorted_(x: Any) -> Any:
        return np.take_along_axis(x, order, dimension)

    return [x.move(sorted_) if isinstance(x, Numbers) else sorted_(x) for x in operands]


def top_k(tape: Tape, a: Any, *, k: int, axis: int = -1, **_: Any) -> Any:
    """The greatest, in order, and where they stood."""
    values = wide(a.values) if isinstance(a, Numbers) else a.astype(np.int64)
    order = np.argsort(-values, axis=axis, kind="stable")
    if isinstance(a, Numbers):  # not-a-numbers first
        order = np.lexsort([-np.moveaxis(values, axis, -1), ~np.isnan(np.moveaxis(values, axis, -1))], axis=-1)
        order = np.moveaxis(order, -1, axis)
    order = np.take(order, np.arange(k), axis)
    if not isinstance(a, Numbers):
        return [np.take_along_axis(a, order, axis), order.astype(np.int32)]
    choices.note(tape, "sort", order, a)
    return [a.move(lambda x: np.take_along_axis(x, order, axis)), order.astype(np.int32)]


def iota(tape: Tape, *, dtype: Any, shape: Any, dimension: int, **_: Any) -> Any:
    """0, 1, 2 … along an axis."""
    along = np.arange(shape[dimension]).reshape([-1 if n == dimension else 1 for n in range(len(shape))])
    found = np.broadcast_to(along.astype(dtype), shape)
    return constant(tape, found) if is_float(dtype) else found


def clamp(tape: Tape, low: Any, a: Any, high: Any, **_: Any) -> Any:
    """Between two bounds."""
    return choices.clamp(tape, low.to(a.shape), a, high.to(a.shape))


def integer_pow(tape: Tape, a: Numbers, *, y: int) -> Numbers:
    """A whole power."""
    return power(tape, a, float(y))


def pow_(tape: Tape, a: Numbers, b: Any, **_: Any) -> Numbers:
    """A power, of an integer exponent too."""
    return BINARY["pow"](tape, a, b if isinstance(b, Numbers) else constant(tape, b, a.dtype))


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "reduce_sum": lambda tape, a, axes, **_: sums.total(tape, a, tuple(axes)),
        "reduce_prod": lambda tape, a, axes, **_: sums.product(tape, a, tuple(axes)),
        "reduce_max": _reduce("max"),
        "reduce_min": _reduce("min"),
        "argmax": _arg(np.argmax),
        "argmin": _arg(np.argmin),
        "cumsum": _running(sums.running_total),
        "cumprod": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["mul"])),
        "cummax": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["max"])),
        "cummin": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["min"])),
        "cumlogsumexp": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["logaddexp"])),
        "convert_element_type": convert,
        "reduce_precision": reduce_precision,
        "select_n": select_n,
        "dot_general": dot_general,
        "concatenate": concatenate,
        "pad": pad,
        "split": split,
        "dynamic_slice": dynamic_slice,
        "dynamic_update_slice": dynamic_update_slice,
        "gather": gather,
        "scatter": _scatter(lambda tape, a, where, updates: places.put(a, where, updates), _set_at),
        "scatter-add": _scatter(places.add_at, np.add.at),
        "scatter-sub": _scatter(lambda *given: places.do_at(*given, BINARY["sub"]), np.subtract.at),
        "scatter-mul": _scatter(lambda *given: places.do_at(*given, BINARY["mul"]), np.multiply.at),
        "scatter-max": _scatter(lambda *given: places.do_at(*given, BINARY["max"]), np.maximum.at),
        "scatter-min": _scatter(lambda *given: places.do_at(*given, BINARY["min"]), np.minimum.at),
        "sort": sort,
        "top_k": top_k,
        "iota": iota,
        "clamp": clamp,
        "integer_pow": integer_pow,
        "pow": pow_,
        "optimization_barrier": lambda tape, *given, **_: list(given),
        "device_put": lambda tape, *given, **_: list(given),
    }
)
# Integers and truth values, run as they are.
PLAIN: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "add": np.add,
        "sub": np.subtract,
        "mul": np.multiply,
        "max": np.maximum,
        "min": np.minimum,
        "neg": np.negative,
        "abs": np.abs,
        "sign": np.sign,
        "and": np.bitwise_and,
        "or": np.bitwise_or,
        "xor": np.bitwise_xor,
        "not": np.invert,
        "rem": np.fmod,
        "clamp": lambda low, a, high: np.minimum(np.maximum(a, low), high),
        **{name: function for name, function in COMPARISONS.items() if name != "is_finite"},
    }
)
PLAIN_REDUCTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "reduce_sum": np.add,
        "reduce_prod": np.multiply,
        "reduce_max": np.maximum,
        "reduce_min": np.minimum,
        "reduce_and": np.bitwise_and,
        "reduce_or": np.bitwise_or,
        "reduce_xor": np.bitwise_xor,
    }
)
MOVING_RULES: Final = frozenset(
    {"select_n", "concatenate", "pad", "split", "dynamic_slice", "dynamic_update_slice", "gather", "sort", "top_k",
     "iota", "argmax", "argmin", "convert_element_type", "optimization_barrier", "device_put",
     *(name for name in RULES if name.startswith("scatter"))}
)  # fmt: skip
