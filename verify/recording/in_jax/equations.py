"""What JAX's primitives are in the language of recordings, but for those that only move or that hold programs.

A rule takes the tape, the operands and the primitive's parameters. Operands and results are ``Numbers`` where they are
floating-point, else plain NumPy arrays: integers and truth values are what they are in this run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from jax._src import core

from attnproof.verify.recording.in_jax.places import along_axis
from attnproof.verify.recording.in_jax.placing import PLACING
from attnproof.verify.recording.rules import choices, sums
from attnproof.verify.recording.rules.elementwise import BINARY, UNARY, power
from attnproof.verify.recording.rules.numbers import Numbers, constant, fit, is_float, wide
from attnproof.verify.recording.tape import Tape

Rule = Callable[..., Any]
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

FLOAT_UNARY: Final = MappingProxyType(
    {name: name for name in UNARY if name not in {"sigmoid", "atanh", "reciprocal", "trunc"}}
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


def accumulated(dtype: Any) -> str:
    """The format in which XLA on the CPU sums numbers of a format: fp32 for narrower ones (not in ``scatter-add``)."""
    return "fp32" if np.dtype(dtype).itemsize < 4 else ""


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


def reduce_precision(tape: Tape, a: Numbers, *, exponent_bits: int, mantissa_bits: int) -> Any:
    """Rounded to fewer bits and back."""
    import ml_dtypes

    known = {(8, 7): ml_dtypes.bfloat16, (5, 10): np.float16, (8, 23): np.float32, (11, 52): np.float64}
    dtype = known.get((exponent_bits, mantissa_bits))
    if dtype is None:
        return NotImplemented
    return fit(tape, fit(tape, a, dtype), a.dtype)


def _together(name: str) -> Rule:
    """What ``vmap`` makes of a reduction over its named axis: over axes by number. A named one has one element."""

    def rule(tape: Tape, a: Numbers, *, axes: Any, axis_index_groups: Any = None, **_: Any) -> Any:
        numbered = tuple(n for n in axes if isinstance(n, int))
        sizes = [core.get_axis_env().axis_size(n) for n in axes if not isinstance(n, int)]
        if axis_index_groups is not None or any(size != 1 for size in sizes):
            return NotImplemented
        return RULES[name](tape, a, axes=numbered)

    return rule


def dot_general(
    tape: Tape, a: Numbers, b: Numbers, *, dimension_numbers: Any, preferred_element_type: Any, **_: Any
) -> Any:
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
    texts = ("".join(labels), "".join(others))
    found = sums.contract(tape, a, b, texts, "".join(output), computed=accumulated(at_least))
    return fit(tape, found, dtype)


def iota(tape: Tape, *, dtype: Any, shape: Any, dimension: int, **_: Any) -> Any:
    """0, 1, 2 … along an axis."""
    along = along_axis(shape[dimension], dimension, len(shape))
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
        "reduce_sum": lambda tape, a, axes, **_: sums.total(tape, a, tuple(axes), computed=accumulated(a.dtype)),
        "reduce_prod": lambda tape, a, axes, **_: sums.product(tape, a, tuple(axes), computed=accumulated(a.dtype)),
        "reduce_max": _reduce("max"),
        "reduce_min": _reduce("min"),
        "cumsum": _running(lambda tape, a, axis: sums.running_total(tape, a, axis, computed=accumulated(a.dtype))),
        "cumprod": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["mul"])),
        "cummax": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["max"])),
        "cummin": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["min"])),
        "cumlogsumexp": _running(lambda tape, a, axis: sums.running_by(tape, a, axis, BINARY["logaddexp"])),
        "psum": _together("reduce_sum"),
        "psum_invariant": _together("reduce_sum"),
        "pmax": _together("reduce_max"),
        "pmin": _together("reduce_min"),
        "reduce_precision": reduce_precision,
        "dot_general": dot_general,
        "clamp": clamp,
        "integer_pow": integer_pow,
        "pow": pow_,
    }
)
# Of integers and truth values too.
ANY_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        **PLACING,
        "argmax": _arg(np.argmax),
        "argmin": _arg(np.argmin),
        "convert_element_type": convert,
        "iota": iota,
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
