"""S6, formally: the gradient of every score, and of the layer for every choice of options, as derivatives.

For arrays of every size, moved along any direction in all inputs together, the derivative of ``Σ ē e`` or ``Σ c̄ c`` is
the sum of gradient times direction, with the gradients by the equations of the adjoint. A coordinate is a direction.

Then the gradients themselves are moved: the derivative of the sum of gradient times a second direction, whichever it
is, is that of tangent times second direction, with the tangents of those equations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sympy import Add, Integer

from attnproof.derivations.attention.derive import derive, option_sets
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.language.notation import N_K, N_Q, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Proposition,
    Slope,
    Stated,
    Where,
    le,
    lt,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._moved import (
    STEP,
    VISIBLE,
    block,
    direction,
    equation_moved,
    input_moved,
    masked,
    moved,
    needed,
    other_direction,
    pairing,
    sizes,
)

ZERO: Final = Integer(0)
SOME_KEY: Final = (
    Every((Index(I, N_Q), Index(J, N_K)), le(ZERO, VISIBLE[I, J])),
    Every((Index(I, N_Q),), lt(ZERO, total(VISIBLE[I, L], (L, N_K)))),
)


def seed(backward: System) -> Tensor:
    """The cotangent that the adjoint starts from."""
    (found,) = (tensor for tensor in backward.inputs if tensor.role == "cotangent")
    return found


def of_inputs(forward: System, system: System, prefix: str) -> tuple[tuple[Equation, Tensor], ...]:
    """The equations of ``system`` that say what ``prefix`` of an input is, with that input."""
    names = {f"{prefix}_{tensor.name}": tensor for tensor in forward.inputs}
    return tuple((e, names[e.target.name]) for e in system.equations if e.target.name in names)


def blocks(system: System, *found: tuple[Equation, Tensor]) -> tuple[Equation, ...]:
    """The equations of ``system``, those that ``found`` names by blocks."""
    own = [equation for equation, _ in found]
    return tuple(block(system, equation) if equation in own else equation for equation in system.equations)


def stated(
    name: str, title: str, forward: System, more: tuple[Tensor, ...], definitions: tuple[Equation, ...], slope: Slope
) -> Stated:
    """The derivative for all inputs and directions, and arrays ``more``; under a mask where there is a layer."""
    layer = (VISIBLE,) if "weights" in forward.tensors else ()
    arrays = (*forward.inputs, *map(direction, forward.inputs), *more, *layer)
    given: list[Proposition] = [lt(ZERO, tensor[()]) for tensor in forward.inputs if tensor.positive]
    given += SOME_KEY if layer else ()
    body: Proposition = Where(needed(definitions, slope.value), slope)
    if given:
        body = If(Both(tuple(given)) if len(given) > 1 else given[0], body)
    return Stated(name, title, Every((*sizes(arrays), *map(Array, arrays)), body))


def gradient(name: str, title: str, forward: System, backward: System, output: str) -> Stated:
    """The derivative of ``Σ seed · output`` along every direction is that of the equations of ``backward``."""
    bar = seed(backward)
    equations = masked(forward.equations)
    places = next(equation.indices for equation in equations if equation.target.name == output)
    of = total(
        bar[places] * moved(forward.tensors[output])[places], *zip(places, forward.tensors[output].shape, strict=True)
    )
    gradients = of_inputs(forward, backward, "grad")
    value = Add(*(pairing(backward, equation, direction(tensor)) for equation, tensor in gradients))
    given = (*map(input_moved, forward.inputs), *(equation_moved(e, forward.by_base) for e in equations))
    definitions = (*equations, *blocks(backward, *gradients))
    return stated(name, title, forward, (bar,), definitions, Slope(of, STEP, ZERO, value, given))


def second(name: str, title: str, forward: System, backward: System) -> Stated:
    """The derivative of ``Σ gradient · second direction`` is that of the tangents of all equations."""
    bar = seed(backward)
    equations, inputs = masked(forward.equations), tuple(tensor.name for tensor in forward.inputs)
    rates = tangent(forward.then(backward), backward.outputs, inputs)
    gradients, moving = of_inputs(forward, backward, "grad"), of_inputs(forward, rates, "tangent_grad")
    of = Add(*(pairing(backward, equation, other_direction(x), moved) for equation, x in gradients))
    value = Add(*(pairing(rates, equation, other_direction(x)) for equation, x in moving))
    both = (*equations, *blocks(backward, *gradients))
    tensors = {base: x for base, x in {**backward.by_base, **forward.by_base}.items() if x != bar}
    given = (*map(input_moved, forward.inputs), *(equation_moved(e, tensors) for e in both))
    return stated(
        name,
        title,
        forward,
        (*map(other_direction, forward.inputs), bar),
        (*both, *blocks(rates, *moving)),
        Slope(of, STEP, ZERO, value, needed(given, of)),
    )


def of_score(score: str, *present: str) -> tuple[Stated, Stated]:
    """The score alone."""
    system = FAMILIES[score].system.resolve(*present)
    suffix, words = ("_with_bias", ", a bias inside tanh") if present else ("", "")
    what = f"the {FAMILIES[score].title}{words}"
    backward = adjoint(system, ("scores",))
    return (
        gradient(f"{score}{suffix}_score", f"{what}: its gradient", system, backward, "scores"),
        second(f"{score}{suffix}_score_twice", f"{what}: Hessian-vector products", system, backward),
    )


def of_layer(score: str, present: tuple[str, ...]) -> tuple[Stated, Stated]:
    """The score and the layer behind it."""
    found = derive(score, *present)
    what = f"attention with the {FAMILIES[score].title}, {', '.join(found.present) or 'no options'}"
    name = "_".join((score, *(f"with_{option}" for option in found.present), "layer"))
    return (
        gradient(name, f"{what}, any keys masked: its gradient", found.forward, found.adjoint, "context"),
        second(f"{name}_twice", f"{what}: Hessian-vector products", found.forward, found.adjoint),
    )


def every() -> Iterator[Stated]:
    """All scores, then all layers."""
    for score in FAMILIES:
        yield from of_score(score)
    yield from of_score("additive", "bias_hidden")
    for score in FAMILIES:
        for present in option_sets(score):
            yield from of_layer(score, present)


STATEMENT: Final = tuple(every())

OUTSIDE: Final[tuple[str, ...]] = ()
