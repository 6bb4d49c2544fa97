"""Sharing: what several statements compute gets a name and is computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from attnproof.impl.codegen.program.ir import (
    Block,
    Concatenate,
    Einsum,
    Expand,
    Load,
    Map,
    MatMul,
    Node,
    Number,
    Permute,
    Reduce,
    SumTo,
)
from attnproof.impl.codegen.program.plan import Choice, Plan, Statement

CHEAP = (Load, Number, Block, Expand, Permute)  # views and names
LONGEST_NAME = 44


def shared(plan: Plan) -> Plan:
    """The same plan; every operation that more than one place needs is a statement of its own, before its first use."""
    edges = Counter(part for node in _distinct(plan) for part in node.parts)
    edges.update(root for statement in plan.statements for root in dict.fromkeys(statement.variants.values()))
    common = [node for node, count in edges.items() if count > 1 and not isinstance(node, CHEAP)]
    common.sort(key=_size)
    taken = set(plan.reads) | {statement.name for statement in plan.statements} | set(plan.options)
    names: dict[Node, str] = {}
    for node in common:
        names[node] = _fresh(_name(node), taken)
        taken.add(names[node])
    helpers = {name: Statement(name, _uses(plan, node, names), {}) for node, name in names.items()}
    result: list[Statement] = []
    done: set[str] = set()

    def place(statement: Statement) -> None:
        for name in sorted(statement.reads & helpers.keys() - done, key=list(helpers).index):
            done.add(name)
            place(helpers[name])
        result.append(statement)

    for statement in plan.statements:
        variants = {choice: _renamed(node, names) for choice, node in statement.variants.items()}
        place(replace(statement, variants=variants))
    return Plan(plan.options, tuple(result), plan.outputs)


def rebuilt(node: Node, names: dict[Node, str]) -> Node:
    """``node`` with every part that has a name replaced by that name."""
    changes: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            changes[item.name] = _renamed(value, names)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            changes[item.name] = tuple(_renamed(part, names) for part in value)
    return replace(node, **changes) if changes else node


def _renamed(node: Node, names: dict[Node, str]) -> Node:
    return Load(node.rank, node.batch, names[node]) if node in names else rebuilt(node, names)


def _distinct(plan: Plan) -> Iterator[Node]:
    seen: set[Node] = set()
    waiting = [node for statement in plan.statements for node in dict.fromkeys(statement.variants.values())]
    while waiting:
        node = waiting.pop(0)
        if node not in seen:
            seen.add(node)
            waiting.extend(node.parts)
            yield node


def _uses(plan: Plan, wanted: Node, names: dict[Node, str]) -> dict[Choice, Node]:
    """The choices under which ``wanted`` is needed."""
    body = rebuilt(wanted, names)
    found = [c for s in plan.statements for c, node in s.variants.items() if _contains(node, wanted)]
    return dict.fromkeys(found, body)


def _contains(node: Node, wanted: Node) -> bool:
    return node == wanted or any(_contains(part, wanted) for part in node.parts)


def _size(node: Node) -> int:
    return 1 + sum(_size(part) for part in node.parts)


def _fresh(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _name(node: Node) -> str:
    name = _described(node)
    return name if len(name) <= LONGEST_NAME else "part"


def _described(node: Node) -> str:
    """A name that says how the array is made: ``query_times_weight``, ``tanh_preactivation``."""
    if isinstance(node, Load):
        return node.name
    if isinstance(node, Block | Expand | Permute | SumTo):
        return _described(node.parts[0])
    if isinstance(node, Number):
        return "number"
    inner = [_described(part) for part in node.parts]
    if isinstance(node, MatMul | Einsum):
        return "_times_".join(inner)
    if isinstance(node, Reduce):
        return f"{inner[0]}_sum"
    if isinstance(node, Concatenate):
        return "_and_".join(inner)
    if isinstance(node, Map):
        joins = {"add": "_plus_", "sub": "_minus_", "mul": "_times_", "div": "_over_"}
        return joins[node.op].join(inner) if node.op in joins else "_".join((node.op, *inner))
    return "_".join((type(node).__name__.lower(), *inner))
