"""Operations without a rule that others explain, by torch's own account or ours: those are recorded in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import torch

from attnproof.verify.recording.in_torch.convolutions import convolution, convolution_backward
from attnproof.verify.recording.in_torch.encoders import attention_module, encoder_layer
from attnproof.verify.recording.in_torch.foreach import PREFIX, each
from attnproof.verify.recording.in_torch.pooling import avg_pool2d, avg_pool2d_backward

OWN: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "_native_multi_head_attention": attention_module,
        "_transformer_encoder_layer_fwd": encoder_layer,
        "convolution": convolution,
        "convolution_backward": convolution_backward,
        "avg_pool2d": avg_pool2d,
        "avg_pool2d_backward": avg_pool2d_backward,
    }
)


@cache
def composite(func: Any) -> bool:
    """Whether the call is only others, one after the other: then those are what is recorded."""
    if not isinstance(func, torch._ops.OpOverload):
        return False
    schema = func._schema
    name = f"{schema.name}.{schema.overload_name}" if schema.overload_name else schema.name
    return bool(torch._C._dispatch_has_kernel_for_dispatch_key(name, "CompositeImplicitAutograd"))


@cache
def _decomposition(func: Any) -> Any:
    from torch._decomp import decomposition_table  # late: takes a while

    return decomposition_table.get(func)


def parts(func: Any, base: str) -> Any:
    """A function that does the same by other operations, or None where there is none; in place: of the plain one.

    None too of what draws numbers: its parts would draw others, and change what the program draws next.
    """
    if torch.Tag.nondeterministic_seeded in func.tags:
        return None
    if func._schema.name.partition("::")[2] != base:
        func = getattr(getattr(torch.ops.aten, base, None), func._overloadname, None)
    if base.startswith(PREFIX):
        return each(base)
    return OWN.get(base) or (None if func is None else _decomposition(func))


def inside(func: Any) -> Any:
    """The Python function that an operation runs: of a custom one, or of one that takes functions; None without."""
    if isinstance(func, torch._ops.HigherOrderOperator):
        return func.py_kernels.get(torch._C.DispatchKey.CompositeExplicitAutograd)
    if func.namespace == "prims":
        return func.prim_impl_aten if hasattr(func, "prim_impl_aten") else getattr(func, "impl_aten", None)
    if func.namespace == "aten":
        return None
    from torch._library.custom_ops import OPDEFS  # late: few have any

    definition = OPDEFS.get(func._schema.name)
    kernels = {} if definition is None else definition._backend_fns
    return kernels.get("cpu") or kernels.get(None)
