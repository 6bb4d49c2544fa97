"""What is lifted: tensors without names, each made of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr


@dataclass(frozen=True, eq=False)
class Part:
    """A node as it stands in another: its axis k is the other's axis, or summation index, ``axes[k]``."""

    node: Node
    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Node:
    """A tensor.

    kind    a name of the recording's language (``add``, ``sum`` …), or
            ``leaf``     an element of a tensor handed over, or of a table: ``value`` is a ``Leaf``
            ``number``   ``value`` is an expression in sizes
            ``mask``     0 where a pattern holds and −∞ elsewhere: ``value`` is the ``Pattern``
            ``largest``  the maximum of its part over the indices ``bound``
            ``kept``     its part where a mask holds, 0 elsewhere: the second part is the mask
            ``relu``, ``leaky``, ``abs``, ``greater``   choices by value that are functions
    sizes   of its axes
    parts   what it is made of
    bound   sizes of the indices that are summed (or maximised) over; they are numbered after the axes
    where   the line of the program
    """

    kind: str
    sizes: tuple[Expr, ...]
    parts: tuple[Part, ...] = field(default=(), repr=False)  # shared ones would be shown as often as they are used
    bound: tuple[Expr, ...] = ()
    value: Any = None
    where: str = ""

    def walk(self) -> Iterator[Node]:
        """The node and all below it, each once, what is used before what uses it."""
        seen: set[int] = set()
        stack: list[tuple[Node, bool]] = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                yield node
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((part.node, False) for part in reversed(node.parts))


@dataclass(frozen=True, eq=False)
class Leaf:
    """An element of a tensor.

    own     whether it was handed over; else the program brought it
    name    of the tensor, or where a table was made
    places  its coordinates
    shape   of a table that the program brought; ``table`` has its numbers in the first recording
    key     tells tables apart
    """

    own: bool
    name: str
    places: tuple[Place, ...]
    shape: tuple[Expr, ...] = ()
    table: Any = None
    key: str = ""


@dataclass(frozen=True)
class Place:
    """One coordinate: ``offset + Σ step · axis``, the axes by number."""

    offset: Expr
    steps: tuple[tuple[int, Expr], ...] = field(default=())
