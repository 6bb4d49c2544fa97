"""S6, formally: the gradient of every score, and of the layer for every choice of options, as derivatives.

For arrays of every size, moved along any direction in all inputs together, the derivative of ``Σ ē e`` or ``Σ c̄ c`` is
the sum of gradient times direction, with the gradients by the equations of the adjoint. A coordinate is a direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from sympy import Add, Expr, Indexed, Integer, Symbol

from attnproof.derivations.attention.derive import derive, option_sets
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import Tensor, index
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.propositions.proposition import Array, Every, If, Size, Slope, Stated, Where, lt
from attnproof.derivations.scores import FAMILIES

STEP: Final = Symbol("h", real=True)
AXES: Final = tuple(map(index, "xy"))


def moved(tensor: Tensor) -> Tensor:
    """What is moved by the step, with a letter of its own."""
    return replace(tensor, symbol=f"{tensor.symbol}_moved")


def direction(tensor: Tensor) -> Tensor:
    """The direction in which an input is moved."""
    return replace(tensor, name=f"direction_{tensor.name}", symbol=f"{tensor.symbol}_dot")


def input_moved(tensor: Tensor) -> Equation:
    """The input a step along its direction."""
    places = AXES[: len(tensor.shape)]
    return Equation(moved(tensor), places, tensor[places] + STEP * direction(tensor)[places])


def equation_moved(equation: Equation, tensors: Mapping[Expr, Tensor]) -> Equation:
    """The equation over what is moved."""
    rhs = equation.rhs.replace(
        lambda part: isinstance(part, Indexed), lambda part: moved(tensors[part.base])[part.indices]
    ).subs({base: moved(tensor)[()] for base, tensor in tensors.items() if not tensor.shape})
    return Equation(moved(equation.target), equation.indices, rhs)


def pairing(system: System, equation: Equation, of: Tensor) -> tuple[Equation, Expr]:
    """The gradient by one index an axis (a block of it where it has several), and its product with the direction."""
    ranges = free_ranges(system, equation)
    first = next(other for other in system.equations if other.target == equation.target) is equation
    target = replace(
        equation.target, symbol=equation.target.symbol + ("" if first else "_2"), shape=(*ranges.values(),)
    )
    term = target[tuple(ranges)] * direction(of)[equation.indices]
    return Equation(target, tuple(ranges), equation.rhs), total(term, *ranges.items()) if ranges else term


def sizes(tensors: Iterable[Tensor]) -> tuple[Size, ...]:
    """Every size that occurs in a shape."""
    found = {symbol for tensor in tensors for axis in tensor.shape for symbol in axis.free_symbols}
    return tuple(map(Size, sorted(found, key=str)))


def needed(definitions: list[Equation], value: Expr) -> tuple[Equation, ...]:
    """The definitions that ``value`` rests on."""
    found, used = list[Equation](), letters(value)
    for equation in reversed(definitions):
        if equation.target.symbol in used:
            found.insert(0, equation)
            used |= letters(equation.rhs)
    return tuple(found)


def letters(expr: Expr) -> set[str]:
    """Of tensors, sizes and indices."""
    return {symbol.name for symbol in expr.atoms(Symbol)}


def gradient(name: str, title: str, forward: System, backward: System, output: str) -> Stated:
    """The derivative of ``Σ seed · output`` along every direction is that of the equations of ``backward``."""
    (seed,) = (tensor for tensor in backward.inputs if tensor.role == "cotangent")
    places = next(equation.indices for equation in forward.equations if equation.target.name == output)
    of = total(
        seed[places] * moved(forward.tensors[output])[places], *zip(places, forward.tensors[output].shape, strict=True)
    )
    arguments = {f"grad_{x.name}": x for x in forward.inputs}
    definitions, slope = list(forward.equations), list[Expr]()
    for equation in backward.equations:
        argument = arguments.get(equation.target.name)
        if argument is None:
            definitions.append(equation)
        else:
            block, product = pairing(backward, equation, argument)
            definitions.append(block)
            slope.append(product)
    given = (*map(input_moved, forward.inputs), *(equation_moved(e, forward.by_base) for e in forward.equations))
    value = Add(*slope)
    body = Where(needed(definitions, value), Slope(of, STEP, Integer(0), value, given))
    arrays = (*forward.inputs, *map(direction, forward.inputs), seed)
    positive = [tensor[()] for tensor in forward.inputs if tensor.positive]
    return Stated(
        name,
        title,
        Every((*sizes(arrays), *map(Array, arrays)), If(lt(Integer(0), *positive), body) if positive else body),
    )


def of_score(score: str, *present: str) -> Stated:
    """The score alone."""
    system = FAMILIES[score].system.resolve(*present)
    suffix, words = ("_with_bias", ", a bias inside tanh") if present else ("", "")
    title = f"the {FAMILIES[score].title}{words}: its gradient"
    return gradient(f"{score}{suffix}_score", title, system, adjoint(system, ("scores",)), "scores")


def of_layer(score: str, present: tuple[str, ...]) -> Stated:
    """The score and the layer behind it."""
    found = derive(score, *present)
    title = f"attention with the {FAMILIES[score].title}, {', '.join(found.present) or 'no options'}: its gradient"
    name = "_".join((score, *(f"with_{option}" for option in found.present), "layer"))
    return gradient(name, title, found.forward, found.adjoint, "context")


STATEMENT: Final = (
    *(of_score(score) for score in FAMILIES),
    of_score("additive", "bias_hidden"),
    *(of_layer(score, present) for score in FAMILIES for present in option_sets(score)),
)

OUTSIDE: Final = (
    "Hessian-vector products.",
    "Masked keys.",
)
