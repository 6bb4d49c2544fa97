"""Numbers of a program beside their element numbers, as the rules of NumPy and JAX take and give them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import TYPES
from attnproof.verify.recording.recording import Ids
from attnproof.verify.recording.tape import Tape

OURS: Final = MappingProxyType({theirs: ours for ours, theirs in TYPES.items()})
FP32: Final = np.dtype(np.float32)


@dataclass(frozen=True, eq=False)
class Numbers:
    """Floating-point numbers.

    values  as the program has them, in its own dtype
    ids     their element numbers, in the same shape
    """

    values: npt.NDArray[Any]
    ids: Ids

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return self.ids.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The program's dtype."""
        return self.values.dtype

    def move(self, how: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> Numbers:
        """The same numbers elsewhere: ``how`` moves an array's elements, whatever they are."""
        return Numbers(np.asarray(how(self.values)), np.asarray(how(self.ids)))

    def __getitem__(self, place: Any) -> Numbers:
        return Numbers(np.asarray(self.values[place]), np.asarray(self.ids[place]))

    def to(self, shape: tuple[int, ...]) -> Numbers:
        """Broadcast."""
        if shape == self.shape:
            return self
        return self.move(lambda array: np.broadcast_to(array, shape))


def is_float(dtype: Any) -> bool:
    """Whether numbers of a dtype are elements: real floating-point ones are, those of ``ml_dtypes`` too."""
    dtype = np.dtype(dtype)
    return bool(dtype.kind == "f" or dtype.name.startswith(("bfloat", "float")))


def format_of(dtype: Any) -> str:
    """``fp32`` …; another format's own name."""
    name = np.dtype(dtype).name
    return OURS.get(name, name)


def wide(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """In the format that the rules compute in: fp32 for what is narrower, as libraries do on the CPU."""
    return array.astype(FP32 if array.dtype.itemsize < 4 else array.dtype, copy=False)


def constant(tape: Tape, values: Any, dtype: Any = None, name: str = "") -> Numbers:
    """Numbers that the program brought; one element for equal ones that only a stride of 0 repeats."""
    array = np.asarray(values)
    array = array.astype(array.dtype if dtype is None else dtype, copy=False)
    once = array[
        tuple(
            slice(0, 1) if step == 0 and n > 1 else slice(None)
            for n, step in zip(array.shape, array.strides, strict=True)
        )
    ]
    ids = tape.constant(once, format_of(array.dtype), name)
    return Numbers(array, np.broadcast_to(ids, array.shape))


def repeated(tape: Tape, value: float, like: Numbers) -> Numbers:
    """One constant in the shape and dtype of ``like``."""
    return constant(tape, np.broadcast_to(np.asarray(value, like.dtype), like.shape))


def where(condition: Any, a: Numbers, b: Numbers) -> Numbers:
    """Elements of ``a`` where the condition holds, else of ``b``; both have one dtype."""
    return Numbers(
        np.where(condition, a.values, b.values).astype(a.dtype, copy=False), np.where(condition, a.ids, b.ids)
    )


def write(
    tape: Tape,
    name: str,
    function: Callable[..., Any],
    *operands: Numbers,
    computed: str = "",
    **attributes: Any,
) -> Numbers:
    """An elementwise operation on operands of one dtype, which broadcast; ``function`` gives its values."""
    shape = np.broadcast_shapes(*(a.shape for a in operands))
    dtype = operands[0].dtype
    with np.errstate(all="ignore"):
        values = np.asarray(function(*(wide(a.values) for a in operands))).astype(dtype, copy=False)
    values = np.broadcast_to(values, shape)
    inputs = tuple(np.broadcast_to(a.ids, shape) for a in operands)
    return Numbers(values, tape.write(name, inputs, values, format_of(dtype), computed=computed, **attributes))


def fit(tape: Tape, a: Numbers, dtype: Any) -> Numbers:
    """In another dtype: the same elements in a wider one, else a cast."""
    dtype = np.dtype(dtype)
    if dtype == a.dtype:
        return a
    with np.errstate(all="ignore"):
        values = a.values.astype(dtype)
    if dtype.itemsize > a.dtype.itemsize:  # every value of a format is one of those that take more bytes
        return Numbers(values, a.ids)
    return Numbers(values, tape.write("cast", (a.ids,), values, format_of(dtype)))
