"""Power series in ε cut off at ε^k, over two prime fields: arrays ``(2, m, …)``, m <= k coefficients, the rest 0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from attnproof.derivations.ring.field import DRAWS, Field, Residues

_FEW = 256
_HALF = 16  # bits: residue · half residue < 2⁴⁷, of which 2¹⁶ can be added


def aligned(x: Residues, lead: int, ndim: int) -> Residues:
    """With axes of length 1 behind the first ``lead``, so that there are ``ndim`` more."""
    missing = ndim - (x.ndim - lead)
    return x if missing <= 0 else x.reshape(x.shape[:lead] + (1,) * missing + x.shape[lead:])


@dataclass(frozen=True)
class Series:
    """Arithmetic in F_p[ε]/ε^k, elementwise with broadcasting."""

    field: Field
    order: int

    @cached_property
    def inverses(self) -> Residues:
        """(2, k + 1): 1/j, with 1 in place of 1/0."""
        return np.stack([self.field.rational(Fraction(1, max(j, 1))) for j in range(self.order + 1)], axis=1)

    @cached_property
    def factorials(self) -> Residues:
        """(2, k): 1/j!"""
        found = [self.field.rational(1)]
        for j in range(1, self.order):
            found.append(self.field.reduce(found[-1] * self.inverses[:, j]))
        return np.stack(found, axis=1)

    def add(self, x: Residues, y: Residues, sign: int = 1) -> Residues:
        """``x + y``, or x − y for sign −1."""
        ndim = max(x.ndim, y.ndim) - 2
        x, y = aligned(x, 2, ndim), aligned(y, 2, ndim)
        if x.shape[1] == y.shape[1]:
            return self.field.reduce(x + y if sign > 0 else x - y)
        shape = np.broadcast_shapes(x.shape[2:], y.shape[2:])
        out = np.zeros((DRAWS, max(x.shape[1], y.shape[1]), *shape), np.int64)
        out[:, : x.shape[1]] = x
        if sign > 0:
            out[:, : y.shape[1]] += y
        else:
            out[:, : y.shape[1]] -= y
        return self.field.reduce(out)

    def multiply(self, x: Residues, y: Residues, order: int | None = None) -> Residues:
        """``x · y``, to ``order`` coefficients."""
        ndim = max(x.ndim, y.ndim) - 2
        x, y = aligned(x, 2, ndim), aligned(y, 2, ndim)
        if x.shape[1] == 1 or y.shape[1] == 1:
            return self.field.reduce(x * y)[:, : order or self.order]
        if x.shape[1] > y.shape[1]:
            x, y = y, x
        terms = x.shape[1]
        length = min(order or self.order, terms + y.shape[1] - 1)
        shifted = _toeplitz(y, terms, length)
        low = np.einsum("drs...,ds...->dr...", shifted, x & ((1 << _HALF) - 1))
        high = np.einsum("drs...,ds...->dr...", shifted, x >> _HALF)
        return self.field.reduce((self.field.reduce(high) << _HALF) + low)

    def inverse(self, x: Residues) -> Residues:
        """``1/x`` where the constant term is not 0 (meaningless elsewhere): term by term for a few, by Newton's
        steps for many.
        """
        found = self.field.inverse(x[:, :1])
        if x.shape[1] == 1:
            return found
        if x[0, 0].size <= _FEW:
            return self._inverse(x, found[:, 0])
        known = 1
        while known < self.order:
            known = min(2 * known, self.order)
            error = -self.multiply(x[:, :known], found, known)
            error[:, 0] += 2
            found = self.multiply(found, self.field.reduce(error), known)
        return found

    def _inverse(self, x: Residues, first: Residues) -> Residues:
        """y_n = −y_0 Σ x_j y_{n−j}."""
        field, top = self.field, x.shape[1] - 1
        out = np.empty((DRAWS, self.order, *x.shape[2:]), np.int64)
        out[:, 0] = first
        scaled = field.reduce(-x[:, 1:] * first[:, None])
        for n in range(1, self.order):
            terms = min(n, top)
            back = out[:, n - terms : n][:, ::-1]
            out[:, n] = field.reduce(field.reduce(scaled[:, :terms] * back).sum(1))
        return out

    def exponential(self, t: Residues) -> Residues:
        """E(t) = exp(εt) = Σ ε^j t^j / j!"""
        if t.shape[1] > 1:
            return self._exponential(t)
        field, out = self.field, np.empty((DRAWS, self.order, *t.shape[2:]), np.int64)
        out[:, 0] = 1
        done, step = 1, t
        while done < self.order:  # 1, t, t², … doubled in number each time
            more = min(done, self.order - done)
            out[:, done : done + more] = field.reduce(out[:, :more] * step)
            done += more
            if done < self.order:
                step = field.reduce(step * step)
        return field.reduce(out * self.factorials.reshape((DRAWS, self.order) + (1,) * (t.ndim - 2)))

    def _exponential(self, t: Residues) -> Residues:
        """``y = exp(u)``, u = εt: n y_n = Σ i u_i y_{n−i}."""
        top = min(t.shape[1], self.order - 1)
        count = np.arange(1, top + 1).reshape((1, top) + (1,) * (t.ndim - 2))
        weighted = self.field.reduce(t[:, :top] * count)
        out = np.zeros((DRAWS, self.order, *t.shape[2:]), np.int64)
        out[:, 0] = 1
        for n in range(1, self.order):
            self._step(out, n, weighted[:, : min(n, top)])
        return out

    def _step(self, out: Residues, n: int, weighted: Residues) -> None:
        """y_n = Σ_i weighted_i y_{n−i} / n for i = 1, 2 …"""
        back = out[:, n - weighted.shape[1] : n][:, ::-1]
        total = self.field.reduce(self.field.reduce(weighted * back).sum(1))
        out[:, n] = self.field.reduce(total * self.inverses[:, n].reshape((DRAWS,) + (1,) * (total.ndim - 1)))

    def root_from(self, x: Residues, start: Residues, exponent: Fraction) -> Residues:
        """x^α whose constant term is ``start`` = x₀^α: n x₀ y_n = Σ (αi − n + i) x_i y_{n−i}; x₀ is not 0."""
        if x.shape[1] == 1:
            return start
        field = self.field
        unit = field.reduce(x * field.inverse(x[:, :1]))[:, 1:]
        more = field.rational(exponent + 1)
        out = np.zeros((DRAWS, self.order, *x.shape[2:]), np.int64)
        out[:, :1] = start
        for n in range(1, self.order):
            top = min(n, unit.shape[1])
            factors = field.reduce(more[:, None] * np.arange(1, top + 1) - n)
            factors = factors.reshape((DRAWS, top) + (1,) * (x.ndim - 2))
            self._step(out, n, field.reduce(unit[:, :top] * factors))
        return out

    def power(self, x: Residues, exponent: int) -> Residues:
        """x^n for n >= 0."""
        result = np.ones((DRAWS, 1, *x.shape[2:]), np.int64)
        for bit in f"{exponent:b}" if exponent else "":
            result = self.multiply(result, result)
            if bit == "1":
                result = self.multiply(result, x)
        return result


def _toeplitz(y: Residues, terms: int, length: int) -> Residues:
    """``out[d, r, i, …] = y[d, r − i, …]``, 0 where there is none: a view of y with zeros before it."""
    padded = np.zeros((DRAWS, terms - 1 + length, *y.shape[2:]), np.int64)
    kept = min(length, y.shape[1])
    padded[:, terms - 1 : terms - 1 + kept] = y[:, :kept]
    draw, step, *rest = padded.strides
    shape = (DRAWS, length, terms, *y.shape[2:])
    return np.ndarray(shape, np.int64, padded, (terms - 1) * step, (draw, step, -step, *rest))
