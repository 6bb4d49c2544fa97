"""Finding an operator, and the function that says what it should compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch._library.custom_ops import CustomOpDef
from torch._ops import OpOverload, OpOverloadPacket


def operator(op: Any) -> OpOverload:
    """The overload that is meant: ``aten::softmax.int``, ``mylib::attend``, an overload, a packet with one, or what
    ``torch.library.custom_op`` made.

    Raises ValueError where there is none of that name, or several.
    """
    if isinstance(op, str):
        namespace, colons, rest = op.partition("::")
        name, _, overload = rest.partition(".")
        if not colons or not name:
            raise ValueError(f"operator {op!r}: expected namespace::name, or namespace::name.overload")
        packet = getattr(getattr(torch.ops, namespace), name, None)
        if packet is None:
            raise ValueError(f"there is no operator {op!r}; what registers it has to be imported before")
        if overload and overload not in packet.overloads():
            raise ValueError(f"{namespace}::{name} has no overload {overload!r}; it has {_overloads(packet)}")
        op = getattr(packet, overload) if overload else packet
    if isinstance(op, CustomOpDef):
        op = op._opoverload  # the overload that it stands for
    if isinstance(op, OpOverloadPacket):
        overloads: list[str] = op.overloads()  # type: ignore[no-untyped-call]
        if len(overloads) > 1 and "default" not in overloads:
            raise ValueError(f"{op} has several overloads, {_overloads(op)}: name one")
        op = getattr(op, "default" if "default" in overloads else overloads[0])
    if not isinstance(op, OpOverload):
        raise ValueError(f"{op!r} is no operator of PyTorch: expected a name, an OpOverload or a custom operator")
    return op


def meaning(op: OpOverload) -> Callable[..., Any]:
    """What the operator should compute: its decomposition. Raises ValueError where PyTorch has none."""
    from torch._decomp import decomposition_table  # late: takes a while

    if (found := decomposition_table.get(op)) is not None:
        return found
    name = f"{op._schema.name}.{op._schema.overload_name}".rstrip(".")
    if torch._C._dispatch_has_kernel_for_dispatch_key(name, "CompositeImplicitAutograd"):
        return op.decompose
    raise ValueError(f"PyTorch has no decomposition of {op}: give reference=, a function that says what it computes")


def changes(op: OpOverload) -> tuple[str, ...]:
    """The arguments that it writes to."""
    return tuple(a.name for a in op._schema.arguments if a.alias_info is not None and a.alias_info.is_write)


def _overloads(packet: Any) -> str:
    return ", ".join(map(repr, packet.overloads()))
