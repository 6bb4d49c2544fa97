"""A recording played again in fp64 with other numbers: what its operations say must be what the program does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from attnproof.verify.recording.recording import Operation, Recording

RULES: dict[str, Any] = {
    "cast": lambda a: a,
    "add": lambda a, b, begun=0: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "reciprocal": lambda a: 1 / a,
    "fma": lambda a, b, c: a * b + c,
    "power": lambda a, exponent: a**exponent,
    "sqrt": np.sqrt,
    "rsqrt": lambda a: a**-0.5,
    "exp": np.exp,
    "exp2": lambda a: 2.0**a,
    "expm1": np.expm1,
    "log": np.log,
    "log2": np.log2,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": lambda a: 0.5 + 0.5 * np.tanh(a / 2),
    "sin": np.sin,
    "cos": np.cos,
    "erf": np.vectorize(math.erf, otypes=[float]),
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sum": lambda a, axes: a.sum(axis=axes),
    "cumsum": lambda a, axis: a.cumsum(axis=axis),
    "product": lambda a, axes: a.prod(axis=axes),
    "matmul": lambda a, b: a @ b,
}


def played(recording: Recording, given: Mapping[tuple[int, str], Any]) -> list[dict[str, Any]]:
    """The results of every call, from new numbers for its inputs and seeds, by call and name, in fp64.

    What is opaque keeps the values seen. Every element must be defined once, before it is used.
    """
    store = np.full(recording.elements, np.nan)
    known = np.zeros(recording.elements, bool)
    for (call, name), value in given.items():
        ids = {**recording.calls[call].inputs, **recording.calls[call].seeds}[name]
        store[ids] = value
    for operation in recording.operations:
        assert not known[operation.output].any(), f"defined twice: {operation.name} of {operation.library}"
        assert len(np.unique(operation.output)) == operation.output.size
        for ids in operation.inputs:
            assert known[ids].all(), f"used before it is defined: {operation.name} of {operation.library}"
        known[operation.output] = True
        if operation.name != "input":
            store[operation.output] = _value(operation, store, recording)
    return [{name: store[ids] for name, ids in call.results.items()} for call in recording.calls]


def _value(operation: Operation, store: Any, recording: Recording) -> Any:
    if operation.name in {"constant", "opaque"}:
        return recording.values[operation.output]
    inputs = [store[ids] for ids in operation.inputs]
    if operation.name == "segment_sum":
        out = np.zeros(operation.output.shape)
        np.add.at(out, operation.attributes["segments"].ravel(), inputs[0].ravel())
        return out
    if operation.name not in {"sum", "cumsum", "product", "matmul"}:
        assert all(value.shape == operation.output.shape for value in inputs), operation.name
    with np.errstate(all="ignore"):
        found = RULES[operation.name](*inputs, **operation.attributes)
    assert found.shape == operation.output.shape, f"{operation.name} of {operation.library}: {found.shape}"
    return found
