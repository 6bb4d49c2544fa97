"""Evaluates a system of equations in ball arithmetic, straight from its SymPy expressions.

It shares nothing with the code printers: an expression becomes an array of balls over the named axes of its free
indices. What does not depend on the numbers (axes, places, the order of a contraction) is laid out once for a system
and sizes, for all elements of a batch together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
from flint import arb
from sympy import Add, Expr, Indexed, Mul, Pow, Rational, Sum, Symbol

from attnproof.derivations.language.system import Equation, System
from attnproof.verify.oracle.elementwise import FUNCTIONS, elementwise, power
from attnproof.verify.oracle.error import OracleError, PrecisionError
from attnproof.verify.oracle.named import BATCH, Balls, Block, Data, Known, Named, add, contract, multiply, scalar
from attnproof.verify.oracle.softmax import is_masked, logsumexp, softmax
from attnproof.verify.oracle.structure import (
    Sizes,
    free_symbols,
    integer,
    leaves,
    logsumexp_parts,
    place,
    softmax_parts,
)

Ranges = Mapping[Symbol, int]


def evaluate(
    system: System, values: Mapping[str, Balls], sizes: Mapping[str, int], wanted: set[str]
) -> dict[str, Balls]:
    """``values`` with the ``wanted`` tensors of the system, and whatever they need, added.

    values  tensor name -> balls in the tensor's own shape, behind one axis for all elements of a batch where it is not
            the same for all of them; what is made of one that has this axis has it too. Nothing given is computed again
    sizes   size symbol's name -> value
    Raises OracleError for an expression it does not know, PrecisionError when a ball is no longer finite.
    """
    shapes = tuple((name, balls.shape) for name, balls in values.items())
    known, found = dict(values), dict(values)
    for target in _targets(system, shapes, tuple(sizes.items()), frozenset(wanted)):
        filled = np.full(target.shape, None, object)
        for block, data in target.blocks:
            filled[block] = data(known)
        # The log-sum-exp of a row whose keys are all masked is −∞.
        _check(system, target, filled, masks=target.name not in wanted or target.name == "lse")
        known[target.name] = found[target.name] = filled
    return found


@dataclass(frozen=True)
class _Target:
    """A tensor, and its blocks: where each of them is and how it is made."""

    name: str
    shape: tuple[int, ...]
    batched: bool
    blocks: tuple[tuple[Block, Data], ...]


@lru_cache(maxsize=1024)
def _targets(
    system: System, shapes: tuple[tuple[str, tuple[int, ...]], ...], sizes: Sizes, wanted: frozenset[str]
) -> tuple[_Target, ...]:
    """The tensors that ``wanted`` depends on beyond what is given, in order."""
    given = dict(shapes)
    layout = _Layout({t.base: n for n, t in system.tensors.items()}, given, sizes)
    layout.batched |= {name for name, each in system.tensors.items() if len(given.get(name, ())) > len(each.shape)}
    return tuple(layout.target(equations) for equations in _needed(system, set(given), set(wanted)))


def _needed(system: System, given: set[str], wanted: set[str]) -> list[list[Equation]]:
    """The equations, grouped by target, that ``wanted`` depends on beyond what is given, in order."""
    names = {tensor.base: name for name, tensor in system.tensors.items()}
    groups: dict[str, list[Equation]] = {}
    for equation in system.equations:
        groups.setdefault(equation.target.name, []).append(equation)
    needed = wanted - given
    for name in reversed(groups):
        if name in needed:
            atoms = (atom for equation in groups[name] for atom in leaves(equation.rhs))
            used = {names.get(atom.base if isinstance(atom, Indexed) else atom) for atom in atoms}
            needed |= {other for other in used if other is not None} - given
    missing = sorted(needed - set(groups))
    if missing:
        raise OracleError(f"{system.name}: no value and no equation for {missing[0]!r}")
    return [equations for name, equations in groups.items() if name in needed]


def _check(system: System, target: _Target, filled: Balls, masks: bool) -> None:
    """Every element is given and finite, or, where ``masks`` are allowed, −∞."""
    if not all(_sound(ball, masks) for ball in filled.ravel().tolist()):
        index, ball = next((index, ball) for index, ball in np.ndenumerate(filled) if not _sound(ball, masks))
        where = f"{target.name}{list(index[target.batched :])}"
        if ball is None:
            raise OracleError(f"{system.name}: no equation gives {where}")
        raise PrecisionError(f"{system.name}: {where} is {ball}, not a finite ball")


def _sound(ball: arb | None, masks: bool) -> bool:
    return ball is not None and (ball.is_finite() or (masks and is_masked(ball)))


@dataclass
class _Layout:
    """Expressions to arrays; ``shapes`` and what is ``batched`` grow with the equations."""

    names: Mapping[Expr, str]
    shapes: dict[str, tuple[int, ...]]
    sizes: Sizes
    batched: set[str] = field(default_factory=set)
    memo: dict[tuple[Expr, tuple[tuple[str, int], ...]], Named] = field(default_factory=dict)

    def target(self, equations: Sequence[Equation]) -> _Target:
        """A tensor, of all equations that it has."""
        target = equations[0].target
        shape = tuple(integer(axis, self.sizes) for axis in target.shape)
        blocks = [self._block(shape, equation, equations) for equation in equations]
        batch = max(array.length(BATCH) for _, _, array in blocks)
        batched = any(BATCH in array.places for _, _, array in blocks)
        axes = (BATCH,) * batched
        self.shapes[target.name] = (batch,) * batched + shape
        self.batched |= {target.name} if batched else set()
        placed = [
            ((*(slice(None),) * batched, *where, ...), array.ordered([*axes, *free])) for where, free, array in blocks
        ]
        return _Target(target.name, self.shapes[target.name], batched, tuple(placed))

    def _block(
        self, shape: tuple[int, ...], equation: Equation, siblings: Sequence[Equation]
    ) -> tuple[tuple[int | slice, ...], list[Symbol], Named]:
        """The equation's block of the target, its free indices and values; ``siblings`` are all equations of that
        target.

        A block ends where the next one begins, or the axis ends, or a tensor on the right-hand side does.
        """
        places = [place(index, self.sizes) for index in equation.indices]
        free = [symbol for symbol, _ in places if symbol is not None]
        ranges: dict[Symbol, int] = {}
        for axis, (symbol, offset) in enumerate(places):
            starts = [place(sibling.indices[axis], self.sizes)[1] for sibling in siblings]
            if symbol is not None:
                ranges[symbol] = min([shape[axis], *(s for s in starts if s > offset)]) - offset
        for atom in (leaf for leaf in leaves(equation.rhs) if isinstance(leaf, Indexed)):
            for length, where in zip(self._tensor(atom.base)[1], atom.indices, strict=True):
                symbol, offset = place(where, self.sizes)
                if symbol in ranges:
                    ranges[symbol] = min(ranges[symbol], length - offset)
        if len(set(free)) != len(free):
            raise OracleError(f"{equation.target.name}: an index stands twice on the left-hand side {equation.indices}")
        block = tuple(o if s is None else slice(o, o + ranges[s]) for s, o in places)
        return block, free, self.array(equation.rhs, ranges)

    def array(self, expr: Expr, ranges: Ranges) -> Named:
        """The array of an expression whose free indices run over ``ranges``."""
        if isinstance(expr, Rational):
            p, q = int(expr.p), int(expr.q)
            return scalar(lambda: arb(p) / q)
        if isinstance(expr, Indexed):
            return self._indexed(expr, ranges)
        if isinstance(expr, Symbol):
            size = dict(self.sizes).get(expr.name)
            return self._indexed(expr, ranges) if size is None else scalar(partial(arb, size))
        if isinstance(expr, Add):
            terms = [self.array(term, ranges) for term in expr.args]
            result = terms[0]
            for term in terms[1:]:
                result = add(result, term)
            return result
        if isinstance(expr, Sum):
            return self._sum(expr, ranges)
        key = expr, tuple(sorted((s.name, n) for s, n in ranges.items() if s in free_symbols(expr)))
        if key not in self.memo:
            made = self._compound(expr, ranges)  # which may add others
            self.memo[key] = _once(len(self.memo), made)
        return self.memo[key]

    def _compound(self, expr: Expr, ranges: Ranges) -> Named:
        if isinstance(expr, Mul):
            quotient = softmax_parts(expr)
            if quotient is not None:
                logits, summed, free = quotient
                last = self.array(logits, {**ranges, summed: ranges[free]})
                axes = tuple(axis for axis in last.axes if axis != summed)
                return _along(softmax, last, (*axes, summed), (*axes, free))
            result = self.array(expr.args[0], ranges)
            for factor in expr.args[1:]:
                result = multiply(result, self.array(factor, ranges))
            return result
        if isinstance(expr, Pow) and isinstance(expr.exp, Rational) and expr.exp.q in {1, 2}:
            p, q = int(expr.exp.p), int(expr.exp.q)
            return _mapped(lambda balls: power(balls, p, q), self.array(expr.base, ranges))
        rows = logsumexp_parts(expr)
        if rows is not None:
            logits, summed, count = rows
            last = self.array(logits, {**ranges, summed: integer(count, self.sizes)})
            axes = tuple(axis for axis in last.axes if axis != summed)
            return _along(logsumexp, last, (*axes, summed), axes)
        if expr.func in FUNCTIONS:
            return _mapped(lambda balls: elementwise(FUNCTIONS[expr.func], balls), self.array(expr.args[0], ranges))
        raise OracleError(f"no ball arithmetic for {expr.func.__name__}: {expr}")

    def _sum(self, expr: Sum, ranges: Ranges) -> Named:
        inner = dict(ranges)
        for symbol, low, high in expr.limits:
            if low != 0 or symbol in ranges:
                raise OracleError(f"a sum must run from 0 over an index of its own: {expr}")
            inner[symbol] = integer(high + 1, self.sizes)
        over = [symbol for symbol, _, _ in expr.limits]
        factors = [self.array(factor, inner) for factor in Mul.make_args(expr.function)]
        absent = [symbol for symbol in over if not any(symbol in factor.places for factor in factors)]
        counts = [inner[symbol] for symbol in absent]  # Σ_x c = (number of x) · c
        factors += [scalar(partial(arb, count)) for count in counts]
        return contract(factors, [symbol for symbol in over if symbol not in absent])

    def _indexed(self, expr: Expr, ranges: Ranges) -> Named:
        """An element of a tensor, or a tensor without axes."""
        indices = expr.indices if isinstance(expr, Indexed) else ()
        name, shape = self._tensor(expr.base if isinstance(expr, Indexed) else expr)
        axes: list[Symbol] = []
        where: list[int | slice] = []
        for length, position in zip(shape, indices, strict=True):
            symbol, offset = place(position, self.sizes)
            stop = offset + (1 if symbol is None else ranges[symbol])
            if not 0 <= offset < stop <= length:
                raise OracleError(f"{expr}: places {offset}..{stop - 1} of an axis of length {length}")
            where.append(offset if symbol is None else slice(offset, stop))
            if symbol is not None:
                axes.append(symbol)
        lengths = dict(zip(axes, (part.stop - part.start for part in where if isinstance(part, slice)), strict=True))
        batch = self.shapes[name][: name in self.batched]
        diagonals = []
        for symbol in [s for s in dict.fromkeys(axes) if axes.count(s) == 2]:  # x[i, i]
            first, second = (k + len(batch) for k, s in enumerate(axes) if s == symbol)
            diagonals.append((first, second))
            axes = [s for s in axes if s != symbol] + [symbol]
        block = (*(slice(None) for _ in batch), *where, ...)
        shape = (*batch, *(lengths[symbol] for symbol in axes))
        return Named((*(BATCH for _ in batch), *axes), shape, _part(name, block, diagonals))

    def _tensor(self, base: Expr) -> tuple[str, tuple[int, ...]]:
        """A tensor's name and own shape."""
        if base not in self.names:
            raise OracleError(f"unknown tensor {base}")
        name = self.names[base]
        return name, self.shapes[name][name in self.batched :]


def _part(name: str, block: Block, diagonals: Sequence[tuple[int, int]]) -> Data:
    """A block of a tensor, and diagonals of it."""

    def part(known: Known) -> Balls:
        found = known[name][block]
        for first, second in diagonals:
            found = np.diagonal(found, axis1=first, axis2=second)
        return found

    return part


def _mapped(function: Callable[[Balls], Balls], operand: Named) -> Named:
    data = operand.data
    return Named(operand.axes, operand.shape, lambda known: function(data(known)))


def _along(
    function: Callable[[Balls], Balls], operand: Named, axes: tuple[Symbol, ...], found: tuple[Symbol, ...]
) -> Named:
    """A function along the last of the ``axes``; what it gives has the axes ``found``."""
    data = operand.ordered(axes)
    shape = tuple(operand.length(axis) for axis in axes)[: len(found)]
    return Named(found, shape, lambda known: function(data(known)))


def _once(number: int, array: Named) -> Named:
    """The same array, made once for all that it stands in."""
    key, data = f" {number}", array.data

    def kept(known: Known) -> Balls:
        if key not in known:
            known[key] = data(known)
        return known[key]

    return Named(array.axes, array.shape, kept)
