"""Evaluates a system of equations in ball arithmetic, straight from its SymPy expressions.

It shares nothing with the code printers: an expression becomes an array of balls over the named axes of its free
indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from flint import arb
from sympy import Add, Expr, Indexed, Mul, Pow, Rational, Sum, Symbol

from attnproof.derivations.language.system import Equation, System
from attnproof.verify.oracle.elementwise import FUNCTIONS, elementwise, power
from attnproof.verify.oracle.error import OracleError, PrecisionError
from attnproof.verify.oracle.named import Balls, Named, add, contract, multiply, scalar
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

    values  tensor name -> balls in the tensor's own shape (no batch dimensions); nothing given is computed again
    sizes   size symbol's name -> value
    Raises OracleError for an expression it does not know, PrecisionError when a ball is no longer finite.
    """
    known = dict(values)
    evaluator = _Evaluator({t.base: n for n, t in system.tensors.items()}, known, tuple(sizes.items()))
    for equations in _needed(system, set(values), wanted):
        target = equations[0].target
        filled = np.full(tuple(integer(axis, evaluator.sizes) for axis in target.shape), None, object)
        for equation in equations:
            evaluator.fill(filled, equation, equations)
        # The log-sum-exp of a row whose keys are all masked is −∞.
        _check(system, target.name, filled, masks=target.name not in wanted or target.name == "lse")
        known[target.name] = filled
    return known


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


def _check(system: System, name: str, filled: Balls, masks: bool) -> None:
    """Every element is given and finite, or, where ``masks`` are allowed, −∞."""
    if not all(_sound(ball, masks) for ball in filled.ravel().tolist()):
        index, ball = next((index, ball) for index, ball in np.ndenumerate(filled) if not _sound(ball, masks))
        if ball is None:
            raise OracleError(f"{system.name}: no equation gives {name}{list(index)}")
        raise PrecisionError(f"{system.name}: {name}{list(index)} is {ball}, not a finite ball")


def _sound(ball: arb | None, masks: bool) -> bool:
    return ball is not None and (ball.is_finite() or (masks and is_masked(ball)))


@dataclass
class _Evaluator:
    """Expressions to arrays; ``known`` grows as the equations are evaluated."""

    names: Mapping[Expr, str]
    known: Mapping[str, Balls]
    sizes: Sizes
    memo: dict[tuple[Expr, tuple[tuple[str, int], ...]], Named] = field(default_factory=dict)

    def fill(self, filled: Balls, equation: Equation, siblings: Sequence[Equation]) -> None:
        """Write the equation's values into its block of the target; ``siblings`` are all equations of that target.

        A block ends where the next one begins, or the axis ends, or a tensor on the right-hand side does.
        """
        places = [place(index, self.sizes) for index in equation.indices]
        free = [symbol for symbol, _ in places if symbol is not None]
        ranges: dict[Symbol, int] = {}
        for axis, (symbol, offset) in enumerate(places):
            starts = [place(sibling.indices[axis], self.sizes)[1] for sibling in siblings]
            if symbol is not None:
                ranges[symbol] = min([filled.shape[axis], *(s for s in starts if s > offset)]) - offset
        for atom in (leaf for leaf in leaves(equation.rhs) if isinstance(leaf, Indexed)):
            for length, where in zip(self._tensor(atom.base).shape, atom.indices, strict=True):
                symbol, offset = place(where, self.sizes)
                if symbol in ranges:
                    ranges[symbol] = min(ranges[symbol], length - offset)
        if len(set(free)) != len(free):
            raise OracleError(f"{equation.target.name}: an index stands twice on the left-hand side {equation.indices}")
        block = tuple(o if s is None else slice(o, o + ranges[s]) for s, o in places)
        filled[(*block, ...)] = self.array(equation.rhs, ranges).ordered(free)

    def array(self, expr: Expr, ranges: Ranges) -> Named:
        """The array of an expression whose free indices run over ``ranges``."""
        if isinstance(expr, Rational):
            return scalar(arb(int(expr.p)) / int(expr.q))
        if isinstance(expr, Indexed):
            return self._indexed(expr, ranges)
        if isinstance(expr, Symbol):
            size = dict(self.sizes).get(expr.name)
            return Named((), self._tensor(expr)) if size is None else scalar(arb(size))
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
            self.memo[key] = self._compound(expr, ranges)
        return self.memo[key]

    def _compound(self, expr: Expr, ranges: Ranges) -> Named:
        if isinstance(expr, Mul):
            quotient = softmax_parts(expr)
            if quotient is not None:
                logits, summed, free = quotient
                result = softmax(self.array(logits, {**ranges, summed: ranges[free]}), summed)
                return Named(tuple(free if axis == summed else axis for axis in result.axes), result.data)
            result = self.array(expr.args[0], ranges)
            for factor in expr.args[1:]:
                result = multiply(result, self.array(factor, ranges))
            return result
        if isinstance(expr, Pow) and isinstance(expr.exp, Rational) and expr.exp.q in {1, 2}:
            return power(self.array(expr.base, ranges), int(expr.exp.p), int(expr.exp.q))
        rows = logsumexp_parts(expr)
        if rows is not None:
            logits, summed, count = rows
            return logsumexp(self.array(logits, {**ranges, summed: integer(count, self.sizes)}), summed)
        if expr.func in FUNCTIONS:
            return elementwise(FUNCTIONS[expr.func], self.array(expr.args[0], ranges))
        raise OracleError(f"no ball arithmetic for {expr.func.__name__}: {expr}")

    def _sum(self, expr: Sum, ranges: Ranges) -> Named:
        inner = dict(ranges)
        for symbol, low, high in expr.limits:
            if low != 0 or symbol in ranges:
                raise OracleError(f"a sum must run from 0 over an index of its own: {expr}")
            inner[symbol] = integer(high + 1, self.sizes)
        over = [symbol for symbol, _, _ in expr.limits]
        factors = [self.array(factor, inner) for factor in Mul.make_args(expr.function)]
        absent = [symbol for symbol in over if not any(symbol in factor.axes for factor in factors)]
        factors += [scalar(arb(inner[symbol])) for symbol in absent]  # Σ_x c = (number of x) · c
        return contract(factors, [symbol for symbol in over if symbol not in absent])

    def _indexed(self, expr: Indexed, ranges: Ranges) -> Named:
        data = self._tensor(expr.base)
        axes: list[Symbol] = []
        where: list[int | slice] = []
        for length, position in zip(data.shape, expr.indices, strict=True):
            symbol, offset = place(position, self.sizes)
            stop = offset + (1 if symbol is None else ranges[symbol])
            if not 0 <= offset < stop <= length:
                raise OracleError(f"{expr}: places {offset}..{stop - 1} of an axis of length {length}")
            where.append(offset if symbol is None else slice(offset, stop))
            if symbol is not None:
                axes.append(symbol)
        part = data[(*where, ...)]
        for symbol in [s for s in dict.fromkeys(axes) if axes.count(s) == 2]:  # x[i, i]: the diagonal
            first, second = (k for k, s in enumerate(axes) if s == symbol)
            part = np.diagonal(part, axis1=first, axis2=second)
            axes = [s for s in axes if s != symbol] + [symbol]
        return Named(tuple(axes), part)

    def _tensor(self, base: Expr) -> Balls:
        if base not in self.names:
            raise OracleError(f"unknown tensor {base}")
        return self.known[self.names[base]]
