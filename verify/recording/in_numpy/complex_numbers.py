"""Complex numbers of NumPy programs, each two recorded real ones: rotations of queries and keys are written with them.

What moves numbers is done to both parts alike; what has no rule here leaves the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy.array import Recorded

# Functions that only move numbers, of one array or of several in a list.
MOVING: Final = frozenset(
    {np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.expand_dims, np.squeeze, np.broadcast_to,
     np.concatenate, np.stack, np.repeat, np.tile, np.take, np.flip, np.roll, np.copy, np.split, np.array_split}
)  # fmt: skip


class Complex(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of complex numbers whose parts are recorded arrays, or constants, of one shape."""

    def __init__(self, real: Any, imag: Any) -> None:
        shape = np.broadcast_shapes(np.shape(real), np.shape(imag))
        parts = (part if np.shape(part) == shape else np.broadcast_to(part, shape) for part in (real, imag))
        self.real, self.imag = parts

    @property
    def dtype(self) -> Any:
        """NumPy's for two such parts."""
        return np.result_type(self.real.dtype, np.complex64)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return tuple(self.real.shape)

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(self.real.size)

    @property
    def T(self) -> Complex:
        """Axes the other way round."""
        return self._both(lambda part: part.T)

    def __len__(self) -> int:
        return len(self.real)

    def __getitem__(self, place: Any) -> Complex:
        return self._both(lambda part: part[place])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs and ufunc.__name__ in RULES:
            return RULES[ufunc.__name__](*inputs)
        return getattr(ufunc, method)(*map(left, inputs), **{name: left(value) for name, value in kwargs.items()})

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        del types
        if func in (np.real, np.imag):
            return getattr(self, func.__name__)
        if func in MOVING:
            real, imag = (func(*part_of(args, k), **part_of(kwargs, k)) for k in (0, 1))
            if isinstance(real, list):
                return [Complex(a, b) for a, b in zip(real, imag, strict=True)]
            return Complex(real, imag)
        return func(*left(args), **left(kwargs))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        del copy
        return np.asarray(left(self), dtype)

    def conj(self) -> Complex:
        """Conjugates."""
        return Complex(self.real, -self.imag)

    conjugate = conj

    def reshape(self, *shape: Any, **how: Any) -> Complex:
        """In another shape."""
        return self._both(lambda part: part.reshape(*shape, **how))

    def transpose(self, *axes: Any) -> Complex:
        """Axes in another order."""
        return self._both(lambda part: part.transpose(*axes))

    def swapaxes(self, one: int, other: int) -> Complex:
        """Two axes exchanged."""
        return self._both(lambda part: part.swapaxes(one, other))

    def copy(self) -> Complex:
        """A copy."""
        return self._both(lambda part: part.copy())

    def astype(self, dtype: Any, **how: Any) -> Any:
        """In another format; of real numbers the real parts."""
        if np.dtype(dtype).kind != "c":
            return self.real.astype(dtype, **how)
        part = np.zeros((), dtype).real.dtype
        return self._both(lambda each: each.astype(part))

    def view(self, dtype: Any) -> Any:
        """As real numbers, the parts of each side by side."""
        if np.dtype(dtype) != self.real.dtype:
            return left(self).view(dtype)
        pairs = np.stack([self.real, self.imag], -1)
        return pairs.reshape(*self.shape[:-1], 2 * self.shape[-1])

    def _both(self, do: Callable[[Any], Any]) -> Complex:
        return Complex(do(self.real), do(self.imag))


def part_of(thing: Any, which: int) -> Any:
    """Arguments with the real parts (0) or the imaginary ones (1) of complex numbers, which may lie in lists."""
    if isinstance(thing, Complex):
        return thing.imag if which else thing.real
    if isinstance(thing, np.ndarray) and thing.dtype.kind == "c":
        return part_pair(thing)[which]
    if isinstance(thing, list | tuple):
        return type(thing)(part_of(each, which) for each in thing)
    if isinstance(thing, dict):
        return {name: part_of(each, which) for name, each in thing.items()}
    return thing


def left(thing: Any) -> Any:
    """The same as NumPy's own complex numbers: what they are leaves the recording."""
    if isinstance(thing, Complex):
        parts = (each._leave("complex numbers") if isinstance(each, Recorded) else each for each in part_pair(thing))
        real, imag = (np.asarray(part) for part in parts)
        return real + 1j * imag
    if isinstance(thing, list | tuple):
        return type(thing)(left(each) for each in thing)
    if isinstance(thing, dict):
        return {name: left(each) for name, each in thing.items()}
    return thing


def part_pair(thing: Any) -> tuple[Any, Any]:
    """Real and imaginary part; 0 where there is none."""
    if isinstance(thing, Complex):
        return thing.real, thing.imag
    if isinstance(thing, np.ndarray) and thing.dtype.kind == "c":  # in memory of their own: these are constants
        return thing.real.copy(), thing.imag.copy()
    if np.iscomplexobj(thing):
        return thing.real, thing.imag
    return thing, 0.0


def concerned(inputs: Any) -> bool:
    """Whether complex numbers meet recorded real ones."""
    return any(isinstance(each, Complex) or np.iscomplexobj(each) for each in inputs)


def recorded_pair(array: Recorded) -> Complex:
    """Numbers side by side as real and imaginary parts."""
    return Complex(array[..., 0::2], array[..., 1::2])


def _is_real(thing: Any) -> bool:
    return not isinstance(thing, Complex) and not np.iscomplexobj(thing)


def _added(x: Any, y: Any) -> Complex:
    (a, b), (c, d) = part_pair(x), part_pair(y)
    imag = b if _is_real(y) else d if _is_real(x) else b + d
    return Complex(a + c, imag)


def _less(x: Any, y: Any) -> Complex:
    (a, b), (c, d) = part_pair(x), part_pair(y)
    imag = b if _is_real(y) else -d if _is_real(x) else b - d
    return Complex(a - c, imag)


def _times(x: Any, y: Any) -> Complex:
    (a, b), (c, d) = part_pair(x), part_pair(y)
    if _is_real(x):
        return Complex(a * c, a * d)
    if _is_real(y):
        return Complex(a * c, b * c)
    return Complex(a * c - b * d, a * d + b * c)


def _over(x: Any, y: Any) -> Complex:
    if _is_real(y):
        a, b = part_pair(x)
        return Complex(a / y, b / y)
    c, d = part_pair(y)
    above = _times(x, Complex(c, -d))
    below = c * c + d * d
    return Complex(above.real / below, above.imag / below)


def _size(x: Any) -> Any:
    return np.hypot(*part_pair(x))


def _exp(x: Any) -> Complex:
    a, b = part_pair(x)
    return Complex(np.exp(a) * np.cos(b), np.exp(a) * np.sin(b))


RULES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "add": _added,
        "subtract": _less,
        "multiply": _times,
        "divide": _over,
        "true_divide": _over,
        "negative": lambda x: Complex(-x.real, -x.imag),
        "positive": lambda x: x,
        "conjugate": lambda x: x.conj(),
        "absolute": _size,
        "exp": _exp,
    }
)
