"""The operations of the language in fp64: the values of what a library computes inside and keeps to itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.recording import Values

_erf: Callable[[Values], Values] = np.vectorize(math.erf, otypes=[np.float64])


def _segment_sum(a: Values, segments: Any, size: int) -> Values:
    """Sums of the entries of ``a`` that have the same segment."""
    return np.asarray(np.bincount(np.ravel(segments), np.ravel(a), size) if a.size else np.zeros(size), np.float64)


def _sigmoid(a: Values) -> Values:
    return np.exp(-np.logaddexp(0.0, -a))


_RULES: Final[Mapping[str, Callable[..., Values]]] = MappingProxyType(
    {
        "cast": lambda a: a,
        "add": lambda a, b, begun=0: a + b,  # noqa: ARG005 - begun says how it was rounded
        "sub": np.subtract,
        "mul": np.multiply,
        "div": np.divide,
        "neg": np.negative,
        "reciprocal": lambda a: 1 / a,
        "fma": lambda a, b, c: a * b + c,
        "power": lambda a, exponent: np.power(a, float(exponent)),
        "sqrt": np.sqrt,
        "rsqrt": lambda a: 1 / np.sqrt(a),
        "exp": np.exp,
        "exp2": np.exp2,
        "expm1": np.expm1,
        "log": np.log,
        "log2": np.log2,
        "log1p": np.log1p,
        "tanh": np.tanh,
        "sigmoid": _sigmoid,
        "sin": np.sin,
        "cos": np.cos,
        "erf": _erf,
        "sinh": np.sinh,
        "cosh": np.cosh,
        "sum": lambda a, axes: np.sum(a, axis=tuple(axes)),
        "cumsum": lambda a, axis: np.cumsum(a, axis=axis),
        "product": lambda a, axes: np.prod(a, axis=tuple(axes)),
        "matmul": np.matmul,
        "segment_sum": _segment_sum,
    }
)


def compute(name: str, *inputs: Values, **attributes: Any) -> Values:
    """What an operation of ``LANGUAGE`` makes of values, in fp64.

    inputs  arrays of float64, already broadcast as the language says
    ``segment_sum`` takes ``size``, the number of segments, beside its attribute.
    """
    if name not in _RULES:
        raise ValueError(f"operation {name!r} has no values of its own; known: {', '.join(_RULES)}")
    with np.errstate(all="ignore"):
        return np.asarray(_RULES[name](*inputs, **attributes), np.float64)
