"""Lowering of adjoint equations: gradients are summed over the batch axes along which their tensor was broadcast.

A batch axis is an index that the notation leaves out. Where ``x`` lacks it (or has length 1 there) and ``y`` does not,
``x̄ = Σ_batch ȳ ∂y/∂x``. The sum belongs to each term of ``x̄`` by itself: a term without that axis must not be counted
once for each batch element, which is what broadcasting it against the other terms would do.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Indexed, Integer, expand_mul

from derivations.system import Equation, System
from impl.codegen.ir import Map, Node, SumTo
from impl.codegen.lower import lowered

PREFIX = "grad_"


def lowered_cotangent(system: System, equation: Equation, batch: Mapping[str, frozenset[str]]) -> Node:
    """The node of an adjoint equation, in the batch shape of the tensor whose gradient it is."""
    known = system.by_base
    name = equation.target.name
    like = name.removeprefix(PREFIX)
    if equation.rhs == Integer(0) or equation.target.role != "cotangent" or like == name:
        return lowered(system, equation, batch, known)
    if _mixes(equation.rhs, system, batch, top=True):
        equation = Equation(equation.target, equation.indices, expand_mul(equation.rhs))
        if _mixes(equation.rhs, system, batch, top=True):
            raise ValueError(
                f"{system.name}: equation for {name}: gradients with different batch axes are added in a product"
            )
    result: Node | None = None
    for term in Add.make_args(equation.rhs):
        node = lowered(system, Equation(equation.target, equation.indices, term), batch, known)
        if node.batch != batch[name]:
            node = SumTo(node.rank, batch[name], node, like)
        result = node if result is None else Map(node.rank, batch[name], "add", (result, node))
    assert result is not None
    return result


def _mixes(expr: Expr, system: System, batch: Mapping[str, frozenset[str]], *, top: bool = False) -> bool:
    """Does a sum inside ``expr`` add cotangents that carry different batch axes?"""
    if isinstance(expr, Add) and not top:
        found = [_batch(term, system, batch) for term in expr.args if _has_cotangent(term, system)]
        if len(set(found)) > 1:
            return True
    terms = expr.args if not (top and isinstance(expr, Add)) else expr.args
    return any(_mixes(term, system, batch) for term in terms if not isinstance(expr, Indexed))


def _has_cotangent(expr: Expr, system: System) -> bool:
    return any(system.by_base[b].role == "cotangent" for b in _bases(expr, system))


def _batch(expr: Expr, system: System, batch: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(batch[system.by_base[b].name] for b in _bases(expr, system)))


def _bases(expr: Expr, system: System) -> tuple[Expr, ...]:
    atoms = expr.free_symbols | {element.base for element in expr.atoms(Indexed)}
    return tuple(base for base in system.by_base if base in atoms)
