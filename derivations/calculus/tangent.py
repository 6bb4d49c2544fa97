"""Forward mode over a system: from equations ``y = rhs`` to equations for the directional derivative ``ẏ``.

    ẏ[..] = Σ ∂rhs/∂x[..] ẋ[..]       over every element x[..] of the right-hand side

A tensor ``x`` has the tangent ``tangent_x``, letter ``x_dot``; sums are named as in
``attnproof.derivations.calculus.writing``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr

from attnproof.derivations.calculus.monomial import Monomial, factored, monomial, sum_over
from attnproof.derivations.calculus.writing import Block, Writer, accented, check_names, differential
from attnproof.derivations.language.indexing import Bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import depending_on, indices_of, leading_to, split, tensors_in
from attnproof.derivations.language.system import Equation, System


def tangent(
    system: System,
    outputs: Sequence[str] | None = None,
    wrt: Sequence[str] | None = None,
    *,
    prefix: str = "tangent",
    accent: str = "dot",
) -> System:
    """The derivative of ``outputs`` (default: all of the system's) when the inputs ``wrt`` (default: all) move.

    The result's inputs are the tensors of ``system`` that its equations use and the direction ``tangent_NAME`` for each
    of ``wrt``; its outputs are ``tangent_OUTPUT``. Compose ``system.then(tangent(system))`` to evaluate both.

    Raises ValueError as ``adjoint`` does, and when ``wrt`` names a tensor that is not an input.
    """
    goals = system.outputs if outputs is None else tuple(outputs)
    inputs = tuple(tensor.name for tensor in system.inputs)
    moving = inputs if wrt is None else tuple(wrt)
    check_names(system, goals, moving)
    for name in moving:
        if name not in inputs:
            raise ValueError(f"{system.name}: {name!r} is not an input; known inputs: {', '.join(inputs)}")
    writer = Writer(system)
    seeds = tuple(accented(system.tensors[name], prefix, accent, "tangent") for name in moving)
    for seed in seeds:
        writer.introduce(seed)
    active = depending_on(system, moving)
    for equation in leading_to(system, goals):
        if equation.target.name not in active and equation.target.name not in goals:
            continue
        rate = accented(equation.target, prefix, accent, "tangent")
        if rate.name not in writer.own:
            writer.introduce(rate)
        block, rhs = _moved(system, equation, active, prefix, accent)
        writer.write(rate, block, rhs)
    return writer.system(f"{system.name}.tangent", seeds, tuple(f"{prefix}_{name}" for name in goals))


def _moved(system: System, equation: Equation, active: frozenset[str], prefix: str, accent: str) -> tuple[Block, Expr]:
    """The block of the target, and the right-hand side of its tangent."""
    free, terms = differential(system, equation)
    sizes = dict(free)
    axes = tuple((*split(where), sizes[split(where)[1]]) for where in equation.indices)
    groups: dict[tuple[Expr, Bounds], list[Monomial]] = {}
    for leaf, derivative, over in terms:
        (tensor,) = tensors_in(leaf, system)
        if tensor.name in active:
            moved: Tensor = accented(tensor, prefix, accent, "tangent")
            term = monomial(derivative.expression() * moved[indices_of(leaf)])
            groups.setdefault((leaf, over), []).append(term)
    parts = [sum_over(factored(found), over) for (_, over), found in groups.items()]
    return Block(axes), Add(*parts)
