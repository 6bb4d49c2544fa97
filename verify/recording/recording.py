"""A recording: what a program did with every number, operation by operation, in one small language for all libraries.

Every number that a program makes is an *element* and has an element number, for the whole recording: several calls,
forward and backward. What only moves numbers (views, transposes, copies, gathers, slices, concatenation, writes in
place, and every choice that was made by value: ``where``, ``max``, ``clamp``, ``sort``) is no operation: it is a matter
of which element numbers stand where. So an alias, a stride or a stale buffer needs no rule anywhere.

A recording is of one path: choices by value are those that the program made at these numbers (``Recording.choices``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

# name -> what it computes, given its inputs a, b …; ``(…)`` are the operation's attributes. Inputs have been broadcast:
# elementwise, all have the output's shape.
LANGUAGE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "input": "an array handed over (name, call)",
        "constant": "numbers that the program brought itself: literals, parameters, buffers (name, where it is known)",
        "opaque": "what no rule covers (called): nothing is known of it but the values seen",
        "cast": "a, rounded to another format",
        "add": "a + b; (begun), where it is said: of how many products b is the sum, which a may have begun",
        "sub": "a − b",
        "mul": "a · b",
        "div": "a / b",
        "neg": "−a",
        "reciprocal": "1 / a",
        "fma": "a · b + c, rounded once",
        "power": "a ^ (exponent), a real constant",
        "sqrt": "√a",
        "rsqrt": "1 / √a",
        "exp": "e^a",
        "exp2": "2^a",
        "expm1": "e^a − 1",
        "log": "ln a",
        "log2": "log₂ a",
        "log1p": "ln(1 + a)",
        "tanh": "tanh a",
        "sigmoid": "1 / (1 + e^−a)",
        "sin": "sin a",
        "cos": "cos a",
        "erf": "erf a",
        "sinh": "sinh a",
        "cosh": "cosh a",
        "sum": "Σ a over (axes), a tuple; the output's shape is a's without them",
        "cumsum": "running sums of a along (axis)",
        "product": "Π a over (axes)",
        "matmul": "Σ_k a[…, i, k] · b[…, k, j]; leading axes are those of the output",
        "segment_sum": "output[s] = Σ of a where (segments) is s; a and segments have one shape, the output is flat",
    }
)


class NotReadError(ValueError):
    """The program cannot be recorded; the message says why."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation on arrays of elements.

    name        of ``LANGUAGE``
    inputs      element numbers, in the shapes that the language says
    output      the element numbers that it defines, each once in a recording
    attributes  what the language names in brackets
    dtype       the format of the result as stored: ``fp64``, ``fp32``, ``bf16``, ``fp16``, or another's own name
    computed    the format it is computed, and sums are accumulated, in (a sum in fp16 on the CPU: fp32)
    library     what was called, ``aten.softmax.int``: for messages
    where       ``file.py:12`` of the target's own code, innermost; empty where it is not known (backward of a library)
    """

    name: str
    inputs: tuple[Ids, ...]
    output: Ids
    attributes: Mapping[str, Any] = field(default_factory=dict)
    dtype: str = "fp64"
    computed: str = "fp64"
    library: str = ""
    where: str = ""

    def __post_init__(self) -> None:
        if self.name not in LANGUAGE:
            raise ValueError(f"unknown operation {self.name!r}; known: {', '.join(LANGUAGE)}")


@dataclass(frozen=True, eq=False)
class Call:
    """One call of the target in a recording.

    inputs   name of an array handed over -> its elements, in our shapes
    seeds    name of a cotangent handed over (``grad_context``) -> its elements
    results  quantity (``context``, ``grad.query`` …) -> its elements, in our shapes, as they were when the call
             returned
    """

    inputs: Mapping[str, Ids]
    seeds: Mapping[str, Ids]
    results: Mapping[str, Ids]


@dataclass(frozen=True, eq=False)
class Choice:
    """A choice made by value: a comparison, the place of a maximum, the bounds of a clamp, an index computed from data.

    kind      ``compare``, ``max``, ``clamp``, ``sort``, ``index`` …
    depends   the elements whose values decided
    outcome   what was decided, as an array of integers or booleans: two runs with other numbers are of the same path
              where all outcomes are equal
    """

    kind: str
    depends: Ids
    outcome: npt.NDArray[Any]
    where: str = ""


@dataclass(frozen=True, eq=False)
class Recording:
    """What happened.

    operations  in the order in which they happened; every element is defined by one of them before it is used
    calls       in order
    values      element number -> the value that the program had there (float64; formats' values are exact in it);
                for what a library keeps to itself (the exponentials inside a softmax), computed here in fp64
    choices     in order
    left        what left the library (``.item()``, ``.numpy()``, ``tolist``, ``data_ptr``): words with ``file:line``,
                and the elements that left
    unread      what was called and has no rule: name -> number of calls
    kept        which elements a library kept to itself, so that their values are not its own; None: not known of any
    """

    operations: tuple[Operation, ...]
    calls: tuple[Call, ...]
    values: Values
    choices: tuple[Choice, ...] = ()
    left: tuple[tuple[str, Ids], ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    kept: npt.NDArray[np.bool_] | None = None

    @property
    def elements(self) -> int:
        """How many there are."""
        return len(self.values)

    @cached_property
    def used(self) -> npt.NDArray[np.bool_]:
        """The elements that an operation or a result has need of."""
        used = np.zeros(self.elements, bool)
        for operation in self.operations:
            for ids in operation.inputs:
                used[ids] = True
        for call in self.calls:
            for ids in call.results.values():
                used[ids] = True
        return used

    def rounds(self, operation: Operation) -> bool:
        """Whether it may round: not a copy that has its source's values, nor numbers of few bits, nor what nothing is
        made of.
        """
        values = self.values[operation.output]
        if operation.name == "constant":
            few = np.float64(np.asarray(values[self.used[operation.output]], np.float16))
            return not np.array_equal(few, values[self.used[operation.output]], equal_nan=True)
        same = operation.name == "cast" and np.array_equal(values, self.values[operation.inputs[0]], equal_nan=True)
        return operation.name != "input" and not same and bool(self.used[operation.output].any())
