"""Derived bounds at given sizes, inputs and parameters, in ball arithmetic: values and errors, element by element.

Reads the notation by itself, with loops over indices, and shares no code with the running bounds that the verifier evaluates in
floating point: the second road to those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from flint import arb, ctx, fmpq
from sympy import Abs, Add, Expr, Indexed, Max, Min, Mul, Pow, Rational, Sum, Symbol, ceiling, exp, log, sech, tanh

from attnproof.derivations.bounds.parameters import PARAMETERS
from attnproof.derivations.bounds.system import ErrorBounds
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.recheck.exact import positions, shape_at

PRECISION = 128  # bits
Number = int | float | fmpq | arb
Balls = dict[tuple[int, ...], arb]
_Environment = dict[Symbol, int]
_Compiled = Callable[[_Environment], arb]

_FUNCTIONS: Mapping[type[Expr], Callable[[arb], arb]] = {
    Abs: abs,
    exp: arb.exp,
    log: arb.log,
    tanh: arb.tanh,
    sech: arb.sech,
}


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

    Raises KeyError for a missing input, size or parameter, ValueError for an input of another shape, and for a ball that is not finite: a
    reciprocal of what may be 0.
    """
    missing = [name for name in bounds.parameters if name not in parameters]
    if missing:
        raise KeyError(f"no value is given for the parameter {missing[0]!r}: {PARAMETERS[missing[0]]}")
    before, ctx.prec = ctx.prec, PRECISION
    try:
        constants = {name: _ball(value) for name, value in parameters.items()}
        values = {tensor.name: _input(tensor, sizes, inputs) for tensor in bounds.whole.inputs}
        for equation in bounds.whole.equations:
            _run(bounds.whole, equation, sizes, values, constants)
        return values
    finally:
        ctx.prec = before


def _ball(value: Number) -> arb:
    return arb(value)


def _input(tensor: Tensor, sizes: Mapping[str, int], inputs: Mapping[str, Mapping[tuple[int, ...], Number]]) -> Balls:
    if tensor.name not in inputs:
        raise KeyError(f"no value is given for the input {tensor.name!r}")
    given = inputs[tensor.name]
    if set(given) != set(positions(tensor, sizes)):
        raise ValueError(f"the input {tensor.name!r} has other elements than its shape {shape_at(tensor, sizes)}")
    return {where: _ball(value) for where, value in given.items()}


def _run(
    system: System, equation: Equation, sizes: Mapping[str, int], values: dict[str, Balls], constants: Mapping[str, arb]
) -> None:
    target = values.setdefault(equation.target.name, {})
    compile_ = _Compiler(system, sizes, values, constants)
    rhs = compile_.expression(equation.rhs)
    where = [(compile_.integer(offset), symbol) for offset, symbol in map(split, equation.indices)]
    free = {symbol: compile_.integer(size) for symbol, size in free_ranges(system, equation).items()}
    for point in product(*(range(count) for count in free.values())):
        environment: _Environment = dict(zip(free, point, strict=True))
        found = rhs(environment)
        place = tuple(offset + environment[symbol] for offset, symbol in where)
        if not found.is_finite():
            raise ValueError(f"{equation.target.name}{list(place)} has no finite value")
        target[place] = found


class _Compiler:
    """Turns expressions into functions of an environment (index symbol -> position)."""

    def __init__(
        self, system: System, sizes: Mapping[str, int], values: Mapping[str, Balls], constants: Mapping[str, arb]
    ) -> None:
        self.system, self.sizes, self.values, self.constants = system, sizes, values, constants

    def integer(self, expr: Expr) -> int:
        """An expression in sizes."""
        return int(expr.subs({symbol: self.sizes[symbol.name] for symbol in expr.free_symbols}))

    def expression(self, expr: Expr) -> _Compiled:
        """Raises ValueError for a node that is not part of the notation of bounds."""
        if isinstance(expr, Rational):
            number = arb(fmpq(int(expr.p), int(expr.q)))
            return lambda _: number
        if isinstance(expr, Indexed):
            return self._element(expr)
        if isinstance(expr, Symbol):
            return self._symbol(expr)
        if isinstance(expr, ceiling):
            count = arb(self.integer(expr))
            return lambda _: count
        if isinstance(expr, Sum):
            return self._over(expr, lambda values: sum(values, arb(0)))
        if isinstance(expr, Largest):
            return self._over(expr, lambda values: _extreme(arb.max, values))
        if expr.func in _FUNCTIONS:
            function, argument = _FUNCTIONS[expr.func], self.expression(expr.args[0])
            return lambda env: function(argument(env))
        parts = [self.expression(argument) for argument in expr.args]
        if isinstance(expr, Add):
            return lambda env: sum((part(env) for part in parts), arb(0))
        if isinstance(expr, Mul):
            return lambda env: _product([part(env) for part in parts])
        if isinstance(expr, Max | Min):
            choose = arb.max if isinstance(expr, Max) else arb.min
            return lambda env: _extreme(choose, [part(env) for part in parts])
        if isinstance(expr, Pow):
            return self._power(expr, *parts)
        raise ValueError(f"cannot evaluate {expr.func.__name__}: {expr}")

    def _element(self, expr: Indexed) -> _Compiled:
        array = self.values[self.system.by_base[expr.base].name]
        where = [(self.integer(offset), symbol) for offset, symbol in map(split, expr.indices)]
        return lambda env: array[tuple(offset + env[symbol] for offset, symbol in where)]

    def _symbol(self, symbol: Symbol) -> _Compiled:
        if symbol in self.system.by_base:
            array = self.values[self.system.by_base[symbol].name]
            return lambda _: array[()]
        if symbol.is_integer:
            size = arb(self.sizes[symbol.name])
            return lambda _: size
        constant = self.constants[symbol.name]
        return lambda _: constant

    def _over(self, expr: Sum | Largest, collect: Callable[[list[arb]], arb]) -> _Compiled:
        body = self.expression(expr.function)
        ranges = [(symbol, range(self.integer(low), self.integer(high) + 1)) for symbol, low, high in expr.limits]

        def run(env: _Environment) -> arb:
            inside = dict(env)
            found = []
            for point in product(*(values for _, values in ranges)):
                inside.update(zip((symbol for symbol, _ in ranges), point, strict=True))
                found.append(body(inside))
            return collect(found)

        return run

    def _power(self, expr: Pow, base: _Compiled, exponent: _Compiled) -> _Compiled:
        if not expr.exp.free_symbols and expr.exp.is_Integer:
            whole = int(expr.exp)
            return lambda env: base(env) ** whole
        return lambda env: base(env) ** exponent(env)


def _product(values: list[arb]) -> arb:
    result = arb(1)
    for value in values:
        result *= value
    return result


def _extreme(choose: Callable[[arb, arb], arb], values: list[arb]) -> arb:
    found, *rest = values
    for value in rest:
        found = choose(found, value)
    return found
