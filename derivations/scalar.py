"""Scalar expansion: a system at small sizes with one symbol for each element, differentiated by ``sympy.diff``.

This road writes the whole composition out as expressions in the elements of the inputs, differentiates
``Σ seed · output`` with SymPy, element by element, and decides equality in a field of rational functions whose
generators are the elements and the exponentials and hyperbolic tangents that occur. Nothing of the index calculus takes
part; sizes must be small because everything grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import lcm, prod

from sympy import QQ, Add, Expr, Function, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol, diff, exp, sech, tanh
from sympy.polys.fields import FracElement, FracField

from derivations.indexing import bounds
from derivations.notation import Tensor
from derivations.ranges import free_ranges
from derivations.system import Equation, System

Expanded = dict[tuple[int, ...], Expr]


def symbols_for(tensor: Tensor, sizes: Mapping[Symbol, int]) -> Expanded:
    """One real symbol for each element: ``q[0,1]`` becomes ``q_0_1``."""
    shape = [int(count.subs(sizes)) for count in tensor.shape]
    return {
        where: Symbol("_".join((tensor.symbol, *map(str, where))) + "_", real=True)
        for where in product(*(range(count) for count in shape))
    }


def expand(system: System, sizes: Mapping[Symbol, int], inputs: Mapping[str, Expanded]) -> dict[str, Expanded]:
    """Every tensor of ``system`` written out in the elements of the inputs."""
    values = dict(inputs)
    for equation in system.equations:
        target = values.setdefault(equation.target.name, {})
        for point in _points(system, equation, sizes):
            where = tuple(int(index.subs({**sizes, **point})) for index in equation.indices)
            target[where] = _written_out(equation.rhs, {**sizes, **point}, system, values)
    return values


def _points(system: System, equation: Equation, sizes: Mapping[Symbol, int]) -> Iterator[dict[Symbol, Expr]]:
    free = free_ranges(system, equation)
    counts = [range(int(count.subs(sizes))) for count in free.values()]
    for point in product(*counts):
        yield {symbol: Integer(position) for symbol, position in zip(free, point, strict=True)}


def _written_out(expr: Expr, known: Mapping[Symbol, Expr], system: System, values: Mapping[str, Expanded]) -> Expr:
    if isinstance(expr, Indexed):
        where = tuple(int(index.subs(known)) for index in expr.indices)
        return values[system.by_base[expr.base].name][where]
    if isinstance(expr, Symbol):
        return values[system.by_base[expr].name][()] if expr in system.by_base else Integer(known[expr])
    if isinstance(expr, Sum):
        terms = []
        counts = [range(int(count.subs(known))) for _, count in bounds(expr)]
        for point in product(*counts):
            inside = {**known, **{s: Integer(n) for (s, _), n in zip(bounds(expr), point, strict=True)}}
            terms.append(_written_out(expr.function, inside, system, values))
        return sum(terms, Integer(0))
    if not expr.args:
        return expr
    return expr.func(*(_written_out(argument, known, system, values) for argument in expr.args))


def differences(
    forward: System, adjoint: System, sizes: Mapping[Symbol, int], outputs: tuple[str, ...], wrt: tuple[str, ...]
) -> dict[str, tuple[tuple[int, ...], ...]]:
    """The elements of each gradient in which ``adjoint`` and ``sympy.diff`` disagree; empty tuples when all agree.

    The seeds and gradients are found by name (``grad_NAME``, ``seed_NAME``). Sizes of which roots are taken must be
    perfect squares.
    """
    inputs = {tensor.name: symbols_for(tensor, sizes) for tensor in forward.inputs}
    values = expand(forward, sizes, inputs)
    given = {tensor.name: tensor for tensor in adjoint.inputs}
    seeds = {n: given.get(f"seed_{n}", given.get(f"grad_{n}")) for n in outputs}
    loss: Expr = Integer(0)
    known = dict(values)
    for name, seed in seeds.items():
        if seed is None:
            raise ValueError(f"{adjoint.name}: no seed for the output {name!r}")
        known[seed.name] = symbols_for(seed, sizes)
        loss += sum(known[seed.name][where] * value for where, value in values[name].items())
    derived = expand(adjoint, sizes, {tensor.name: known[tensor.name] for tensor in adjoint.inputs})
    pairs = {
        (name, where): (diff(loss, symbol), derived[f"grad_{name}"][where])
        for name in wrt
        for where, symbol in inputs[name].items()
    }
    decide = _Decision([side for pair in pairs.values() for side in pair])
    return {name: tuple(where for where in inputs[name] if not decide.equal(*pairs[name, where])) for name in wrt}


class _Decision:
    """Equality of rational functions in symbols, exponentials and hyperbolic tangents, by exact field arithmetic.

    ``exp(2 x + y/3)`` is ``X⁶ Y`` with generators ``X = exp(x/3)`` ..., one for each term that stands in an exponent;
    ``sech²`` is ``1 − tanh²``.
    """

    def __init__(self, expressions: list[Expr]) -> None:
        functions = sorted({f for e in expressions for f in e.atoms(Function)}, key=str)
        denominators: dict[Expr, int] = {}
        symbols = {s for e in expressions for s in e.free_symbols}
        self.generators: dict[tuple[str, Expr], Symbol] = {}
        for function in functions:
            if isinstance(function, exp):
                for coefficient, rest in _exponents(function):
                    denominators[rest] = lcm(denominators.get(rest, 1), int(coefficient.q))
            elif isinstance(function, tanh | sech):
                self.generators.setdefault(("tanh", function.args[0]), Symbol(f"T{len(self.generators)}_"))
            else:
                raise ValueError(f"scalar expansion decides exp and tanh only, got {function.func.__name__}")
        for rest in denominators:
            self.generators["exp", rest] = Symbol(f"E{len(self.generators)}_")
        self.denominators = denominators
        self.field = FracField(sorted(symbols | set(self.generators.values()), key=str), QQ)
        self.cache: dict[Expr, FracElement] = {}

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether the two are the same function."""
        return bool(self.convert(left) == self.convert(right))

    def convert(self, expr: Expr) -> FracElement:
        """``expr`` as an element of the field. Raises ValueError for what the field does not have."""
        if expr not in self.cache:
            self.cache[expr] = self._convert(expr)
        return self.cache[expr]

    def _convert(self, expr: Expr) -> FracElement:
        if isinstance(expr, Symbol):
            return self.field(expr)
        if isinstance(expr, Rational):
            return self.field(QQ(int(expr.p), int(expr.q)))
        if isinstance(expr, Add):
            return sum((self.convert(term) for term in expr.args), self.field(0))
        if isinstance(expr, Mul):
            return prod((self.convert(factor) for factor in expr.args), start=self.field(1))
        if isinstance(expr, Pow) and isinstance(expr.base, sech) and expr.exp.is_Integer and expr.exp % 2 == 0:
            t = self.field(self.generators["tanh", expr.base.args[0]])
            return (1 - t**2) ** int(expr.exp / 2)
        if isinstance(expr, Pow) and expr.exp.is_Integer:
            return self.convert(expr.base) ** int(expr.exp)
        if isinstance(expr, tanh):
            return self.field(self.generators["tanh", expr.args[0]])
        if isinstance(expr, exp):
            result = self.field(1)
            for coefficient, rest in _exponents(expr):
                power = int(coefficient * self.denominators[rest])
                result *= self.field(self.generators["exp", rest]) ** power
            return result
        raise ValueError(f"scalar expansion does not decide {expr.func.__name__}: {expr}")


def _exponents(function: Expr) -> list[tuple[Expr, Expr]]:
    """The terms of the exponent as rational coefficient and rest."""
    return [term.as_coeff_Mul(rational=True) for term in Add.make_args(function.args[0].expand())]
