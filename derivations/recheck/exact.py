"""Exact evaluation of a system at rational points for given sizes, and its exact derivatives by dual numbers.

This is the second road for every derived system. It reads the notation by itself, with loops over indices, and shares
no code with the differentiation in ``attnproof.derivations.calculus.adjoint`` and
``attnproof.derivations.calculus.tangent``.

Transcendental functions are ``attnproof.derivations.recheck.atoms`` (``attnproof.derivations.recheck.real`` where roots
of tensors are taken). Two expressions that differ agree at a random point only with the probability of hitting a zero
of their difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from flint import fmpq
from sympy import Add, Expr, Indexed, Integer, Mul, Number, Pow, Sum, Symbol, exp

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.dual import Dual, Scalar, slopes, value_of

Array = dict[tuple[int, ...], Scalar]
Sizes = Mapping[str, int]
Environment = dict[Symbol, int]
Compiled = Callable[[Environment], Scalar]


def shape_at(tensor: Tensor, sizes: Sizes) -> tuple[int, ...]:
    """The shape of ``tensor`` at the given sizes. Raises KeyError for a size that is not given."""
    return tuple(whole(count, sizes) for count in tensor.shape)


def positions(tensor: Tensor, sizes: Sizes) -> Iterable[tuple[int, ...]]:
    """Every index tuple of ``tensor``, the last index fastest."""
    return product(*(range(count) for count in shape_at(tensor, sizes)))


def evaluate(system: System, sizes: Sizes, inputs: Mapping[str, Array], atoms: Atoms) -> dict[str, Array]:
    """Values of every tensor of ``system``, exactly.

    Raises KeyError for a missing input or size, ValueError for an element that is defined twice, is not defined, or
    stands outside of a tensor, and ZeroDivisionError where the point is a pole.
    """
    values: dict[str, Array] = {tensor.name: inputs[tensor.name] for tensor in system.inputs}
    for equation in system.equations:
        values.setdefault(equation.target.name, {})
    compiler = Compiler(system, sizes, values, atoms)
    for equation in system.equations:
        run(compiler, equation)
    for name, tensor in system.tensors.items():
        if set(values[name]) != set(positions(tensor, sizes)):
            raise ValueError(f"{system.name}: the elements of {name!r} do not fill its shape {tensor.shape}")
    return values


def run(compiler: Compiler, equation: Equation) -> None:
    """Every element that ``equation`` defines, put among ``compiler.values``."""
    system, target = compiler.system, compiler.values[equation.target.name]
    rhs = compiler.expression(equation.rhs)
    where = [compiler.position(index) for index in equation.indices]
    for environment in compiler.environments(free_ranges(system, equation)):
        element = tuple(position(environment) for position in where)
        if element in target:
            raise ValueError(f"{system.name}: {equation.target.name}{list(element)} is defined twice")
        target[element] = rhs(environment)


def gradients(
    system: System,
    sizes: Sizes,
    inputs: Mapping[str, Array],
    seeds: Mapping[str, Array],
    wrt: Iterable[str],
    atoms: Atoms,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Values of every tensor, and the exact derivative of ``Σ seed · output`` for every element of the inputs ``wrt``.

    By dual numbers with one slope for each element, all elements in one evaluation.
    """
    moving: dict[str, Array] = dict(inputs)
    elements: list[tuple[str, tuple[int, ...]]] = []
    for name in wrt:
        moving[name] = {}
        for where, value in inputs[name].items():
            moving[name][where] = Dual(value_of(value), {len(elements): fmpq(1)})
            elements.append((name, where))
    found = evaluate(system, sizes, moving, atoms)
    total: dict[int, fmpq] = {}
    for name, seed in seeds.items():
        for where, weight in seed.items():
            element = found[name][where]
            if isinstance(element, Dual):
                for key, slope in element.slope.items():
                    total[key] = total.get(key, fmpq(0)) + value_of(weight) * slope
    result: dict[str, Array] = {name: {} for name in wrt}
    for key, (name, where) in enumerate(elements):
        result[name][where] = total.get(key, fmpq(0))
    return {name: {w: value_of(v) for w, v in array.items()} for name, array in found.items()}, result


