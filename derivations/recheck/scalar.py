"""Scalar expansion: a system at small sizes with one symbol for each element, differentiated by ``sympy.diff``.

This road writes the whole composition out as expressions in the elements of the inputs, differentiates
``Σ seed · output`` with SymPy, element by element, and decides equality by ``attnproof.derivations.recheck.rational``.
Nothing of the index calculus takes part; sizes must be small because everything grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from sympy import Expr, Indexed, Integer, Sum, Symbol, diff

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import System
from attnproof.derivations.recheck.rational import Decision

Expanded = dict[tuple[int, ...], Expr]
Known = Mapping[Symbol, Expr]


def symbols_for(tensor: Tensor, sizes: Mapping[str, int]) -> Expanded:
    """One real symbol for each element: ``q[0,1]``."""
    return _elements(tensor, _numbers(tensor.shape, sizes))


def expand(system: System, sizes: Mapping[str, int], inputs: Mapping[str, Expanded]) -> dict[str, Expanded]:
    """Every tensor of ``system`` written out in the elements of the inputs.

    Raises KeyError for a missing input or size.
    """
    values = dict(inputs)
    for equation in system.equations:
        free = free_ranges(system, equation)
        known = _numbers((equation.rhs, *equation.indices, *free.values()), sizes)
        target = values.setdefault(equation.target.name, {})
        for point in product(*(range(_integer(count, known)) for count in free.values())):
            inside = {**known, **{symbol: Integer(n) for symbol, n in zip(free, point, strict=True)}}
            where = tuple(_integer(index, inside) for index in equation.indices)
            target[where] = _written_out(equation.rhs, inside, system, values)
    return values


def _numbers(expressions: Iterable[Expr], sizes: Mapping[str, int]) -> Known:
    """The size symbols (positive integers) in ``expressions`` with their values."""
    symbols = {
        s for e in expressions for s in e.free_symbols if isinstance(s, Symbol) and s.is_integer and s.is_positive
    }
    missing = sorted(symbol.name for symbol in symbols if symbol.name not in sizes)
    if missing:
        raise KeyError(f"no value is given for the size {missing[0]!r}; given: {', '.join(sizes)}")
    return {symbol: Integer(sizes[symbol.name]) for symbol in symbols}


def _integer(expr: Expr, known: Known) -> int:
    return int(expr.xreplace(known))


def _elements(tensor: Tensor, known: Known) -> Expanded:
    return {
        where: Symbol(f"{tensor.symbol}[{','.join(map(str, where))}]", real=True)
        for where in product(*(range(_integer(count, known)) for count in tensor.shape))
    }


def _written_out(expr: Expr, known: Known, system: System, values: Mapping[str, Expanded]) -> Expr:
    if isinstance(expr, Indexed):
        where = tuple(_integer(index, known) for index in expr.indices)
        return values[system.by_base[expr.base].name][where]
    if isinstance(expr, Symbol):
        return values[system.by_base[expr].name][()] if expr in system.by_base else Integer(known[expr])
    if isinstance(expr, Sum):
        terms = []
        counts = [range(_integer(count, known)) for _, count in bounds(expr)]
        for point in product(*counts):
            inside = {**known, **{s: Integer(n) for (s, _), n in zip(bounds(expr), point, strict=True)}}
            terms.append(_written_out(expr.function, inside, system, values))
        return sum(terms, Integer(0))
    if not expr.args:
        return expr
    return expr.func(*(_written_out(argument, known, system, values) for argument in expr.args))


def differences(
    forward: System, adjoint: System, sizes: Mapping[str, int], outputs: tuple[str, ...], wrt: tuple[str, ...]
) -> dict[str, tuple[tuple[int, ...], ...]]:
    """The elements of each gradient in which ``adjoint`` and ``sympy.diff`` disagree; empty tuples when all agree.

    The seeds and gradients are found by name (``grad_NAME``, ``seed_NAME``). Sizes of which roots are taken must be
    perfect squares. Raises ValueError for functions that ``rational.Decision`` does not know.
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
    decide = Decision([side for pair in pairs.values() for side in pair])
    return {name: tuple(where for where in inputs[name] if not decide.equal(*pairs[name, where])) for name in wrt}
