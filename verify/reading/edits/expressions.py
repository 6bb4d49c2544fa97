"""Every single change of an equation: a closed grammar of what goes wrong in a formula, each with its words.

A term or a factor is missing, has the other sign, is there twice, or divides where it multiplies; one tensor stands for
another of the same shape, or its transpose; a sum or a softmax runs over another axis; a function is missing, or is
another one; the whole has a factor, or a function, of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, exp, log, sech, sqrt, tanh

from attnproof.derivations.language.notation import D_V, N_K, N_Q, Tensor, index
from attnproof.derivations.language.piecewise import relu
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.ring.structure import softmax_parts
from attnproof.verify.reading.edits.saying import GRADIENT, PLURAL, axis, number, said, tensor

FUNCTIONS: Final = {tanh: "tanh", sigmoid: "a sigmoid", relu: "relu"}
PADDED: Final = 16  # keys of zeros that padding may add
OTHER: Final = index("other")  # an index that no equation has
LENGTHS: Final = {"i": N_Q, "j": N_K}  # axes that a reduction can be mistaken over
Change = tuple[str, Expr]


@dataclass(frozen=True)
class Scope:
    """What an equation can be changed by.

    system   that it is of
    shapes   tensor's name -> its lengths, of those that are made before
    sizes    symbols of sizes that are there, with their lengths
    numbers  scalars that stand for the program's own numbers, and their words
    """

    system: System
    shapes: Mapping[str, tuple[int, ...]]
    sizes: Mapping[Symbol, int]
    numbers: Mapping[Tensor, str]


def changes(equation: Equation, scope: Scope) -> Iterator[Change]:
    """Of the right-hand side of an equation, in words; those that mean less first."""
    free = {symbol for position in equation.indices for symbol in position.free_symbols}
    seen = {("", equation.rhs)}
    for words, changed in (*_inside(equation.rhs, scope, equation), *_whole(equation, scope)):
        if (words, changed) not in seen and _indices(changed, scope) <= free | set(scope.sizes):
            seen.add((words, changed))
            yield f"{tensor(equation.target.name)}: {words}", changed


def _indices(expr: Expr, scope: Scope) -> set[Expr]:
    bases = {atom for base in scope.system.by_base for atom in base.free_symbols | {base}}
    bases |= {each.base for each in scope.numbers}
    return {symbol for symbol in expr.free_symbols if symbol not in bases and not isinstance(symbol, Indexed)}


def _inside(expr: Expr, scope: Scope, equation: Equation) -> Iterator[Change]:
    """Changes of one node of an expression, here or further in."""
    if isinstance(expr, Mul) and softmax_parts(expr) is not None:
        yield from _softmax(expr)
        return
    if isinstance(expr, Indexed):
        yield from _element(expr, scope, equation)
        return
    yield from _here(expr, scope)
    for place, part in enumerate(expr.args[:1] if isinstance(expr, Sum) else expr.args):
        if isinstance(part, Symbol | Integer) or (isinstance(expr, Pow) and place):
            continue
        for words, changed in _inside(part, scope, equation):
            yield words, expr.func(*expr.args[:place], changed, *expr.args[place + 1 :])


def _here(expr: Expr, scope: Scope) -> Iterator[Change]:
    if isinstance(expr, Add):
        for term, rest in _each(expr):
            yield f"{said(term, scope.system)} is missing", rest
            yield f"{said(term, scope.system)} has the other sign", rest - term
            yield f"{said(term, scope.system)} is added twice", rest + 2 * term
    elif isinstance(expr, Mul):
        for factor, rest in _each(expr):
            what = said(factor, scope.system)
            yield ("the sign is wrong" if factor == -1 else f"{what} {_be(what)} missing as a factor"), rest
            yield f"{what} {_be(what)} a factor twice", rest * factor**2
            if not factor.has(Sum):
                yield f"{what} divides where it multiplies, or the other way round", rest / factor
        for symbol, length in scope.sizes.items():
            for own in (f for f in expr.args if not f.has(Indexed) and f.free_symbols <= set(scope.sizes)):
                for other in (symbol, 1 / symbol, sqrt(symbol), 1 / sqrt(symbol)):
                    if length > 1 and other != own:
                        yield f"{number(other)} stands for {number(own)}", expr / own * other
        for one, words in scope.numbers.items():
            for own in (f for f in expr.args if not f.has(Indexed) and f.free_symbols <= set(scope.sizes)):
                yield f"the number {words} stands for {number(own)}", expr / own * one.base
    elif expr.func in FUNCTIONS or expr.func is sech:
        name = FUNCTIONS.get(expr.func, "sech")
        yield f"{name} is missing", expr.args[0]
        for other, words in FUNCTIONS.items():
            if other is not expr.func:
                yield f"{words} stands for {name}", other(expr.args[0])
    elif isinstance(expr, Pow) and expr.exp == 2:
        yield f"the square of {said(expr.base, scope.system)} is missing", expr.base
    elif isinstance(expr, Sum):
        yield from _other_axis(expr)


def _be(words: str) -> str:
    last = words.removeprefix("the ").split(" of ")[0]
    return "are" if last.split(" ")[0] in PLURAL or last.endswith("scores") else "is"


def _each(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Every part of a sum or product, with the rest."""
    for place, part in enumerate(expr.args):
        yield part, expr.func(*expr.args[:place], *expr.args[place + 1 :])


def _other_axis(expr: Sum) -> Iterator[Change]:
    """Σ over another index of the summand, and what was summed over is free: for where it is used (``_element``)."""
    if len(expr.limits) == 1:
        summed = expr.limits[0][0]
        for name, length in LENGTHS.items():
            other = index(name)
            if other != summed and other in expr.function.free_symbols:
                inner = expr.function.xreplace({other: OTHER})
                words = f"a sum runs over the {axis(other)}, not over the {axis(summed)}"
                yield words, Sum(inner, (OTHER, 0, length - 1))


