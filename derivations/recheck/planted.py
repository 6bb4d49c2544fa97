"""Planted errors: adjoints made wrong on purpose, which the re-check must reject.

Each altered system differs from the right one in one place: a term is left out, a sign is wrong, a factor is missing,
or a matrix is transposed. Transposition is only well-typed where the two sizes are equal, so all sizes are (with a
square number where a root is taken), and a planted error that the exact road accepts at such sizes is reported, not
hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Indexed, IndexedBase, Mul, Pow, Sum, Symbol, preorder_traversal

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import size
from attnproof.derivations.language.ranges import tensors_in
from attnproof.derivations.language.system import System
from attnproof.derivations.recheck.recheck import Point, mismatches, random_point, rooted_sizes
from attnproof.derivations.recheck.row import Sizes
from attnproof.derivations.typesetting.latex import expr_text

POINTS = 32  # random points tried, one after the other, before an error counts as accepted
SAME = size("n")


@dataclass(frozen=True)
class Planted:
    """One planted error and whether the re-check rejects it; ``gradients`` are those found wrong."""

    name: str
    rejected: bool
    gradients: tuple[str, ...]


def planted_errors(system: System) -> Iterator[tuple[str, System]]:
    """``(what is wrong, altered system)`` for every equation and every place of it where an error can be planted."""
    for number, equation in enumerate(system.equations):
        where = f"{expr_text(equation.lhs)}"
        seen = {equation.rhs}
        for kind, rhs in _altered(equation.rhs, system):
            if rhs not in seen:
                seen.add(rhs)
                wrong = replace(equation, rhs=rhs)
                equations = (*system.equations[:number], wrong, *system.equations[number + 1 :])
                yield f"{where}: {kind}", replace(system, equations=equations)


def _altered(rhs: Expr, system: System) -> Iterator[tuple[str, Expr]]:
    yield "wrong sign", -rhs
    for node in preorder_traversal(rhs):
        if isinstance(node, Add):
            for position, term in enumerate(node.args):
                others = node.args[:position] + node.args[position + 1 :]
                yield f"dropped term {expr_text(term)}", _replaced(rhs, node, Add(*others))
                yield f"wrong sign of {expr_text(term)}", _replaced(rhs, node, Add(-term, *others))
        elif isinstance(node, Mul):
            for position, factor in enumerate(node.args):
                if tensors_in(factor, system) or not factor.is_Number:
                    others = node.args[:position] + node.args[position + 1 :]
                    yield f"missing factor {expr_text(factor)}", _replaced(rhs, node, Mul(*others))
        elif isinstance(node, Pow) and node.exp != -1:
            yield f"missing power of {expr_text(node.base)}", _replaced(rhs, node, node.base)
        elif isinstance(node, Indexed) and len(node.indices) >= 2:
            swapped = Indexed(node.base, *node.indices[:-2], node.indices[-1], node.indices[-2])
            if not _is_blocked(node):
                yield f"transposed {expr_text(node)}", _replaced(rhs, node, swapped)


def _is_blocked(node: Indexed) -> bool:
    """An axis made of blocks has no counterpart of its size to be swapped with."""
    return any(count.is_Add for count in node.base.shape) or any(where.is_Add for where in node.indices)


def _replaced(expr: Expr, old: Expr, new: Expr) -> Expr:
    """``expr`` with every occurrence of the node ``old`` replaced; limits of sums stay as they are."""
    if expr == old:
        return new
    if isinstance(expr, Sum):
        return Sum(_replaced(expr.function, old, new), *expr.limits)
    if not expr.args or isinstance(expr, Indexed):
        return expr
    return expr.func(*(_replaced(argument, old, new) for argument in expr.args))


def equal_sizes(forward: System) -> Sizes:
    """Every size 2, or 4 where the system takes the square root of a size."""
    names = {s.name for tensor in forward.tensors.values() for count in tensor.shape for s in count.free_symbols}
    return dict.fromkeys(sorted(names), 4 if rooted_sizes(forward) else 2)


def plant(
    forward: System, adjoint: System, outputs: Sequence[str] = ("context",), *, seed: int = 0
) -> tuple[Planted, ...]:
    """Plant every error in ``adjoint`` and re-check each by the exact road at equal sizes.

    Raises ValueError when the unaltered adjoint does not pass: nothing could be learned then.
    """
    points = [random_point(forward, adjoint, outputs, equal_sizes(forward), seed)]
    if any(mismatches(points[0], adjoint).values()):
        raise ValueError(f"{adjoint.name} does not pass before any error is planted")
    found = []
    for name, wrong in planted_errors(adjoint):
        differing = _differing(points[0], wrong)
        if not differing and _is_no_error(adjoint, wrong):
            continue
        for number in range(1, POINTS if not differing else 1):  # a relu may be 0 at every argument of one point
            if number == len(points):
                points.append(random_point(forward, adjoint, outputs, points[0].sizes, f"{seed}/{number}"))
            differing = _differing(points[number], wrong)
            if differing:
                break
        found.append(Planted(name, bool(differing), differing))
    return tuple(found)


def _differing(point: Point, wrong: System) -> tuple[str, ...]:
    """The gradients that are found wrong at the point."""
    try:
        return tuple(key for key, where in mismatches(point, wrong).items() if where)
    except ZeroDivisionError:  # a pole, or the root of a negative number, where the right adjoint has a value
        return wrong.outputs


def _is_no_error(right: System, wrong: System) -> bool:
    """Whether what was altered says the same where all sizes are equal, such as ``Σ_ij x[j,i]`` for ``Σ_ij x[i,j]``."""
    (pair,) = [(a, b) for a, b in zip(right.equations, wrong.equations, strict=True) if a != b]
    left, altered = (_with_equal_sizes(equation.rhs) for equation in pair)
    return equal(left, altered)


def _with_equal_sizes(expr: Expr) -> Expr:
    """``expr`` with one size in place of all, in tensors and in sums."""
    if isinstance(expr, Indexed):
        return Indexed(IndexedBase(expr.base.label), *expr.indices)
    if isinstance(expr, Sum):
        body = _with_equal_sizes(expr.function)
        return Sum(body, *((symbol, 0, SAME - 1) for symbol, _, _ in expr.limits))
    if isinstance(expr, Symbol):
        return SAME if expr.is_integer and expr.is_positive else expr
    return expr.func(*map(_with_equal_sizes, expr.args)) if expr.args else expr
