"""A recording in the exponential ring: the elements of every operation, from those of the arrays handed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.derivations.ring import Elements, Ring, Store
from attnproof.verify.recording.recording import LANGUAGE, Ids, Operation, Recording

Rule = Callable[..., Elements]


def _power(base: Elements, exponent: float) -> Elements:
    return base.power(Fraction(exponent))


# Every operation of the language but those that bring elements: ``input``, ``constant``, ``opaque``. A cast is no
# change: rounding is another question.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "cast": lambda a: a,
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "neg": lambda a: -a,
        "reciprocal": lambda a: a.reciprocal(),
        "fma": lambda a, b, c: a * b + c,
        "power": _power,
        "sum": lambda a, axes: a.sum(axes),
        "product": lambda a, axes: a.prod(axes),
        "cumsum": lambda a, axis: a.cumsum(axis),
        "matmul": lambda a, b: a @ b,
        **{
            name: (lambda a, name=name: getattr(a, name)())
            for name in (
                *("exp", "exp2", "expm1", "log", "log2", "log1p", "tanh", "sigmoid", "sinh", "cosh", "sqrt", "rsqrt"),
                *("sin", "cos", "erf"),
            )
        },
    }
)
BRING: Final = ("input", "constant", "opaque", "segment_sum")
assert set(RULES) | set(BRING) == set(LANGUAGE)


def evaluated(
    recording: Recording,
    ring: Ring,
    given: Sequence[tuple[Ids, Elements]],
    unknown: Collection[int] = (),
) -> Store:
    """Every element of the recording in the ring.

    given    the arrays handed over: element numbers, and what they are, in the same shape
    unknown  elements that are constants in the recording only: nothing may follow from them (``undecided``)
    """
    store = ring.store(recording.elements)
    for operation in recording.operations:
        if operation.name in ("input", "constant"):
            store.put(operation.output, ring.constant(recording.values[operation.output], operation.dtype))
        if operation.name == "input":
            for ids, elements in given:
                store.put(ids, elements)  # an array is announced before it is used; once more does no harm
        elif operation.name == "opaque":
            store.put(operation.output, ring.undecided(operation.output.shape))
        elif operation.name != "constant":
            store.put(operation.output, _applied(ring, operation, [store.take(ids) for ids in operation.inputs]))
        if unknown:
            lost = np.isin(operation.output, np.fromiter(unknown, np.int64))
            if lost.any():
                store.put(operation.output[lost], ring.undecided((int(lost.sum()),)))
    return store


def _applied(ring: Ring, operation: Operation, inputs: list[Elements]) -> Elements:
    attributes: dict[str, Any] = dict(operation.attributes)
    if operation.name == "segment_sum":
        return ring.segment_sum(inputs[0], attributes["segments"], operation.output.size)
    return RULES[operation.name](*inputs, **attributes)
