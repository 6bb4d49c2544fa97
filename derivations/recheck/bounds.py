"""Derived bounds at given sizes, inputs and parameters, in ball arithmetic: values and errors, element by element.

Reads the notation by itself, with loops over indices, and shares no code with the running bounds that the verifier
evaluates in floating point: the second road to those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import cast

from flint import arb, ctx, fmpq
from sympy import Abs, Expr, Max, Min, Pow, Symbol, ceiling

from attnproof.derivations.bounds.parameters import PARAMETERS
from attnproof.derivations.bounds.system import ErrorBounds
from attnproof.derivations.language.indexing import bounds as bounds_of
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import System
from attnproof.derivations.recheck.dual import Scalar, value_of
from attnproof.derivations.recheck.exact import Array, Compiled, Compiler, positions, run, shape_at
from attnproof.derivations.recheck.real import Reals, as_scalar

PRECISION = 128  # bits
Number = int | float | fmpq | arb
Balls = dict[tuple[int, ...], arb]


def evaluate(
    bounds: ErrorBounds,
    sizes: Mapping[str, int],
    inputs: Mapping[str, Mapping[tuple[int, ...], Number]],
    parameters: Mapping[str, Number],
) -> dict[str, Balls]:
    """Every tensor of ``bounds.whole`` by name: values, and errors under ``error_NAME``.

    sizes       size symbol's name -> number
    inputs      input's name -> index tuple -> value, finite
    parameters  name -> value, for every name in ``bounds.parameters``

    Raises KeyError for a missing input, size or parameter, ValueError for an input of another shape, and for a ball
    that is not finite: a reciprocal of what may be 0.
    """
    missing = [name for name in bounds.parameters if name not in parameters]
    if missing:
        raise KeyError(f"no value is given for the parameter {missing[0]!r}: {PARAMETERS[missing[0]]}")
    before, ctx.prec = ctx.prec, PRECISION
    try:
        values = {tensor.name: _input(tensor, sizes, inputs) for tensor in bounds.whole.inputs}
        constants = {name: arb(value) for name, value in parameters.items()}
        compiler = _Compiler(bounds.whole, sizes, cast("dict[str, Array]", values), constants)
        for equation in bounds.whole.equations:
            target = values.setdefault(equation.target.name, {})
            run(compiler, equation)
            for place, found in target.items():
                target[place] = arb(found)
                if not target[place].is_finite():
                    raise ValueError(f"{equation.target.name}{list(place)} has no finite value")
        return values
    finally:
        ctx.prec = before


def _input(tensor: Tensor, sizes: Mapping[str, int], inputs: Mapping[str, Mapping[tuple[int, ...], Number]]) -> Balls:
    if tensor.name not in inputs:
        raise KeyError(f"no value is given for the input {tensor.name!r}")
    given = inputs[tensor.name]
    if set(given) != set(positions(tensor, sizes)):
        raise ValueError(f"the input {tensor.name!r} has other elements than its shape {shape_at(tensor, sizes)}")
    return {where: arb(value) for where, value in given.items()}


class _Compiler(Compiler):
    """With balls for numbers, the arithmetic's parameters for symbols, and what only bounds are written in."""

    def __init__(
        self, system: System, sizes: Mapping[str, int], values: dict[str, Array], constants: Mapping[str, arb]
    ) -> None:
        super().__init__(system, sizes, values, Reals(""))
        self.constants = constants

    def expression(self, expr: Expr) -> Compiled:
        """Raises ValueError for a node that is not part of the notation of bounds."""
        if isinstance(expr, ceiling):
            count = fmpq(int(expr.subs({symbol: self.sizes[symbol.name] for symbol in expr.free_symbols})))
            return lambda _: count
        if isinstance(expr, Abs):
            argument = self.expression(expr.args[0])
            return lambda env: as_scalar(abs(_ball(argument(env))))
        if isinstance(expr, Largest):
            body, ranges = self.expression(expr.function), dict(bounds_of(expr))
            return lambda env: _extreme(arb.max, [body(inside) for inside in self.environments(ranges, env)])
        if isinstance(expr, Max | Min):
            parts = [self.expression(argument) for argument in expr.args]
            choose = arb.max if isinstance(expr, Max) else arb.min
            return lambda env: _extreme(choose, [part(env) for part in parts])
        if isinstance(expr, Pow) and not expr.exp.is_Rational:
            base, exponent = self.expression(expr.base), self.expression(expr.exp)
            return lambda env: as_scalar(_ball(base(env)) ** _ball(exponent(env)))
        if isinstance(expr, Symbol) and expr.name in self.constants and not expr.is_integer:
            constant = as_scalar(self.constants[expr.name])
            return lambda _: constant
        return super().expression(expr)


def _ball(value: Scalar) -> arb:
    return arb(value_of(value))


def _extreme(choose: Callable[[arb, arb], arb], values: list[Scalar]) -> fmpq:
    return as_scalar(reduce(choose, map(_ball, values)))
