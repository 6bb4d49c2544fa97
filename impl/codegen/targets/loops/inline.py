"""Steps without an array: what is read once, or costs no more than to be read, is computed where it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sympy import Add, Expr, Indexed, Mul, Number, Sum, Symbol

from attnproof.derivations.language.indexing import bounds, substitute
from attnproof.impl.codegen.targets.loops.step import Local, Step, is_index, letters, operands

CHEAP: Final = 2  # elements; z[i,j,a] = x[j,a] + y[i,a] is not worth an array of its own

_Use = tuple[Indexed, frozenset[Symbol]]  # an element, and the indices in whose loops it stands


def inlined(steps: Sequence[Step], quantity: str) -> tuple[Step, ...]:
    """The same steps but those that others have taken in; ``quantity`` stays."""
    left = list(steps)
    for step in steps:
        at = next(n for n, one in enumerate(left) if one.target == step.target and one.indices == step.indices)
        if step.target.name == quantity or not _whole(step, left):
            continue
        uses = [use for other in left[at + 1 :] for use in _uses(other, step)]
        if uses and all(_simple(element) for element, _ in uses) and (_once(uses) or _is_cheap(left[at].rhs)):
            left = [*left[:at], *(_taken_in(other, left[at]) for other in left[at + 1 :])]
    return tuple(left)


def _whole(step: Step, steps: Sequence[Step]) -> bool:
    """Is it a plain value, an array, and not made of blocks?"""
    plain = step.kind == "value" and bool(step.indices) and all(isinstance(one, Symbol) for one in step.indices)
    return plain and sum(one.target == step.target for one in steps) == 1


def _uses(step: Step, source: Step) -> list[_Use]:
    around = frozenset(step.free) | (frozenset({step.over[0]}) if step.over else frozenset())
    return list(_found(step.rhs, source, around))


def _found(expr: Expr, source: Step, around: frozenset[Symbol]) -> list[_Use]:
    if isinstance(expr, Indexed):
        return [(expr, around)] if expr.base == source.target.base else []
    inside = around | {letter for letter, _ in bounds(expr)} if isinstance(expr, Sum) else around
    return [use for part in operands(expr) for use in _found(part, source, inside)]


def _simple(element: Indexed) -> bool:
    """Is it read at plain indices, no two alike?"""
    return all(isinstance(one, Symbol) and is_index(one) for one in element.indices) and len(
        set(element.indices)
    ) == len(element.indices)


def _once(uses: Sequence[_Use]) -> bool:
    """Is every element needed once, in no loop over anything else?"""
    return len(uses) == 1 and uses[0][1] <= letters(uses[0][0])


def _is_cheap(rhs: Expr) -> bool:
    if isinstance(rhs, Local):
        return _is_cheap(rhs.args[1])
    if isinstance(rhs, Indexed | Symbol | Number):
        return True
    return isinstance(rhs, Add | Mul) and all(map(_is_cheap, rhs.args)) and len(_leaves(rhs)) <= CHEAP


def _leaves(expr: Expr) -> list[Expr]:
    parts = operands(expr)
    if not parts:
        return [] if isinstance(expr, Number) else [expr]
    return [leaf for part in parts for leaf in _leaves(part)]


def _taken_in(step: Step, source: Step) -> Step:
    rhs = _replaced(step.rhs, source)
    if rhs == step.rhs:
        return step
    return replace(step, rhs=rhs, formulas=tuple(dict.fromkeys((*source.formulas, *step.formulas))))


def _replaced(expr: Expr, source: Step) -> Expr:
    if isinstance(expr, Indexed):
        if expr.base != source.target.base:
            return expr
        change: Mapping[Symbol, Expr] = dict(zip(source.indices, expr.indices, strict=True))
        return Local(Symbol(source.target.name), substitute(source.rhs, change))
    if not operands(expr):
        return expr
    if isinstance(expr, Sum):
        return Sum(_replaced(expr.function, source), *expr.limits)
    if isinstance(expr, Local):
        return Local(expr.args[0], _replaced(expr.args[1], source))
    return expr.func(*(_replaced(part, source) for part in expr.args))
