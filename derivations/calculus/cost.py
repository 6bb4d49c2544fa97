"""What a system costs, counted from its equations at symbolic sizes.

Counted is a straightforward program without repeated work: every sub-expression is an array over the indices that it
depends on and is computed once (a projection once for each query or key, not once for each pair).

* A sum of products is contracted two factors at a time, from left to right; an index is summed as soon as no later
  factor has it. One ``multiply_add`` is a multiplication together with the addition into its sum, or without one.
* ``addition``, ``tanh``, ``exp`` and ``reciprocal`` are counted per element of their result.
* A number made of sizes alone (``1/√d``) is there before the program starts; multiplying by it counts.
* Held in memory are the results of all operations. One whose result has the shape of an intermediate operand overwrites
  it; inputs are never overwritten, and a contraction keeps no array of products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sympy import Add, Expr, Indexed, Integer, Mul, Number, Pow, Sum, Symbol, exp, prod, tanh

from attnproof.derivations.language.indexing import bounds, symbols_of
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, indices_of, leaves
from attnproof.derivations.language.system import System

Kind = Literal["multiply_add", "addition", "tanh", "exp", "reciprocal"]


@dataclass(frozen=True)
class Operation:
    """One array operation.

    kind    what is done for each element
    count   how often
    held    number of elements that its result adds to the memory; 0 where it overwrites an operand
    """

    kind: Kind
    count: Expr
    held: Expr


@dataclass(frozen=True)
class _Array:
    """The indices that a value depends on, and whether it is an intermediate result, which may be overwritten."""

    indices: frozenset[Symbol]
    intermediate: bool


def elements(tensor: Tensor) -> Expr:
    """The number of elements: the product of the shape."""
    return prod(tensor.shape, start=Integer(1))


def parameters(system: System) -> Expr:
    """The number of parameters: the elements of all inputs whose role is ``parameter``."""
    return Add(*(elements(tensor) for tensor in system.inputs if tensor.role == "parameter")).expand()


def operations(system: System, order: Sequence[str] = ()) -> tuple[Operation, ...]:
    """The operations that evaluate every equation of ``system``.

    order  names of tensors: factors of a product that contain them are contracted first, in this order

    Raises ValueError for an open option, a tensor name that the system does not have, and an expression of another kind
    than sums, products, integer powers, ``exp`` and ``tanh``; for an index letter that stands for two sizes.
    """
    if system.options:
        raise ValueError(f"{system.name}: decide the option {system.options[0]!r} first")
    unknown = [name for name in order if name not in system.tensors]
    if unknown:
        raise ValueError(f"{system.name} has no tensor {unknown[0]!r}; it has {', '.join(system.tensors)}")
    counter = _Counter(system, tuple(order))
    for equation in system.equations:
        counter.declare(free_ranges(system, equation))
        counter.evaluate(equation.rhs)
    return tuple(counter.done)


def count(found: Sequence[Operation], *kinds: Kind) -> Expr:
    """How many of the given kinds."""
    return Add(*(one.count for one in found if one.kind in kinds)).expand()


def memory(found: Sequence[Operation]) -> Expr:
    """Elements that are held, outputs included and inputs not."""
    return Add(*(one.held for one in found)).expand()


@dataclass
class _Counter:
    system: System
    order: tuple[str, ...]
    sizes: dict[Symbol, Expr] = field(default_factory=dict)
    done: list[Operation] = field(default_factory=list)
    known: dict[Expr, _Array] = field(default_factory=dict)

    def declare(self, ranges: Mapping[Symbol, Expr]) -> None:
        for symbol, size in ranges.items():
            if self.sizes.setdefault(symbol, size) != size:
                raise ValueError(f"{self.system.name}: index {symbol} has two sizes, {self.sizes[symbol]} and {size}")

    def evaluate(self, expr: Expr) -> _Array:
        if expr not in self.known:
            self.known[expr] = self._evaluate(expr)
        return self.known[expr]

    def _evaluate(self, expr: Expr) -> _Array:
        if isinstance(expr, Number) or self._of_sizes(expr):
            return _Array(frozenset(), False)
        if isinstance(expr, Indexed | Symbol):
            tensor = self.system.by_base.get(expr.base if isinstance(expr, Indexed) else expr)
            own = tensor is not None and tensor not in self.system.inputs
            return _Array(frozenset().union(*map(symbols_of, indices_of(expr))) & set(self.sizes), own)
        if isinstance(expr, Sum):
            self.declare(dict(bounds(expr)))
            return self._contraction(Mul.make_args(expr.function), {symbol for symbol, _ in bounds(expr)})
        if isinstance(expr, Mul):
            return self._contraction(expr.args, set())
        if isinstance(expr, Add):
            return self._add([self.evaluate(argument) for argument in expr.args])
        if isinstance(expr, exp | tanh):
            return self._record("exp" if isinstance(expr, exp) else "tanh", self.evaluate(expr.args[0]))
        if isinstance(expr, Pow) and expr.exp.is_Integer:
            array = self.evaluate(expr.base)
            for _ in range(abs(int(expr.exp)) - 1):
                array = self._record("multiply_add", array, array)
            return self._record("reciprocal", array) if expr.exp < 0 else array
        raise ValueError(f"{self.system.name}: the cost of {expr} is not defined")

    def _of_sizes(self, expr: Expr) -> bool:
        """A number made of sizes alone: it has symbols, none of which is an element or an index."""
        known = {tensor.base for tensor in self.system.tensors.values() if not tensor.shape}
        return not expr.has(Indexed) and all(s.is_positive and s not in known for s in expr.free_symbols)

    def _record(self, kind: Kind, *operands: _Array, summed: set[Symbol] | None = None) -> _Array:
        over = frozenset().union(*(one.indices for one in operands))
        left = over - (summed or set())
        in_place = any(one.intermediate and one.indices == left for one in operands)
        held = Integer(0) if in_place else self._size(left)
        self.done.append(Operation(kind, self._size(over), held))
        return _Array(left, True)

    def _size(self, indices: frozenset[Symbol]) -> Expr:
        return prod((self.sizes[symbol] for symbol in indices), start=Integer(1))

    def _add(self, arrays: list[_Array]) -> _Array:
        """Pairs first in which one operand has all indices of the other, so that little is repeated."""
        while len(arrays) > 1:
            pairs = [(m, n) for n in range(len(arrays)) for m in range(n)]
            nested = [
                (m, n)
                for m, n in pairs
                if arrays[m].indices <= arrays[n].indices or arrays[n].indices <= arrays[m].indices
            ]
            m, n = (nested or pairs)[0]
            both = self._record("addition", arrays[m], arrays[n])
            arrays = [one for k, one in enumerate(arrays) if k not in (m, n)] + [both]
        return arrays[0]

    def _contraction(self, factors: Sequence[Expr], summed: set[Symbol]) -> _Array:
        arrays = [self.evaluate(factor) for factor in sorted(factors, key=self._position)]
        found, rest = arrays[0], arrays[1:]
        if not rest:
            return self._record("addition", found, summed=summed) if summed else found
        for k, other in enumerate(rest, start=1):
            later = frozenset().union(*(one.indices for one in rest[k:]))
            found = self._record("multiply_add", found, other, summed=summed - later)
        return found

    def _position(self, factor: Expr) -> int:
        tensors = (self.system.by_base.get(x.base if isinstance(x, Indexed) else x) for x in leaves(factor))
        places = [self.order.index(t.name) for t in tensors if t is not None and t.name in self.order]
        return min(places, default=len(self.order))
