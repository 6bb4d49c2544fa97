"""Replays a recording in float64 on other inputs, operation by operation: what a recording means."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from attnproof.verify.recording.recording import Operation, Recording

ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "cast": lambda a: a,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "reciprocal": np.reciprocal,
    "fma": lambda a, b, c: a * b + c,
    "sqrt": np.sqrt,
    "rsqrt": lambda a: 1 / np.sqrt(a),
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "log": np.log,
    "log2": np.log2,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "sin": np.sin,
    "cos": np.cos,
    "erf": np.vectorize(math.erf, otypes=[float]),
    "sinh": np.sinh,
    "cosh": np.cosh,
    "matmul": np.matmul,
}


def replayed(recording: Recording, *calls: Mapping[str, Any]) -> list[dict[str, np.ndarray]]:
    """Every call's results, where call number n is handed ``calls[n]`` (arrays by name, cotangents included); what is
    not given there stays as it was recorded. Casts are identities.
    """
    values = recording.values.copy()
    given = {}
    for call, arrays in zip(recording.calls, calls, strict=False):
        ids = {**call.inputs, **call.seeds}
        given |= {int(i): v for n, a in arrays.items() for i, v in zip(ids[n].flat, np.asarray(a).flat, strict=True)}
    with np.errstate(all="ignore"):
        for operation in recording.operations:
            _check(operation)
            if operation.name == "input":
                for i in operation.output.flat:
                    values[i] = given.get(int(i), values[i])
            elif operation.name not in ("constant", "opaque"):
                inputs = tuple(values[ids] for ids in operation.inputs)
                result = np.asarray(_result(operation, inputs))
                assert result.shape == operation.output.shape, (operation.name, result.shape, operation.output.shape)
                values[operation.output] = result
    return [{name: values[ids] for name, ids in call.results.items()} for call in recording.calls]


def _check(operation: Operation) -> None:
    """What the language says about shapes, and that elements are defined before they are used."""
    shape = operation.output.shape
    if operation.name in ELEMENTWISE and operation.name != "matmul":
        assert all(ids.shape == shape for ids in operation.inputs), operation.name
    first = operation.output.min(initial=np.iinfo(np.int64).max)
    assert all(ids.max(initial=-1) < first for ids in operation.inputs), operation.name
    assert len(np.unique(operation.output)) == operation.output.size, operation.name


def _result(operation: Operation, inputs: tuple[np.ndarray, ...]) -> Any:
    name, attributes = operation.name, operation.attributes
    if name in ELEMENTWISE:
        return ELEMENTWISE[name](*inputs)
    (a,) = inputs
    if name == "power":
        return a ** attributes["exponent"]
    if name == "sum":
        return a.sum(attributes["axes"])
    if name == "product":
        return a.prod(attributes["axes"])
    if name == "cumsum":
        return a.cumsum(attributes["axis"])
    if name == "segment_sum":
        return np.bincount(attributes["segments"].ravel(), a.ravel(), minlength=operation.output.size)
    raise AssertionError(name)
