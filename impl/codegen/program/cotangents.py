"""Lowering of adjoint equations: gradients are summed over the batch axes along which their tensor was broadcast.

A batch axis is an index that the notation leaves out. Where ``x`` lacks it (or has length 1 there) and ``y`` does not,
``x̄ = Σ_batch ȳ ∂y/∂x``. The sum belongs to each term of ``x̄`` by itself: a term without that axis must not be counted
once for each batch element, which is what broadcasting it against the other terms would do.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Indexed, Integer, expand_mul

from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.system import Equation, System
from attnproof.impl.codegen.program.ir import Block, Load, Map, Node, SumTo, Zeros
from attnproof.impl.codegen.program.lower import lowered

PREFIX = "grad_"


def lowered_cotangent(
    system: System, equation: Equation, batch: Mapping[str, frozenset[str]], alike: Mapping[str, str]
) -> Node:
    """The node of an adjoint equation, in the batch shape of the tensor whose gradient it is.

    batch  tensor name -> inputs whose batch axes it carries
    alike  tensor name -> a tensor of the same shape, to read the shape from
    """
    name = equation.target.name
    like = name.removeprefix(PREFIX)
    if equation.rhs == Integer(0) and like != name:
        return _zeros(system, equation, like)
    if equation.target.role != "cotangent" or like == name:
        return lowered(system, equation, batch)
    if _mixes(equation.rhs, system, batch, top=True):
        equation = Equation(equation.target, equation.indices, expand_mul(equation.rhs))
        if _mixes(equation.rhs, system, batch, top=True):
            raise ValueError(
                f"{system.name}: equation for {name}: gradients with different batch axes are added in a product"
            )
    result: Node | None = None
    for term in Add.make_args(equation.rhs):
        node = lowered(system, Equation(equation.target, equation.indices, term), batch)
        if node.batch != batch[name]:
            node = SumTo(node.rank, batch[name], node, alike[like])
        result = node if result is None else Map(node.rank, batch[name], "add", (result, node))
    assert result is not None
    return result


def _zeros(system: System, equation: Equation, like: str) -> Node:
    """No path leads to the tensor: zeros in its shape, or in the shape of one of its blocks."""
    target = equation.target
    node: Node = Load(len(target.shape), frozenset(), like)
    ranges = free_ranges(system, equation)
    for axis, (where, length) in enumerate(zip(equation.indices, target.shape, strict=True)):
        offset, letter = split(where)
        stop = (offset + ranges[letter]).expand()
        if offset != Integer(0) or stop != length:
            node = Block(node.rank, node.batch, node, axis, offset, None if stop == length else stop)
    return Zeros(node.rank, node.batch, node)


def _mixes(expr: Expr, system: System, batch: Mapping[str, frozenset[str]], *, top: bool = False) -> bool:
    """Does a sum inside ``expr`` (``top``: other than ``expr`` itself) add cotangents with different batch axes?"""
    if isinstance(expr, Indexed):
        return False
    if isinstance(expr, Add) and not top:
        found = [bases_in(term, system) for term in expr.args]
        axes = {_axes(bases, system, batch) for bases in found if any(_is_cotangent(b, system) for b in bases)}
        if len(axes) > 1:
            return True
    return any(_mixes(term, system, batch) for term in expr.args)


def _is_cotangent(base: Expr, system: System) -> bool:
    return system.by_base[base].role == "cotangent"


def _axes(bases: tuple[Expr, ...], system: System, batch: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(batch[system.by_base[base].name] for base in bases))


def bases_in(expr: Expr, system: System) -> tuple[Expr, ...]:
    """SymPy bases of the tensors that ``expr`` mentions, in the system's order."""
    atoms = expr.free_symbols | {element.base for element in expr.atoms(Indexed)}
    return tuple(base for base in system.by_base if base in atoms)
