"""Array nodes whose axes carry index letters, and the operations that keep track of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, fraction

from attnproof.impl.codegen.program.ir import Expand, Map, Node, Number, Permute

Axes = tuple[Symbol, ...]


@dataclass(frozen=True)
class Labelled:
    """``node`` with the index letter of each of its core axes."""

    node: Node
    axes: Axes


def number(value: Expr) -> Labelled:
    """A Python scalar."""
    return Labelled(Number(0, frozenset(), value), ())


def aligned(x: Labelled, axes: Axes) -> Node:
    """``x`` in a shape that broadcasts against arrays with exactly ``axes``."""
    node = x.node
    present = tuple(a for a in axes if a in x.axes)
    order = tuple(x.axes.index(a) for a in present)
    if order != tuple(range(len(order))):
        node = Permute(node.rank, node.batch, node, order)
    kept = tuple(a in x.axes for a in axes)
    if not node.batch:  # leading axes of length 1 are implied
        while kept and not kept[0]:
            kept = kept[1:]
    if all(kept) or isinstance(node, Number):
        return node
    return Expand(len(kept), node.batch, node, kept)


def in_order(axes: Sequence[Symbol], order: Axes) -> Axes:
    """``axes`` without repetition, in the order in which the equation names them."""
    return tuple(sorted(set(axes), key=order.index))


def mapped(op: str, args: Sequence[Labelled], order: Axes) -> Labelled:
    """An elementwise operation."""
    axes = in_order([a for x in args for a in x.axes], order)
    if len({x.axes for x in args if x.axes}) == 1:
        axes = next(x.axes for x in args if x.axes)  # one layout: keep it, no transposition
    batch = frozenset[str]().union(*(x.node.batch for x in args))
    return Labelled(Map(len(axes), batch, op, tuple(aligned(x, axes) for x in args)), axes)


def _combined(items: list[tuple[int, Labelled]], order: Axes, join: str, undo: str) -> tuple[int, Labelled]:
    """Fold signed operands pairwise, smaller arrays first, so that few operations run on large arrays."""
    while len(items) > 1:
        n, m = _best_pair([x.axes for _, x in items])
        (sign_n, x), (sign_m, y) = items[n], items[m]
        if sign_n < 0 < sign_m:
            sign_n, sign_m, x, y = sign_m, sign_n, y, x
        sign = -1 if sign_n < 0 else 1
        joined = mapped(join if sign_n == sign_m else undo, (x, y), order)
        items = [*items[:n], (sign, joined), *items[n + 1 : m], *items[m + 1 :]]
    return items[0]


def _best_pair(axes: Sequence[Axes]) -> tuple[int, int]:
    """The pair with the smallest result; the first one on a tie."""
    pairs = [(n, m) for n in range(len(axes)) for m in range(n + 1, len(axes))]
    return min(pairs, key=lambda pair: (len(set(axes[pair[0]]) | set(axes[pair[1]])), pair))


def added(items: Sequence[tuple[int, Labelled]], order: Axes) -> Labelled:
    """``± x ± y ...`` for ``(sign, operand)`` pairs."""
    sign, result = _combined(list(items), order, "add", "sub")
    return mapped("neg", (result,), order) if sign < 0 else result


def multiplied(
    numerators: Sequence[Labelled], denominators: Sequence[Labelled], coefficient: Expr, order: Axes
) -> Labelled:
    """``coefficient · Π numerators / Π denominators``: the products first, then the division, the sign last."""
    negative = coefficient.could_extract_minus_sign()
    above, below = fraction(-coefficient if negative else coefficient)
    arrays = [(1, x) for x in numerators]
    result = _combined(arrays, order, "mul", "div")[1] if arrays else None
    if result is None:
        result = number(above)
    elif above != Integer(1):
        result = mapped("mul", (number(above), result), order)
    divisors = [(1, x) for x in denominators]
    if below != Integer(1):
        divisors.append((1, number(below)))
    if divisors:
        result = mapped("div", (result, _combined(divisors, order, "mul", "div")[1]), order)
    return mapped("neg", (result,), order) if negative else result