class Compiler:
    """Turns expressions into functions of an environment (index symbol -> position)."""

    def __init__(self, system: System, sizes: Sizes, values: Mapping[str, Array], atoms: Atoms) -> None:
        self.system, self.sizes, self.values, self.atoms = system, sizes, values, atoms

    def environments(self, ranges: Mapping[Symbol, Expr], outer: Environment | None = None) -> Iterator[Environment]:
        """Every choice of positions for indices with these numbers of values, beside those of ``outer``."""
        counts = [range(whole(count, self.sizes)) for count in ranges.values()]
        for point in product(*counts):
            yield {**(outer or {}), **dict(zip(ranges, point, strict=True))}

    def position(self, where: Expr) -> Callable[[Environment], int]:
        """An index expression: an offset of sizes and numbers, and at most index symbols with integer factors."""
        constant = 0
        moving: list[tuple[int, Symbol]] = []
        for term in Add.make_args(where):
            factor, rest = term.as_coeff_Mul()
            if isinstance(rest, Symbol) and not rest.is_positive:  # a size is positive, an index may be 0
                moving.append((int(factor), rest))
            else:
                constant += whole(term, self.sizes)
        if len(moving) == 1 and moving[0][0] == 1:
            only = moving[0][1]
            return lambda env: constant + env[only]
        return lambda env: constant + sum(factor * env[symbol] for factor, symbol in moving)

    def expression(self, expr: Expr) -> Compiled:
        """Raises ValueError for a node that is not part of the notation."""
        if isinstance(expr, Number):
            number = fmpq(int(expr.p), int(expr.q)) if expr.is_Rational else None
            if number is None:
                raise ValueError(f"not a rational number: {expr}")
            return lambda _: number
        if isinstance(expr, Indexed):
            return self._element(self.system.by_base[expr.base].name, [self.position(w) for w in expr.indices])
        if isinstance(expr, Symbol):
            return self._symbol(expr)
        if isinstance(expr, Add):
            terms = [self.expression(term) for term in expr.args]
            return lambda env: _sum(term(env) for term in terms)
        if isinstance(expr, Mul):
            return self._product([self.expression(factor) for factor in expr.args])
        if isinstance(expr, Sum):
            return self._total(expr)
        if isinstance(expr, Pow):
            return self._power(expr)
        if isinstance(expr, exp):
            return self._product([self._exponential(term) for term in Add.make_args(expr.args[0])])
        if expr.is_Function and len(expr.args) == 1:
            name, argument = expr.func.__name__, self.expression(expr.args[0])
            return lambda env: self.atoms(name, argument(env))
        raise ValueError(f"cannot evaluate {expr.func.__name__}: {expr}")

    def _element(self, name: str, where: list[Callable[[Environment], int]]) -> Compiled:
        array = self.values[name]

        def element(env: Environment) -> Scalar:
            indices = tuple(position(env) for position in where)
            if indices not in array:
                raise ValueError(f"{self.system.name}: {name}{list(indices)} does not exist")
            return array[indices]

        return element

    def _symbol(self, symbol: Symbol) -> Compiled:
        if symbol in self.system.by_base:
            return self._element(self.system.by_base[symbol].name, [])
        if symbol.is_positive:
            count = fmpq(whole(symbol, self.sizes))
            return lambda _: count
        return lambda env: fmpq(env[symbol])

    def _product(self, factors: list[Compiled]) -> Compiled:
        def run(env: Environment) -> Scalar:
            result: Scalar = fmpq(1)
            for factor in factors:
                result = result * factor(env)
            return result

        return run

    def _exponential(self, term: Expr) -> Compiled:
        """``exp(n x)`` with an integer n as ``exp(x)^n``, the law of exponents within one expression."""
        number, rest = term.as_coeff_Mul()
        power = int(number) if number.is_Integer and rest != 1 else 1
        argument = self.expression(rest if number.is_Integer and rest != 1 else term)
        return lambda env: self.atoms("exp", argument(env)) ** power

    def _total(self, expr: Sum) -> Compiled:
        (symbol, low, high), *inner = reversed(expr.limits)  # the last limit is the outermost
        body = self.expression(Sum(expr.function, *reversed(inner)) if inner else expr.function)
        first, last = whole(low, self.sizes), whole(high, self.sizes)

        def run(env: Environment) -> Scalar:
            inside = dict(env)
            result: Scalar = fmpq(0)
            for position in range(first, last + 1):
                inside[symbol] = position
                result = result + body(inside)
            return result

        return run

    def _power(self, expr: Pow) -> Compiled:
        if not expr.exp.is_Rational:
            raise ValueError(f"cannot evaluate a power whose exponent is not a rational number: {expr}")
        base, up, root = self.expression(expr.base), int(expr.exp.p), int(expr.exp.q)
        if root == 1:
            return lambda env: base(env) ** up

        def run(env: Environment) -> Scalar:
            x = base(env)
            at = value_of(x)
            value = self.atoms.root(at, root) ** up
            return Dual(value, slopes(x, fmpq(up, root) * value / at)) if isinstance(x, Dual) else value

        return run


def _sum(terms: Iterable[Scalar]) -> Scalar:
    result: Scalar = fmpq(0)
    for term in terms:
        result = result + term
    return result


def whole(expr: Expr, sizes: Sizes) -> int:
    """An expression in sizes and integers as a number. Raises KeyError for a size that is not given."""
    if isinstance(expr, Integer):
        return int(expr)
    if isinstance(expr, Symbol):
        if expr.name not in sizes:
            raise KeyError(f"no value is given for the size {expr.name!r}; given: {', '.join(sizes)}")
        return sizes[expr.name]
    if isinstance(expr, Add):
        return sum(whole(term, sizes) for term in expr.args)
    if isinstance(expr, Mul):
        share, rest = expr.as_coeff_Mul(rational=True)
        result = int(share.p)
        for factor in Mul.make_args(rest):
            result *= whole(factor, sizes)
        if result % int(share.q):
            raise ValueError(f"{expr} is not a whole number at the given sizes")
        return result // int(share.q)
    raise ValueError(f"not a size: {expr}")
