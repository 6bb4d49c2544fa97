"""Sums over Kronecker's delta: ``Σ_l δ_lj g(l) = g(j)``, where j has the range of l."""

from __future__ import annotations

from sympy import Add, Basic, Expr, Indexed, KroneckerDelta, Mul, Sum, Symbol, expand

from attnproof.derivations.language.indexing import Bounds, bounds, substitute, summed


def without_deltas(expr: Expr, beside: Expr | None = None) -> Expr:
    """``expr`` with every delta that has an index of a sum around it summed away; others stay.

    Raises ValueError for a delta between indices of different ranges, or between one and an index whose range is not
    known from a sum or from an axis on which it stands alone, in ``expr`` or in ``beside``.
    """
    return _inside(expr, {}, _axes(expr) if beside is None else _axes(expr) | _axes(beside))


def _axes(expr: Basic) -> dict[Symbol, Expr]:
    found: dict[Symbol, Expr] = {}
    for element in expr.atoms(Indexed):
        found |= {w: axis for w, axis in zip(element.indices, element.base.shape, strict=True) if isinstance(w, Symbol)}
    return found


def _inside(expr: Expr, around: dict[Symbol, Expr], axes: dict[Symbol, Expr]) -> Expr:
    if not expr.has(KroneckerDelta) or isinstance(expr, KroneckerDelta):
        return expr
    if not isinstance(expr, Sum):
        return expr.func(*(_inside(argument, around, axes) for argument in expr.args))
    over = bounds(expr)
    body = expand(_inside(expr.function, {**around, **dict(over)}, axes))
    return Add(*(_summed(term, over, {**axes, **around, **dict(over)}) for term in Add.make_args(body)))


def _summed(term: Expr, over: Bounds, ranges: dict[Symbol, Expr]) -> Expr:
    sizes = dict(over)
    for delta in Mul.make_args(term):
        if not isinstance(delta, KroneckerDelta):
            continue
        gone = next((index for index in delta.args if index in sizes), None)
        if gone is None:
            continue
        (other,) = set(delta.args) - {gone}
        if ranges.get(other) != sizes[gone]:
            raise ValueError(f"{delta} between a range of {sizes[gone]} and one of {ranges.get(other)}")
        rest = substitute(Mul(*(factor for factor in Mul.make_args(term) if factor != delta)), {gone: other})
        return _summed(rest, tuple(each for each in over if each[0] != gone), ranges)
    return summed(term, over)
