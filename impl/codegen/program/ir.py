"""The array program: expressions over arrays whose axes have positions, no letters.

A node has ``rank`` core axes, counted from the right, and, if it is ``batched``, any number of leading batch axes that
broadcast. Because a node holds no index letters, two expressions that differ in letters only are equal nodes, and what
is computed twice is found by comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

from sympy import Expr


@dataclass(frozen=True)
class Node:
    """An array expression.

    rank  number of core axes (without batch axes)
    batch names of the inputs whose batch axes it carries; empty: it has no batch axes. Not part of equality: equal
          operations on equal names have the same one.
    """

    rank: int
    batch: frozenset[str] = field(compare=False)

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        """The operands: every field that is a node or a tuple of nodes."""
        found: list[Node] = []
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found += [part for part in value if isinstance(part, Node)]
        return tuple(found)


@dataclass(frozen=True)
class Load(Node):
    """A named array."""

    name: str


@dataclass(frozen=True)
class Number(Node):
    """A Python scalar made of exact numbers and sizes; it never changes an array's dtype."""

    value: Expr


@dataclass(frozen=True)
class Block(Node):
    """``x`` restricted to positions ``start .. stop - 1`` of core axis ``axis`` (counted from the left)."""

    x: Node
    axis: int
    start: Expr
    stop: Expr | None  # None: to the end of the axis


@dataclass(frozen=True)
class Permute(Node):
    """Core axis ``n`` of the result is core axis ``order[n]`` of ``x``."""

    x: Node
    order: tuple[int, ...]


@dataclass(frozen=True)
class Diagonal(Node):
    """Core axis ``n`` of ``x`` is core axis ``axes[n]`` of the result; axes of ``x`` with one number are equated."""

    x: Node
    axes: tuple[int, ...]


@dataclass(frozen=True)
class Expand(Node):
    """``x`` with an axis of length 1 wherever ``kept`` is False."""

    x: Node
    kept: tuple[bool, ...]


@dataclass(frozen=True)
class Map(Node):
    """An elementwise operation with broadcasting: ``add sub mul div neg pow`` or the name of a function."""

    op: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Reduce(Node):
    """Sum over core axes ``axes`` (negative numbers, increasing)."""

    x: Node
    axes: tuple[int, ...]


@dataclass(frozen=True)
class MatMul(Node):
    """Matrix product over the last axis of ``x`` and the last but one of ``y`` (the only one if ``y`` is a vector)."""

    x: Node
    y: Node


@dataclass(frozen=True)
class Einsum(Node):
    """A sum of products. ``axes`` numbers the letters by first appearance; ``letters`` is how a reader knows them."""

    args: tuple[Node, ...]
    axes: tuple[tuple[int, ...], ...]
    out: tuple[int, ...]
    letters: tuple[str, ...] = field(compare=False)


@dataclass(frozen=True)
class Softmax(Node):
    """``exp(x) / Σ exp(x)`` along core axis ``axis`` (negative number)."""

    x: Node
    axis: int


@dataclass(frozen=True)
class LogSumExp(Node):
    """``log Σ exp(x)`` over core axis ``axis`` (negative number), which the result lacks."""

    x: Node
    axis: int


@dataclass(frozen=True)
class Concatenate(Node):
    """Blocks side by side along core axis ``axis`` (negative number)."""

    args: tuple[Node, ...]
    axis: int


@dataclass(frozen=True)
class Repeat(Node):
    """``x``, whose core axis ``axis`` (negative number) has length 1, with ``count`` copies along it."""

    x: Node
    axis: int
    count: Expr


@dataclass(frozen=True)
class Zeros(Node):
    """Zeros in the shape of ``x``."""

    x: Node


@dataclass(frozen=True)
class SumTo(Node):
    """``x`` summed over the batch axes along which ``like`` was broadcast: the adjoint of broadcasting."""

    x: Node
    like: str


def loads(node: Node) -> frozenset[str]:
    """Names of the arrays that ``node`` reads."""
    own: frozenset[str] = frozenset()
    if isinstance(node, Load):
        own = frozenset({node.name})
    elif isinstance(node, SumTo):
        own = frozenset({node.like})
    return own.union(*(loads(part) for part in node.parts))


def inside(node: Node) -> list[Node]:
    """The operands of a node, and theirs."""
    return [deeper for part in node.parts for deeper in (part, *inside(part))]


def numbers(node: Node) -> tuple[Expr, ...]:
    """Every scalar expression in ``node``: numbers, and bounds of blocks."""
    own: tuple[Expr, ...] = ()
    if isinstance(node, Number):
        own = (node.value,)
    elif isinstance(node, Block):
        own = (node.start,) if node.stop is None else (node.start, node.stop)
    elif isinstance(node, Repeat):
        own = (node.count,)
    for part in node.parts:
        own += numbers(part)
    return own
