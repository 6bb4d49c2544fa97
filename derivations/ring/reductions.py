"""Sums and products over axes of arrays of elements, and products of matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring import kinds
from attnproof.derivations.ring.arithmetic import Arithmetic
from attnproof.derivations.ring.field import DRAWS, Residues
from attnproof.derivations.ring.parts import Ids, joined
from attnproof.derivations.ring.series import aligned

Axes = int | Sequence[int] | None
_INNER = 64  # terms: residue (< 2³¹) · half residue (< 2¹⁶), so many of which float64 adds exactly
_SMALL = 30_000  # coefficient products below which a product of matrices is formed element by element


class Reducing(Arithmetic):
    """Elements with sums, products and running sums over axes; axes count from the front or, negative, the back."""

    def sum(self, axes: Axes = None) -> Self:
        """Σ over some axes, all where none are named."""
        over = self._over(axes)
        if self.logarithm is not None or self.large is not None:
            return self._folded(over, Arithmetic.__add__)
        terms = math.prod(self.shape[a] for a in over)
        series = self.ring.field.reduce(self.series.sum(tuple(2 + a for a in over)))
        kind = None if self.kind is None else kinds.total(self.kind, over)
        return self.new(series, degrees.total(self.degree, terms), kind)

    def prod(self, axes: Axes = None) -> Self:
        """Π over some axes, all where none are named."""
        return self._folded(self._over(axes), Arithmetic.__mul__, one=1)

    def cumsum(self, axis: int) -> Self:
        """Running sums along an axis."""
        axis %= self.ndim
        if self.plain:
            series = self.ring.field.reduce(self.series.cumsum(2 + axis))
            return self.new(series, degrees.total(self.degree, self.shape[axis]))
        places = self.places()
        parts: list[Self] = []
        for place in range(self.shape[axis]):
            part = self.take(places.take([place], axis))
            parts.append(parts[-1] + part if parts else part)
        return joined(parts, axis) if parts else self

    def segment_sum(self, segments: Ids, count: int) -> Self:
        """``out[s]``, s < count: the sum of the elements whose segment is s; ``segments`` has this shape."""
        flat = np.asarray(segments).ravel()
        most = int(np.bincount(flat, minlength=1).max()) if flat.size else 0
        if self.plain:
            out = np.zeros((DRAWS, self.series.shape[1], count), np.int64)
            rows = self.series.reshape(DRAWS * self.series.shape[1], self.size)
            for coefficients, values in zip(out.reshape(len(rows), count), rows, strict=True):
                np.add.at(coefficients, flat, values)
            return self.new(self.ring.field.reduce(out), degrees.total(self.degree, most))
        order = np.argsort(flat, kind="stable")
        starts = np.searchsorted(flat[order], np.arange(count))
        table = np.full((count, most), self.size)  # the place behind the last holds 0
        table[flat[order], np.arange(flat.size) - starts[flat[order]]] = order
        return joined([self.reshape(self.size), self.like([0])]).take(table).sum(1)

    def __matmul__(self, other: Self) -> Self:
        """``Σ_k a[…, i, k] b[…, k, j]``; leading axes broadcast."""
        if self.ndim < 2 or other.ndim < 2 or self.shape[-1] != other.shape[-2]:
            raise ValueError(f"a product of matrices needs (…, i, k) and (…, k, j), got {self.shape} and {other.shape}")
        rows, inner, columns = self.shape[-2], self.shape[-1], other.shape[-1]
        lead = math.prod(np.broadcast_shapes(self.shape[:-2], other.shape[:-2]))
        work = lead * rows * inner * columns * self.series.shape[1] * other.series.shape[1]
        if work <= _SMALL or not (self.plain and other.plain):
            left = self.reshape(*self.shape, 1)
            right = other.reshape(*other.shape[:-2], 1, inner, columns)
            return (left * right).sum(-2)
        degree = degrees.total(degrees.multiply(self.degree, other.degree), inner)
        return self.new(self._matrices(self.series, other.series), degree)

    def _matrices(self, x: Residues, y: Residues) -> Residues:
        """In float64, exactly: one factor whole, the other in halves of 16 bits, ``_INNER`` terms at a time."""
        if x.shape[1] > y.shape[1]:
            return self._matrices(y.swapaxes(-1, -2), x.swapaxes(-1, -2)).swapaxes(-1, -2)
        field, ndim = self.ring.field, max(x.ndim, y.ndim) - 2
        x, y = aligned(x, 2, ndim), aligned(y, 2, ndim)
        columns = y.shape[-1]
        halves = np.concatenate([y & 0xFFFF, y >> 16], axis=-1).astype(np.float64)
        whole = x.astype(np.float64)
        length = min(self.ring.order, x.shape[1] + y.shape[1] - 1)
        lead = np.broadcast_shapes(x.shape[2:-2], y.shape[2:-2])
        out = np.zeros((DRAWS, length, *lead, x.shape[-2], 2 * columns), np.int64)
        for start in range(0, x.shape[-1], _INNER):
            part = slice(start, start + _INNER)
            for i in range(x.shape[1]):
                upto = min(y.shape[1], length - i)
                found = whole[:, i : i + 1, ..., part] @ halves[:, :upto, ..., part, :]
                out[:, i : i + upto] += found.astype(np.int64)
            out = field.reduce(out)
        return field.reduce((out[..., columns:] << 16) + out[..., :columns])

    def _folded(self, over: tuple[int, ...], combine: Callable[[Any, Any], Any], one: int = 0) -> Self:
        """The axes reduced by halving: what `sum` and `prod` do where order must not matter but parts are formal."""
        kept = [a for a in range(self.ndim) if a not in over]
        shape = [self.shape[a] for a in kept]
        terms = math.prod(self.shape[a] for a in over)
        rest = self.transpose([*kept, *over]).reshape([*shape, terms])
        if not terms:
            return self.like(one).broadcast_to(shape)
        while rest.shape[-1] > 1:
            half = rest.shape[-1] // 2
            pairs: Self = combine(rest[..., :half], rest[..., half : 2 * half])
            rest = joined([pairs, rest[..., 2 * half :]], -1) if rest.shape[-1] % 2 else pairs
        return rest.reshape(shape)

    def _over(self, axes: Axes) -> tuple[int, ...]:
        if axes is None:
            return tuple(range(self.ndim))
        given = (axes,) if isinstance(axes, int | np.integer) else axes
        return tuple(int(a) % self.ndim for a in given)
