"""Systems a step along a direction: the inputs moved, every equation over what is moved, and pairings of two arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from sympy import Expr, Indexed, Symbol, exp

from attnproof.derivations.language.indexing import symbols_of
from attnproof.derivations.language.notation import N_K, N_Q, Tensor, index
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.propositions.proposition import Size

STEP: Final = Symbol("h", real=True)
AXES: Final = tuple(map(index, "xy"))
VISIBLE: Final = Tensor("visible", "mu", (N_Q, N_K))  # 0 for a key that is masked


def moved(tensor: Tensor) -> Tensor:
    """What is moved by the step, with a letter of its own."""
    return replace(tensor, symbol=f"{tensor.symbol}_moved")


def direction(tensor: Tensor) -> Tensor:
    """The direction in which an input is moved."""
    return replace(tensor, name=f"direction_{tensor.name}", symbol=f"{tensor.symbol}_dot")


def other_direction(tensor: Tensor) -> Tensor:
    """A second direction, with which a gradient is paired."""
    return replace(tensor, name=f"other_direction_{tensor.name}", symbol=f"{tensor.symbol}_seed")


def input_moved(tensor: Tensor) -> Equation:
    """The input a step along its direction."""
    places = AXES[: len(tensor.shape)]
    return Equation(moved(tensor), places, tensor[places] + STEP * direction(tensor)[places])


def equation_moved(equation: Equation, tensors: Mapping[Expr, Tensor]) -> Equation:
    """The equation over what is moved, which is all of ``tensors``."""
    used = letters(equation.rhs)
    rhs = _over_moved(equation.rhs, tuple(tensor for tensor in tensors.values() if tensor.symbol in used))
    return Equation(moved(equation.target), equation.indices, rhs)


@lru_cache(maxsize=1 << 10)  # scores and options share equations
def _over_moved(rhs: Expr, tensors: tuple[Tensor, ...]) -> Expr:
    by_base = {tensor.base: moved(tensor) for tensor in tensors}
    return rhs.replace(
        lambda part: isinstance(part, Indexed) and part.base in by_base,
        lambda part: by_base[part.base][part.indices],
    ).subs({base: tensor[()] for base, tensor in by_base.items() if not tensor.shape})


def masked(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """The equations, with weights over the visible keys: every exponential times μ."""
    return tuple(
        replace(equation, rhs=equation.rhs.replace(exp, lambda logit: VISIBLE[logit.indices] * exp(logit)))
        if equation.target.name == "weights"
        else equation
        for equation in equations
    )


def block(system: System, equation: Equation) -> Equation:
    """The equation with one index an axis, where it defines a block of an array that has several: a letter for each."""
    ranges = free_ranges(system, equation)
    first = next(other for other in system.equations if other.target == equation.target) is equation
    target = replace(
        equation.target, symbol=equation.target.symbol + ("" if first else "_2"), shape=(*ranges.values(),)
    )
    return Equation(target, tuple(ranges), equation.rhs)


def pairing(system: System, equation: Equation, of: Tensor, as_: Callable[[Tensor], Tensor] = lambda it: it) -> Expr:
    """The product of what ``block`` defines with the same elements of ``of``."""
    ranges = free_ranges(system, equation)
    term = as_(block(system, equation).target)[tuple(ranges)] * of[equation.indices]
    return total(term, *ranges.items()) if ranges else term


def sizes(tensors: Iterable[Tensor]) -> tuple[Size, ...]:
    """Every size that occurs in a shape."""
    found = {symbol for tensor in tensors for axis in tensor.shape for symbol in axis.free_symbols}
    return tuple(map(Size, sorted(found, key=str)))


def needed(definitions: Iterable[Equation], value: Expr) -> tuple[Equation, ...]:
    """The definitions that ``value`` rests on."""
    found, used = list[Equation](), letters(value)
    for equation in reversed(tuple(definitions)):
        if equation.target.symbol in used:
            found.insert(0, equation)
            used |= letters(equation.rhs)
    return tuple(found)


def letters(expr: Expr) -> set[str]:
    """Of tensors, sizes and free indices."""
    return {symbol.name for symbol in symbols_of(expr)}
