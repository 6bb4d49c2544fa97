"""Programs that can take some queries at a time: which, and how large an array one query needs.

Where every equation uses of each tensor that has the axis of queries only the query that it computes, queries are as
independent as the members of a batch: outputs for some of them are those rows of the outputs, and a gradient is either
made of such rows or the sum of what they contribute.
"""

from __future__ import annotations

from sympy import Expr, Indexed, Integer, Mul, Symbol

from attnproof.derivations.language.system import Equation, System


def largest_row(system: System) -> Expr | None:
    """Elements for one query of the largest array with three or more axes; None: none, or no program in rows.

    Arrays are the targets of the equations; of several the one with most axes counts.
    """
    query = next((tensor for tensor in system.inputs if tensor.name == "query"), None)
    if query is None or len(query.shape) != 2 or not isinstance(query.shape[0], Symbol):
        return None
    count = query.shape[0]
    outer = [*system.inputs, *(system.tensors[name] for name in system.outputs)]
    if any(count in tensor.shape and tensor.shape.index(count) != len(tensor.shape) - 2 for tensor in outer):
        return None
    if not all(_own_row_only(equation, system, count) for equation in system.equations):
        return None
    shapes = [equation.target.shape for equation in system.equations]
    large = [shape for shape in shapes if len(shape) > 2 and count in shape]
    if not large:
        return None
    widest = max(large, key=lambda shape: (len(shape), str(shape)))
    return Mul(*(length for length in widest if length != count), Integer(1))


def _own_row_only(equation: Equation, system: System, count: Symbol) -> bool:
    """Does the equation read, of tensors with the axis ``count``, only the position on that axis that it computes?"""
    shape = equation.target.shape
    if shape.count(count) > 1:
        return False
    own = equation.indices[shape.index(count)] if count in shape else None
    for rhs in (equation.rhs, equation.otherwise):
        if rhs is None:
            continue
        elements = rhs.atoms(Indexed)
        outside = rhs.xreplace({element: Symbol(f"x{n}") for n, element in enumerate(elements)})
        if count in outside.free_symbols:  # a sum over queries, or their number as a factor
            return False
        for element in elements:
            axes = system.by_base[element.base].shape
            if any(axis == count and where != own for axis, where in zip(axes, element.indices, strict=True)):
                return False
    return True
