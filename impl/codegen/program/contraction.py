"""Sums of products as array operations: matrix products where they fit, einsum where they do not.

What occurs in one factor only is summed out of it first; then the pair of factors with the smallest result is
contracted, and so on. The order is a function of the expression alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Symbol

from attnproof.impl.codegen.program.ir import Einsum, MatMul, Node, Reduce
from attnproof.impl.codegen.program.labelled import Axes, Labelled, aligned, in_order, mapped


def contracted(factors: Sequence[Labelled], summed: frozenset[Symbol], order: Axes) -> Labelled:
    """``Σ_summed Π factors``; every summed index must occur in a factor."""
    items = [_reduced(x, summed - _axes_of(factors, n), order) for n, x in enumerate(factors)]
    while len(items) > 1:
        n, m = min(
            ((n, m) for n in range(len(items)) for m in range(n + 1, len(items))),
            key=lambda pair: _cost(items, pair, summed),
        )
        rest = items[:n] + items[n + 1 : m] + items[m + 1 :]
        over = (summed & (frozenset(items[n].axes) | frozenset(items[m].axes))) - _axes_of(rest)
        items = [*rest[:n], _pair(items[n], items[m], over, order), *rest[n:]]
    return items[0]


def _axes_of(factors: Sequence[Labelled], without: int | None = None) -> frozenset[Symbol]:
    return frozenset(a for n, x in enumerate(factors) if n != without for a in x.axes)


def _cost(items: Sequence[Labelled], pair: tuple[int, int], summed: frozenset[Symbol]) -> tuple[int, int, int, int]:
    """Axes of the result, then axes of the loop nest, then position: smaller is sooner."""
    n, m = pair
    both = frozenset(items[n].axes) | frozenset(items[m].axes)
    rest = _axes_of([x for number, x in enumerate(items) if number not in pair])
    result = both - (summed - rest)
    return len(result), len(both), n, m


def _reduced(x: Labelled, over: frozenset[Symbol], order: Axes) -> Labelled:
    """``x`` summed over the indices of ``over`` that it has."""
    del order
    gone = [n for n, a in enumerate(x.axes) if a in over]
    if not gone:
        return x
    kept = tuple(a for a in x.axes if a not in over)
    return Labelled(Reduce(len(kept), x.node.batch, x.node, tuple(n - len(x.axes) for n in gone)), kept)


def _pair(x: Labelled, y: Labelled, over: frozenset[Symbol], order: Axes) -> Labelled:
    """``Σ_over x·y`` with its axes in the equation's order."""
    if not over:
        return mapped("mul", (x, y), order)
    out = in_order([a for a in (*x.axes, *y.axes) if a not in over], order)
    product = _matmul(x, y, over, out)
    if product is None:
        product = _matmul(y, x, over, out)
    return Labelled(product or _einsum(x, y, out), out)


def _matmul(x: Labelled, y: Labelled, over: frozenset[Symbol], out: Axes) -> Node | None:
    """``x @ y`` with the last axis of the result from ``y``, or None where the axes do not fit a matrix product."""
    if len(over) != 1:
        return None
    batch = x.node.batch | y.node.batch
    (s,) = over
    if y.axes == (s,) and not y.node.batch and out:  # matrix times vector
        return MatMul(len(out), batch, aligned(x, (*out, s)), y.node)
    if len(out) < 2 or out[-1] not in y.axes or out[-1] in x.axes:
        return None
    if out[-2] not in x.axes or out[-2] in y.axes:
        return None
    lead, row, column = out[:-2], out[-2], out[-1]
    return MatMul(len(out), batch, aligned(x, (*lead, row, s)), aligned(y, (*lead, s, column)))


def _einsum(x: Labelled, y: Labelled, out: Axes) -> Node:
    letters: list[Symbol] = list(dict.fromkeys((*x.axes, *y.axes)))
    numbered = tuple(tuple(letters.index(a) for a in item.axes) for item in (x, y))
    return Einsum(
        len(out),
        x.node.batch | y.node.batch,
        (x.node, y.node),
        numbered,
        tuple(letters.index(a) for a in out),
        tuple(str(a) for a in letters),
    )
