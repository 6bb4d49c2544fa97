"""Arithmetic of single numbers."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_torch.choices import chosen
from attnproof.verify.recording.in_torch.writer import RULES, Writer, rule
from attnproof.verify.recording.recording import Ids, Values

UNARY: Final = [
    "neg",
    "reciprocal",
    "sqrt",
    "rsqrt",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log1p",
    "tanh",
    "sigmoid",
    "sin",
    "cos",
    "erf",
    "sinh",
    "cosh",
]


def _unary(name: str) -> None:
    RULES[name] = lambda w, x: w.last(name, w.of(x))


for _name in UNARY:
    _unary(_name)
RULES["special_erf"], RULES["special_expm1"], RULES["special_exp2"] = RULES["erf"], RULES["expm1"], RULES["exp2"]


def _scaled(w: Writer, x: Ids, alpha: Any) -> Ids:
    return x if alpha == 1 else w.op("mul", x, w.of(alpha))


@rule("add")
def _add(w: Writer, x: Any, y: Any, alpha: Any = 1) -> Ids:
    """Where one is a 0 that memory was filled with, the sum is the other (x + 0 is x in every format): no operation."""
    first, second = w.of(x), _scaled(w, w.of(y), alpha)
    left, right = (np.broadcast_to(ids == w.zero(), w.shape) for ids in (first, second))
    if not (left.any() or right.any()) or not (w.same_format(x) and w.same_format(y)):
        return w.last("add", first, second)
    first, second = (np.broadcast_to(ids, w.shape) for ids in (first, second))
    out, rest = np.where(left, second, first), ~(left | right)
    if rest.any():
        out[rest] = w.op("add", first[rest], second[rest])
    return out


@rule("sub", "subtract")
def _sub(w: Writer, x: Any, y: Any, alpha: Any = 1) -> Ids:
    return w.last("sub", w.of(x), _scaled(w, w.of(y), alpha))


@rule("rsub")
def _rsub(w: Writer, x: Any, y: Any, alpha: Any = 1) -> Ids:
    return w.last("sub", w.of(y), _scaled(w, w.of(x), alpha))


@rule("mul", "multiply")
def _mul(w: Writer, x: Any, y: Any) -> Ids:
    return w.last("mul", w.of(x), w.of(y))


@rule("div", "divide", "true_divide")
def _div(w: Writer, x: Any, y: Any, rounding_mode: str | None = None) -> Ids:
    if rounding_mode is None:
        return w.last("div", w.of(x), w.of(y))
    return chosen(w, "round", np.concatenate([w.of(x).ravel(), w.of(y).ravel()]))


@rule("floor", "ceil", "round", "trunc", "fix", "sign", "floor_divide")
def _stepped(w: Writer, *numbers: Any, **_: Any) -> Ids:
    """Piecewise constant: a choice by value."""
    return chosen(w, "round", np.concatenate([w.of(x).ravel() for x in numbers]))


@rule("remainder", "fmod")
def _remainder(w: Writer, x: Any, y: Any) -> Ids:
    """What is left of x, x − n y with a whole number n, which is a choice by value."""
    first, second = w.of(x), w.of(y)
    whole = np.rint((w.values(first) - w.found(0)) / w.values(second))
    w.choose("round", np.concatenate([first.ravel(), second.ravel()]), whole)
    return w.op("sub", first, w.op("mul", w.constant(whole), second))


@rule("square")
def _square(w: Writer, x: Any) -> Ids:
    return w.last("mul", w.of(x), w.of(x))


@rule("log10")
def _log10(w: Writer, x: Any) -> Ids:
    return w.op("div", w.op("log", w.of(x)), w.constant(math.log(10)))


@rule("erfc", "special_erfc")
def _erfc(w: Writer, x: Any) -> Ids:
    return w.op("sub", w.constant(1.0), w.op("erf", w.of(x)))


@rule("tan")
def _tan(w: Writer, x: Any) -> Ids:
    return w.op("div", w.op("sin", w.of(x)), w.op("cos", w.of(x)))


@rule("pow", "float_power")
def _pow(w: Writer, x: Any, y: Any) -> Ids:
    """Constant exponents are powers, but of a positive constant: such exponents are computed, with errors of their own.
    So that is an exponential, as of every constant base; else e^(y · ln x).
    """
    exponents = np.asarray(y, np.float64) if isinstance(y, int | float) else None
    if exponents is None and w.tape.constants(ids := w.of(y)):
        exponents = w.values(ids)
        base = w.of(x)
        if w.tape.constants(base) and np.all(w.values(base) > 0.0) and not np.all(exponents == np.round(exponents)):
            return w.op("exp", w.op("mul", ids, w.op("log", base)))
    if exponents is not None:
        return _powers(w, w.of(x), exponents)
    if isinstance(x, int | float):
        if x == 2:
            return w.last("exp2", w.of(y))
        return w.op("exp", w.op("mul", w.of(y), w.constant(math.log(x) if x > 0 else math.nan)))
    return w.op("exp", w.op("mul", w.of(y), w.op("log", w.of(x))))


def _powers(w: Writer, x: Ids, exponents: Values) -> Ids:
    """Each its own power: of negative numbers too."""
    x, exponents = np.broadcast_arrays(x, exponents)  # 10000 ** (one exponent) has its shape
    different = np.unique(exponents)
    if len(different) == 1:
        return w.last("mul", x, x) if different[0] == 2 else w.last("power", x, exponent=float(different[0]))
    out = np.empty(x.shape, np.int64)
    for exponent in different:
        here = exponents == exponent
        out[here] = w.op("power", x[here], exponent=float(exponent))
    return out


@rule("addcmul")
def _addcmul(w: Writer, x: Any, y: Any, z: Any, value: Any = 1) -> Ids:
    return w.op("add", w.of(x), _scaled(w, w.op("mul", w.of(y), w.of(z)), value))


@rule("addcdiv")
def _addcdiv(w: Writer, x: Any, y: Any, z: Any, value: Any = 1) -> Ids:
    return w.op("add", w.of(x), _scaled(w, w.op("div", w.of(y), w.of(z)), value))


@rule("lerp")
def _lerp(w: Writer, x: Any, y: Any, weight: Any) -> Ids:
    return w.op("add", w.of(x), w.op("mul", w.of(weight), w.op("sub", w.of(y), w.of(x))))


@rule("tanh_backward")
def _tanh_backward(w: Writer, seed: Any, y: Any) -> Ids:
    slope = w.op("sub", w.constant(1.0), w.op("mul", w.of(y), w.of(y)))
    return w.op("mul", w.of(seed), slope)


@rule("sigmoid_backward")
def _sigmoid_backward(w: Writer, seed: Any, y: Any) -> Ids:
    slope = w.op("mul", w.op("sub", w.constant(1.0), w.of(y)), w.of(y))
    return w.op("mul", w.of(seed), slope)