def _softmax(expr: Expr) -> Iterator[Change]:
    """Of ``exp(t[i, j]) / Σ_l exp(t[i, l])``."""
    parts = softmax_parts(expr)
    top = next(each for each in expr.args if isinstance(each, exp))
    assert parts is not None  # by the caller
    _, _, free = parts
    total = next(each for each in expr.args if each is not top)
    if free in LENGTHS:
        for name, length in LENGTHS.items():
            if name != free:
                other = top.xreplace({index(name): OTHER})
                over = f"softmax runs over the {axis(index(name))}, not over the {axis(index(free))}"
                yield over, top / Sum(other, (OTHER, 0, length - 1))
        both = top.xreplace({index(free): OTHER})
        again = expr.xreplace({index(free): OTHER})
        size = LENGTHS[free]
        yield "softmax is applied twice", exp(expr) / Sum(exp(again), (OTHER, 0, size - 1))
        yield "the logarithm of the softmax stands for it", top.args[0] - log(Sum(both, (OTHER, 0, size - 1)))
    yield "the exponentials are not divided by their sum", top
    yield "there is no softmax: the logits themselves stand for the weights", top.args[0]
    yield "the denominator has an extra 1", top / (1 / total + 1)
    for more in range(1, PADDED):
        yield "further keys with scores of 0 take part: padding that is not hidden", top / (1 / total + more)
    yield "the weights have the power 1/2", sqrt(top) * total


def _element(expr: Indexed, scope: Scope, equation: Equation) -> Iterator[Change]:
    """Another tensor in its place, or its own transpose, one place of an axis, or its reduction over another axis."""
    own = scope.system.by_base[expr.base]
    shape = scope.shapes.get(own.name)
    if shape is None:
        return
    what = tensor(own.name)
    for name, other in scope.shapes.items():
        if name != own.name and other == shape and name != equation.target.name:
            yield (
                f"{tensor(name)} {'stand' if name in PLURAL else 'stands'} for {what}",
                scope.system.tensors[name][expr.indices],
            )
    if len(shape) == 2 and shape[0] == shape[1] > 1:
        yield f"{what} is transposed", own[expr.indices[::-1]]
    for place, position in enumerate(expr.indices):
        if shape[place] > 1 and isinstance(position, Symbol):
            where = (*expr.indices[:place], Integer(0), *expr.indices[place + 1 :])
            yield f"of {what} only the first of the {axis(position)} is used for all", own[where]
    if len(shape) == 1:
        yield from _reduced(expr, own, scope, equation)


def _reduced(expr: Indexed, own: Tensor, scope: Scope, equation: Equation) -> Iterator[Change]:
    made = next((each for each in scope.system.equations if each.target.name == own.name), None)
    if made is None or made.indices != expr.indices:
        return
    for words, changed in _inside(made.rhs, scope, made):
        free = {symbol for position in equation.indices for symbol in position.free_symbols}
        if OTHER in changed.atoms(Symbol) and _indices(changed, scope) <= free | set(scope.sizes):
            yield f"{tensor(own.name)}: {words}", changed


def _whole(equation: Equation, scope: Scope) -> Iterator[Change]:
    """Of all that an equation says."""
    rhs, name = equation.rhs, equation.target.name
    yield "it has the other sign", -rhs
    yield "it is taken twice", 2 * rhs
    yield "it is halved", rhs / 2
    for symbol, length in scope.sizes.items():
        for factor in (sqrt(symbol), symbol) if length > 1 else ():
            yield f"it is divided by {number(factor)}", rhs / factor
            yield f"it is multiplied by {number(factor)}", rhs * factor
    for one, words in scope.numbers.items():
        yield f"it is multiplied by {words}", rhs * one.base
        yield f"it is divided by {words}", rhs / one.base
    if not name.startswith(GRADIENT):
        for function, word in FUNCTIONS.items():
            yield f"{word} is applied to it", function(rhs)
        yield from _centred(equation, scope)
    yield "it is zero", Integer(0) * rhs
    yield from _added(equation, scope)


def _centred(equation: Equation, scope: Scope) -> Iterator[Change]:
    for position in equation.indices:
        length = next((n for name, n in (*LENGTHS.items(), ("p", D_V)) if index(name) == position), None)
        if length is not None and scope.sizes.get(length, 1) > 1:
            mean = Sum(equation.rhs.xreplace({position: OTHER}), (OTHER, 0, length - 1)) / length
            yield f"its mean over the {axis(position)} is subtracted", equation.rhs - mean
            total = Sum(equation.rhs.xreplace({position: OTHER}), (OTHER, 0, length - 1))
            yield f"it is divided by its sum over the {axis(position)}", equation.rhs / total


def _added(equation: Equation, scope: Scope) -> Iterator[Change]:
    """A tensor of the same shape added to a result."""
    own = scope.shapes.get(equation.target.name)
    for name, shape in scope.shapes.items():
        if name != equation.target.name and shape == own and own and not name.startswith(GRADIENT):
            yield f"{tensor(name)} is added to it", equation.rhs + scope.system.tensors[name][equation.indices]
            yield f"{tensor(name)} multiplies it", equation.rhs * scope.system.tensors[name][equation.indices]


def put(system: System, equation: Equation, changed: Expr, further: tuple[Tensor, ...] = ()) -> System:
    """The system with another right-hand side of one equation, and further inputs."""
    every = tuple(replace(each, rhs=changed) if each is equation else each for each in system.equations)
    return replace(system, inputs=system.inputs + further, equations=every)
