"""Evaluates a system of equations in the ring, straight from its SymPy expressions, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt
from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
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
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.kinds import UNDECIDED
from attnproof.derivations.ring.named import Named, add, contract, multiply, softmax
from attnproof.derivations.ring.parts import joined
from attnproof.derivations.ring.reals import Reals
from attnproof.derivations.ring.structure import Sizes, blocks, free_names, integer, needed, place, softmax_parts

Ranges = Mapping[str, int]
GRADIENT: Final = "grad_"
FUNCTIONS: Final[Mapping[type[Expr], Callable[[Elements], Elements]]] = {
    exp: Elements.exp,
    log: Elements.log,
    tanh: Elements.tanh,
    sech: Elements.sech,
    sigmoid: Elements.sigmoid,
    sinh: Elements.sinh,
    cosh: Elements.cosh,
    sin: Elements.sin,
    cos: Elements.cos,
    atan: Elements.atan,
}


def evaluate(
    system: System,
    values: Mapping[str, Elements],
    sizes: Mapping[str, int],
    wanted: Collection[str] | None = None,
    reals: Mapping[str, npt.NDArray[np.float64]] | None = None,
) -> dict[str, Elements]:
    """``values`` with the ``wanted`` tensors of the system (default: all), and what they need, added.

    values  tensor name -> elements: batch axes, which broadcast, then the tensor's own shape
    sizes   size symbol's name -> value
    reals   the inputs in float64, in the same shapes: by their signs relu, step and | | choose; without it those are
            undecided

    A tensor has the batch's shape and its own; ``grad_NAME`` has the shape of the given input, summed over what was
    broadcast. A row whose logits are all −∞ has weights 0. Raises ValueError for an expression it does not know.
    """
    tensors = system.tensors
    leading = {
        name: elements.shape[: elements.ndim - len(tensors[name].shape)]
        for name, elements in values.items()
        if name in tensors
    }
    batch = np.broadcast_shapes(*leading.values())
    known = {
        name: values[name].reshape([1] * (len(batch) - len(lead)) + list(values[name].shape))
        for name, lead in leading.items()
    }
    signs = None if reals is None else Reals(system, reals, sizes)
    known_sizes = tuple(sizes.items())
    lengths = {t.base: [integer(axis, known_sizes) for axis in t.shape] for t in tensors.values()}
    names = {t.base: name for name, t in tensors.items()}
    evaluator = _Evaluator(names, known, known_sizes, len(batch), signs, lengths)
    result = dict(values)
    for equations in needed(system, values, wanted):
        target = equations[0].target
        known[target.name] = evaluator.tensor(equations)
        result[target.name] = _summed(known[target.name], batch, target.name, leading)
    return result


def _summed(found: Elements, batch: tuple[int, ...], name: str, leading: Mapping[str, tuple[int, ...]]) -> Elements:
    """In the shape in which it is handed back."""
    own = found.shape[len(batch) :]
    found = found.broadcast_to((*batch, *own))
    of = name.removeprefix(GRADIENT)
    if of == name or of not in leading:
        return found
    lead = leading[of]
    missing = len(batch) - len(lead)
    over = [a for a in range(len(batch)) if a < missing or (lead[a - missing] == 1 and batch[a] > 1)]
    return (found.sum(over) if over else found).reshape((*lead, *own))


@dataclass
class _Evaluator:
    """Expressions to arrays; ``known`` grows as the equations are evaluated."""

    names: Mapping[Expr, str]
    known: Mapping[str, Elements]
    sizes: Sizes
    batch: int
    signs: Reals | None
    lengths: Mapping[Expr, Sequence[int]]
    memo: dict[tuple[Expr, tuple[tuple[str, int], ...]], Named] = field(default_factory=dict)

    def tensor(self, equations: Sequence[Equation]) -> Elements:
        """A target from the equations of its blocks."""
        shape = [integer(axis, self.sizes) for axis in equations[0].target.shape]
        where: list[tuple[int | slice, ...]] = []
        parts: list[Elements] = []
        for equation, block, ranges in blocks(equations, shape, self.lengths, self.sizes):
            free = [symbol for symbol, _ in (place(i, self.sizes) for i in equation.indices) if symbol is not None]
            values = self.array(equation.rhs, ranges).ordered(free)
            where.append(block)
            parts.append(values.broadcast_to([*values.shape[: self.batch], *(ranges[symbol] for symbol in free)]))
        lead = np.broadcast_shapes(*(part.shape[: self.batch] for part in parts))
        if len(parts) == 1 and all(isinstance(entry, slice) for entry in where[0]):
            return parts[0].broadcast_to((*lead, *shape))
        places = np.full((*lead, *shape), -1)
        pieces, start = [], 0
        for block, part in zip(where, parts, strict=True):
            hole = places[(..., *block)]
            piece = part.broadcast_to(hole.shape)
            places[(..., *block)] = start + piece.places()
            pieces.append(piece.reshape(piece.size))
            start += piece.size
        if (places < 0).any():
            raise ValueError(f"no equation gives all of {equations[0].target.name!r}")
        return joined(pieces).take(places)

    def array(self, expr: Expr, ranges: Ranges) -> Named:
        """The array of an expression whose free indices run over ``ranges``."""
        if isinstance(expr, Rational):
            return self._constant(Fraction(int(expr.p), int(expr.q)))
        if isinstance(expr, Indexed):
            return self._indexed(expr, ranges)
        if isinstance(expr, KroneckerDelta):
            return self._delta(expr, ranges)
        if isinstance(expr, Symbol):
            size = dict(self.sizes).get(expr.name)
            return Named((), self._tensor(expr)) if size is None else self._constant(Fraction(size))
        if isinstance(expr, Add):
            first, *rest = (self.array(term, ranges) for term in expr.args)
            for term in rest:
                first = add(first, term)
            return first
        if isinstance(expr, Sum):
            return self._sum(expr, ranges)
        key = expr, tuple((s, n) for s, n in sorted(ranges.items()) if s in free_names(expr))
        if key not in self.memo:
            self.memo[key] = self._compound(expr, ranges)
        return self.memo[key]

    def _compound(self, expr: Expr, ranges: Ranges) -> Named:
        if isinstance(expr, Mul):
            quotient = softmax_parts(expr)
            if quotient is not None:
                logits, summed, free = quotient
                return softmax(self.array(logits, {**ranges, summed: ranges[free]}), summed, free)
            first, *rest = (self.array(factor, ranges) for factor in expr.args)
            for factor in rest:
                first = multiply(first, factor)
            return first
        if isinstance(expr, Pow) and isinstance(expr.exp, Rational):
            base = self.array(expr.base, ranges)
            return Named(base.axes, base.data.power(Fraction(int(expr.exp.p), int(expr.exp.q))))
        if isinstance(expr, log) and isinstance(expr.args[0], Symbol) and expr.args[0].name in dict(self.sizes):
            return self._log_of_size(dict(self.sizes)[expr.args[0].name])
        operand = self.array(expr.args[0], ranges) if len(expr.args) == 1 else None
        if operand is not None and expr.func in FUNCTIONS:
            return Named(operand.axes, FUNCTIONS[expr.func](operand.data))
        if operand is not None and expr.func in (relu, step, Abs):
            return self._by_sign(expr, operand, ranges)
        raise ValueError(f"the ring has no {expr.func.__name__}: {expr}")

    def _delta(self, expr: Expr, ranges: Ranges) -> Named:
        """1 where two indices are equal, else 0."""
        axes = tuple(sorted(each.name for each in expr.args if isinstance(each, Symbol) and each.name in ranges))
        if len(axes) != 2:
            raise ValueError(f"the ring knows δ of two indices only: {expr}")
        ones = np.equal.outer(*(np.arange(ranges[axis]) for axis in axes)).astype(int)
        some = next(iter(self.known.values()))
        return Named(axes, some.like(ones).reshape([1] * self.batch + list(ones.shape)))

    def _log_of_size(self, size: int) -> Named:
        """As a program's constant is understood (``logarithm_of``): of a power of two a multiple of ln 2."""
        some = next(iter(self.known.values()))
        if size & (size - 1):
            return Named((), some.like(size).log().reshape([1] * self.batch))
        return Named((), (some.irrational("ln2") * (size.bit_length() - 1)).reshape([1] * self.batch))

    def _by_sign(self, expr: Expr, operand: Named, ranges: Ranges) -> Named:
        """relu, step or | | of an operand whose signs are given; undecided where they are not."""
        axes = tuple(sorted(operand.axes))
        data = operand.ordered(axes)
        if self.signs is None:
            return Named(axes, data.special(UNDECIDED).broadcast_to(data.shape))
        signs = self.signs(expr.args[0], {axis: ranges[axis] for axis in axes})
        shape = np.broadcast_shapes(data.shape, signs.shape)
        signs, data = np.broadcast_to(signs, shape), data.broadcast_to(shape)
        if isinstance(expr, Abs):
            return Named(axes, data.put(signs < 0, -data))
        if isinstance(expr, relu):
            return Named(axes, data.put(signs <= 0, data.like(0)))
        return Named(axes, data.like((signs > 0).astype(int)))

    def _sum(self, expr: Sum, ranges: Ranges) -> Named:
        inner = dict(ranges)
        for symbol, low, high in expr.limits:
            if low != 0 or symbol.name in ranges:
                raise ValueError(f"a sum must run from 0 over an index of its own: {expr}")
            inner[symbol.name] = integer(high + 1, self.sizes)
        over = [symbol.name for symbol, _, _ in expr.limits]
        factors = [self.array(factor, inner) for factor in Mul.make_args(expr.function)]
        absent = [symbol for symbol in over if not any(symbol in factor.axes for factor in factors)]
        factors += [self._constant(Fraction(inner[symbol])) for symbol in absent]  # Σ_x c = (number of x) · c
        return contract(factors, [symbol for symbol in over if symbol not in absent])

    def _indexed(self, expr: Indexed, ranges: Ranges) -> Named:
        data = self._tensor(expr.base)
        axes: list[str] = []
        where: list[int | slice] = []
        for length, position in zip(data.shape[self.batch :], expr.indices, strict=True):
            symbol, offset = place(position, self.sizes)
            stop = offset + (1 if symbol is None else ranges[symbol])
            if not 0 <= offset < stop <= length:
                raise ValueError(f"{expr}: places {offset}..{stop - 1} of an axis of length {length}")
            where.append(offset if symbol is None else slice(offset, stop))
            if symbol is not None:
                axes.append(symbol)
        if all(w == slice(0, n) for w, n in zip(where, data.shape[self.batch :], strict=True)):
            part = data
        else:
            part = data[(..., *where)]
        for symbol in [s for s in dict.fromkeys(axes) if axes.count(s) == 2]:  # x[i, i]: the diagonal
            first, second = (self.batch + k for k, s in enumerate(axes) if s == symbol)
            part = part.take(np.diagonal(part.places(), axis1=first, axis2=second))
            axes = [s for s in axes if s != symbol] + [symbol]
        return Named(tuple(axes), part)

    def _tensor(self, base: Expr) -> Elements:
        if base not in self.names or self.names[base] not in self.known:
            raise ValueError(f"no value for the tensor {base}")
        return self.known[self.names[base]]

    def _constant(self, value: Fraction) -> Named:
        some = next(iter(self.known.values()))
        return Named((), some.like(value).reshape([1] * self.batch))
