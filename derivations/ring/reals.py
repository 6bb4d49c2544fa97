"""The same systems in float64: the signs by which relu, step and | | choose.

Every array has the batch's axes and then one axis for each index symbol of the system, of length 1 where it does not
depend on it, so that NumPy's broadcasting is all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    atan,
    cos,
    cosh,
    exp,
    log,
    sech,
    sin,
    sinh,
    tanh,
)

from attnproof.derivations.language.piecewise import relu, step
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import System
from attnproof.derivations.ring.structure import blocks, index_names, integer, place, softmax_parts

Values = npt.NDArray[np.float64]
Ranges = Mapping[str, int]
FUNCTIONS: Final[Mapping[type[Expr], Callable[[Values], Values]]] = {
    exp: np.exp,
    log: np.log,
    tanh: np.tanh,
    sech: lambda x: 1 / np.cosh(x),
    sigmoid: lambda x: 1 / (1 + np.exp(-x)),
    sinh: np.sinh,
    cosh: np.cosh,
    sin: np.sin,
    cos: np.cos,
    atan: np.arctan,
    Abs: np.abs,
    relu: lambda x: np.maximum(x, 0),
    step: lambda x: np.heaviside(x, 0),
}


class NoSignError(ValueError):
    """A number that something is chosen by is NaN."""


class Reals:
    """A system's tensors in float64, evaluated as they are asked for.

    arrays  input's name -> float64, batch axes (which broadcast) and then its own shape
    """

    def __init__(self, system: System, arrays: Mapping[str, Values], sizes: Mapping[str, int]) -> None:
        self.system, self.sizes = system, tuple(sizes.items())
        self._names = {tensor.base: name for name, tensor in system.tensors.items()}
        self._order = index_names(system, self.sizes)
        own = {name: len(system.tensors[name].shape) for name in arrays if name in system.tensors}
        self.batch = np.broadcast_shapes(*(arrays[name].shape[: arrays[name].ndim - n] for name, n in own.items()))
        self._known = {name: self._aligned(np.asarray(arrays[name], np.float64), n) for name, n in own.items()}

    def __call__(self, expr: Expr, ranges: Ranges) -> npt.NDArray[np.int8]:
        """The signs of an expression, ±1 or 0: batch axes, then its indices ``ranges`` in the order of their names.

        Raises NoSignError where it is NaN.
        """
        with np.errstate(all="ignore"):
            found = self._array(expr, ranges)
        places = [len(self.batch) + self._order.index(name) for name in sorted(ranges)]
        rest = [a for a in range(len(self.batch), found.ndim) if a not in places]
        moved = found.transpose([*range(len(self.batch)), *places, *rest])
        values = moved.reshape(moved.shape[: len(self.batch) + len(places)])
        if np.isnan(values).any():
            raise NoSignError(f"{expr} is NaN in float64: it has no sign to choose by")
        return np.sign(values).astype(np.int8)

    def _aligned(self, array: Values, own: int) -> Values:
        return array.reshape((1,) * (len(self.batch) - (array.ndim - own)) + array.shape)

    def _tensor(self, base: Expr) -> Values:
        name = self._names[base]
        if name not in self._known:
            equations = [e for e in self.system.equations if e.target.name == name]
            if not equations:
                raise ValueError(f"{self.system.name}: no float64 value and no equation for {name!r}")
            shape = [integer(axis, self.sizes) for axis in equations[0].target.shape]
            filled = np.zeros((*self.batch, *shape))
            lengths = {t.base: tuple(integer(a, self.sizes) for a in t.shape) for t in self.system.tensors.values()}
            for equation, where, ranges in blocks(equations, shape, lengths, self.sizes):
                free = [s for s in (place(i, self.sizes)[0] for i in equation.indices) if s is not None]
                found = self._array(equation.rhs, ranges)
                order = [len(self.batch) + self._order.index(s) for s in free]
                rest = [a for a in range(len(self.batch), found.ndim) if a not in order]
                moved = found.transpose([*range(len(self.batch)), *order, *rest])
                filled[(..., *where)] = moved.reshape(moved.shape[: len(self.batch) + len(free)])
            self._known[name] = filled
        return self._known[name]

    def _array(self, expr: Expr, ranges: Ranges) -> Values:
        if isinstance(expr, Rational):
            return np.full((1,) * (len(self.batch) + len(self._order)), float(expr))
        if isinstance(expr, Indexed):
            return self._indexed(expr, ranges)
        if isinstance(expr, Symbol):
            size = dict(self.sizes).get(expr.name)
            value = self._tensor(expr) if size is None else np.array(float(size))
            return value.reshape(value.shape + (1,) * (len(self.batch) + len(self._order) - value.ndim))
        if isinstance(expr, Sum):
            inner = {**ranges, **{s.name: integer(high + 1, self.sizes) for s, _, high in expr.limits}}
            over = tuple(len(self.batch) + self._order.index(s.name) for s, _, _ in expr.limits)
            body = self._array(expr.function, inner)
            count = [inner[s.name] for (s, _, _), a in zip(expr.limits, over, strict=True) if body.shape[a] == 1]
            return np.asarray(body.sum(over, keepdims=True) * np.prod(count))
        if isinstance(expr, Mul) and (quotient := softmax_parts(expr)) is not None:
            return self._softmax(*quotient, ranges)
        parts = [self._array(argument, ranges) for argument in expr.args]
        if isinstance(expr, Add | Mul):
            combine = np.add if isinstance(expr, Add) else np.multiply
            found = parts[0]
            for part in parts[1:]:
                found = combine(found, part)
            return found
        if isinstance(expr, Pow):
            return np.asarray(parts[0] ** parts[1])
        if expr.func in FUNCTIONS:
            return FUNCTIONS[expr.func](parts[0])
        raise ValueError(f"no float64 values of {expr.func.__name__}: {expr}")

    def _softmax(self, logits: Expr, summed: str, free: str, ranges: Ranges) -> Values:
        axis, to = (len(self.batch) + self._order.index(s) for s in (summed, free))
        rows = self._array(logits, {**ranges, summed: ranges[free]})
        top = rows.max(axis, keepdims=True)
        shares = np.exp(rows - np.where(np.isinf(top), 0, top))
        total = shares.sum(axis, keepdims=True)
        return np.swapaxes(shares / np.where(total > 0, total, 1), axis, to)

    def _indexed(self, expr: Indexed, ranges: Ranges) -> Values:
        data = self._tensor(expr.base)
        axes: list[str] = []
        where: list[int | slice] = []
        for index in expr.indices:
            symbol, offset = place(index, self.sizes)
            where.append(offset if symbol is None else slice(offset, offset + ranges[symbol]))
            axes += [] if symbol is None else [symbol]
        part = data[(..., *where)]
        for symbol in [s for s in dict.fromkeys(axes) if axes.count(s) == 2]:
            first, second = (len(self.batch) + k for k, s in enumerate(axes) if s == symbol)
            part = np.diagonal(part, axis1=first, axis2=second)
            axes = [s for s in axes if s != symbol] + [symbol]
        order = sorted(range(len(axes)), key=lambda k: self._order.index(axes[k]))
        moved = part.transpose([*range(len(self.batch)), *(len(self.batch) + k for k in order)])
        shape = [part.shape[len(self.batch) + axes.index(s)] if s in axes else 1 for s in self._order]
        return moved.reshape([*part.shape[: len(self.batch)], *shape])
