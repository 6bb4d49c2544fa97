"""Elementwise functions of real numbers, by the names that NumPy or JAX give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.rules import choices
from attnproof.verify.recording.rules.choices import absolute, maximum, minimum, note, steps
from attnproof.verify.recording.rules.numbers import Numbers, constant, repeated, where, wide, write
from attnproof.verify.recording.tape import Tape

Rule = Callable[..., Numbers]
_erf = np.vectorize(math.erf, otypes=[np.float64])


def _sigmoid(a: Any) -> Any:
    return np.where(a >= 0, 1, np.exp(-np.abs(a))) / (1 + np.exp(-np.abs(a)))


def _plain(name: str, function: Callable[..., Any]) -> Rule:
    """A rule that writes one operation."""
    return lambda tape, *operands: write(tape, name, function, *operands)


def _then(tape: Tape, a: Numbers, operation: str, number: float) -> Numbers:
    """``a`` and a constant."""
    return BINARY[operation](tape, a, repeated(tape, number, a))


def square(tape: Tape, a: Numbers) -> Numbers:
    """``a · a``."""
    return BINARY["mul"](tape, a, a)


def power(tape: Tape, a: Numbers, exponent: float) -> Numbers:
    """``a`` to a power that the program says."""
    if exponent == 0:
        return repeated(tape, 1.0, a)
    if exponent == 1:
        return a
    known = {2.0: "square", -1.0: "reciprocal", 0.5: "sqrt", -0.5: "rsqrt"}
    if exponent in known:
        return UNARY[known[exponent]](tape, a)
    return write(tape, "power", lambda x: np.power(x, np.asarray(exponent, x.dtype)), a, exponent=float(exponent))


def pow_(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """``a ^ b``: a power where ``b`` is one constant, 2^b and e^b where ``a`` is; else ``exp(b ln a)``."""
    shape = np.broadcast_shapes(a.shape, b.shape)
    if tape.constants(b.ids):
        exponents = np.unique(wide(b.values))
        if len(exponents) == 1:
            return power(tape, a, float(exponents[0])).to(shape)
    if tape.constants(a.ids):
        bases = np.unique(wide(a.values))
        if len(bases) == 1 and bases[0] == 2:
            return UNARY["exp2"](tape, b).to(shape)
        if len(bases) == 1 and bases[0] == wide(np.asarray(math.e, a.dtype)):
            return UNARY["exp"](tape, b).to(shape)
    return UNARY["exp"](tape, BINARY["mul"](tape, b, UNARY["log"](tape, a)))


def logaddexp(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """``ln(e^a + e^b) = m + ln(1 + e^−|a − b|)`` with the greater m; the same infinity where both are it."""
    shape = np.broadcast_shapes(a.shape, b.shape)
    top, low = maximum(tape, a, b).to(shape), minimum(tape, a, b).to(shape)
    tail = UNARY["log1p"](tape, UNARY["exp"](tape, BINARY["sub"](tape, low, top)))
    return where(np.isinf(wide(top.values)), top, BINARY["add"](tape, top, tail))


def logaddexp2(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """``log₂(2^a + 2^b)``, as ``logaddexp``."""
    shape = np.broadcast_shapes(a.shape, b.shape)
    top, low = maximum(tape, a, b).to(shape), minimum(tape, a, b).to(shape)
    ratio = UNARY["exp2"](tape, BINARY["sub"](tape, low, top))
    tail = UNARY["log2"](tape, _then(tape, ratio, "add", 1.0))
    return where(np.isinf(wide(top.values)), top, BINARY["add"](tape, top, tail))


def remainder(tape: Tape, a: Numbers, b: Numbers, whole: Callable[..., Any] = np.floor) -> Numbers:
    """``a − n b`` with the whole number n that ``floor``, or ``trunc``, makes of ``a / b``."""
    count = steps(tape, lambda x, y: whole(x / y), *_same(a, b))
    return BINARY["sub"](tape, a, BINARY["mul"](tape, count, b))


def copysign(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """``a`` or ``−a``, with the sign of ``b``."""
    other = np.signbit(wide(a.values)) != np.signbit(wide(b.values))
    note(tape, "compare", other, a, b)
    return choices.opposite(tape, a.to(other.shape), other)


def heaviside(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """0, 1, or ``b`` at 0."""
    found = steps(tape, np.sign, a)
    sign = wide(found.values)
    shape = np.broadcast_shapes(a.shape, b.shape)
    step = constant(tape, np.where(np.isnan(sign), np.nan, sign > 0).astype(a.dtype))
    return where(sign == 0, b.to(shape), step.to(shape))


def xlogy(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """``a ln b``, and 0 where ``a`` is 0."""
    zero = choices.compare(tape, lambda x: x == 0, a)
    found = BINARY["mul"](tape, a, UNARY["log"](tape, b))
    return where(np.broadcast_to(zero, found.shape), repeated(tape, 0.0, found), found)


def _same(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    shape = np.broadcast_shapes(a.shape, b.shape)
    return a.to(shape), b.to(shape)


def _tan(tape: Tape, a: Numbers) -> Numbers:
    return BINARY["div"](tape, UNARY["sin"](tape, a), UNARY["cos"](tape, a))


def _atanh(tape: Tape, a: Numbers) -> Numbers:
    more, less = UNARY["log1p"](tape, a), UNARY["log1p"](tape, UNARY["neg"](tape, a))
    return _then(tape, BINARY["sub"](tape, more, less), "mul", 0.5)


def _hypot(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    return UNARY["sqrt"](tape, BINARY["add"](tape, square(tape, a), square(tape, b)))


def _erfc(tape: Tape, a: Numbers) -> Numbers:
    return BINARY["sub"](tape, repeated(tape, 1.0, a), UNARY["erf"](tape, a))


def _log_sigmoid(tape: Tape, a: Numbers) -> Numbers:
    return UNARY["log"](tape, UNARY["sigmoid"](tape, a))


UNARY: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "neg": _plain("neg", np.negative),
        "reciprocal": _plain("reciprocal", np.reciprocal),
        "sqrt": _plain("sqrt", np.sqrt),
        "rsqrt": _plain("rsqrt", lambda a: 1 / np.sqrt(a)),
        "cbrt": lambda tape, a: write(tape, "power", np.cbrt, a, exponent=1 / 3),
        "square": square,
        "exp": _plain("exp", np.exp),
        "exp2": _plain("exp2", np.exp2),
        "expm1": _plain("expm1", np.expm1),
        "log": _plain("log", np.log),
        "log2": _plain("log2", np.log2),
        "log10": lambda tape, a: _then(tape, UNARY["log"](tape, a), "mul", 1 / math.log(10)),
        "log1p": _plain("log1p", np.log1p),
        "tanh": _plain("tanh", np.tanh),
        "sigmoid": _plain("sigmoid", _sigmoid),
        "log_sigmoid": _log_sigmoid,
        "sin": _plain("sin", np.sin),
        "cos": _plain("cos", np.cos),
        "tan": _tan,
        "erf": _plain("erf", _erf),
        "erfc": _erfc,
        "sinh": _plain("sinh", np.sinh),
        "cosh": _plain("cosh", np.cosh),
        "atanh": _atanh,
        "abs": absolute,
        "sign": lambda tape, a: steps(tape, np.sign, a),
        "floor": lambda tape, a: steps(tape, np.floor, a, kind="round"),
        "ceil": lambda tape, a: steps(tape, np.ceil, a, kind="round"),
        "trunc": lambda tape, a: steps(tape, np.trunc, a, kind="round"),
        "round": lambda tape, a: steps(tape, np.rint, a, kind="round"),
    }
)
BINARY: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "add": _plain("add", np.add),
        "sub": _plain("sub", np.subtract),
        "mul": _plain("mul", np.multiply),
        "div": _plain("div", np.divide),
        "pow": pow_,
        "max": maximum,
        "min": minimum,
        "fmax": choices.fmax,
        "fmin": choices.fmin,
        "logaddexp": logaddexp,
        "logaddexp2": logaddexp2,
        "remainder": remainder,
        "fmod": partial(remainder, whole=np.trunc),
        "floor_divide": lambda tape, a, b: steps(tape, np.floor_divide, *_same(a, b), kind="round"),
        "copysign": copysign,
        "heaviside": heaviside,
        "hypot": _hypot,
        "xlogy": xlogy,
    }
)
