"""Index expressions evaluated at the numbers of a recording: what differs there need not be asked of algebra."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from sympy import Abs, Add, Expr, Indexed, IndexedBase, Mul, Pow, Sum, Symbol, cos, erf, exp, log, sech, sin, tanh

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.piecewise import relu, step
from attnproof.verify.recording.recording import Values

# Programs compute in fp64 at a few dozen operations' depth, and so does this; what differs less may be equal.
CLOSE: Final = 1e-8

_FUNCTIONS: Final[Mapping[Any, Callable[..., Any]]] = {
    exp: np.exp,
    log: np.log,
    tanh: np.tanh,
    sech: lambda x: 1 / np.cosh(x),
    sin: np.sin,
    cos: np.cos,
    Abs: np.abs,
    relu: lambda x: np.maximum(x, 0),
    step: lambda x: (x > 0).astype(float),
    erf: np.vectorize(lambda x: float(erf(x)), otypes=[float]),
}


class Numbers:
    """Values of tensors and symbols.

    tensors  base of a tensor -> its array
    symbols  sizes and scalars
    """

    def __init__(self, tensors: Mapping[IndexedBase, Values], symbols: Mapping[Symbol, float]) -> None:
        self.tensors, self.symbols = dict(tensors), dict(symbols)

    def of(self, expr: Expr, letters: tuple[tuple[Symbol, Expr], ...]) -> Values:
        """The expression for all values of its free indices, one axis for each of ``letters`` (index, size)."""
        shape = tuple(self.whole(size) for _, size in letters)
        grid = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij", sparse=True)
        places = {letter: axis for (letter, _), axis in zip(letters, grid, strict=True)}
        with np.errstate(all="ignore"):
            values = np.asarray(self._value(expr, places, shape), np.float64)
            return np.array(np.broadcast_to(values, shape))

    def whole(self, size: Expr) -> int:
        """A size."""
        return int(self._value(size, {}, ()))

    def _value(self, expr: Expr, places: Mapping[Symbol, Any], shape: tuple[int, ...]) -> Values:
        if isinstance(expr, Symbol):
            return np.asarray(places[expr] if expr in places else self.symbols[expr])
        if expr.is_number:
            return np.asarray(float(expr))
        if isinstance(expr, Indexed):
            where = [np.asarray(self._value(at, places, shape)).astype(np.int64) for at in expr.indices]
            return np.asarray(self.tensors[expr.base][tuple(where)])
        if isinstance(expr, Sum):
            return self._sum(expr, places, shape)
        values = [self._value(argument, places, shape) for argument in expr.args]
        if isinstance(expr, Add):
            return np.asarray(sum(values[1:], values[0]))
        if isinstance(expr, Mul):
            product = values[0]
            for value in values[1:]:
                product = product * value
            return product
        if isinstance(expr, Pow):
            return np.asarray(np.asarray(values[0], float) ** values[1])
        return np.asarray(_FUNCTIONS[expr.func](*values))

    def _sum(self, expr: Sum, places: Mapping[Symbol, Any], shape: tuple[int, ...]) -> Values:
        over = bounds(expr)
        counts = tuple(self.whole(size) for _, size in over)
        deeper: dict[Symbol, Any] = {
            letter: axis.reshape(*axis.shape, *(1,) * len(over)) for letter, axis in places.items()
        }
        for k, ((letter, _), n) in enumerate(zip(over, counts, strict=True)):
            deeper[letter] = np.arange(n).reshape(*(1,) * (len(shape) + k), n, *(1,) * (len(over) - k - 1))
        body = np.asarray(self._value(expr.function, deeper, (*shape, *counts)), float)
        body = body.reshape((1,) * (len(shape) + len(over) - body.ndim) + body.shape)
        whole = np.broadcast_to(body, (*body.shape[: len(shape)], *counts))
        return np.asarray(whole.sum(tuple(range(len(shape), len(shape) + len(over)))))


def close(one: Values, other: Values) -> bool:
    """Whether two arrays agree but for rounding, relative to the largest number."""
    finite = np.isfinite(one) & np.isfinite(other)
    special = ~finite
    if not (np.array_equal(one[special], other[special], equal_nan=True)):
        return False
    if not finite.any():
        return True
    size = max(float(np.abs(one[finite]).max()), float(np.abs(other[finite]).max()), 1e-300)
    return bool(np.abs(one[finite] - other[finite]).max() <= CLOSE * size)


def proportional(one: Values, other: Values) -> bool:
    """Whether one array is a multiple of the other, but for rounding."""
    largest = np.unravel_index(np.abs(np.where(np.isfinite(other), other, 0)).argmax(), other.shape)
    with np.errstate(all="ignore"):
        factor = one[largest] / other[largest]
        return bool(np.isfinite(factor)) and close(one, factor * other)
