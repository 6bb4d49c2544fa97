"""torch: the derived backward behind a ``torch.autograd.Function``, on CPU and CUDA."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from attnproof.derivations.language.functions import texts
from attnproof.impl.codegen.program.rows import largest_row
from attnproof.impl.codegen.text.module import Module, sizes_of
from attnproof.impl.codegen.text.pieces import Printed, printed
from attnproof.impl.codegen.text.printer import Syntax, length

TEMPLATE = Path(__file__).with_name("module.j2")
SYNTAX = Syntax(
    array="Tensor",
    functions=MappingProxyType(
        {
            **texts("torch"),
            "sqrt": "torch.sqrt({0})",
            "square": "torch.square({0})",
            "pow": "torch.pow({0}, {1})",
            "abs": "torch.abs({0})",
            "sign": "torch.sign({0})",
            "sech2": "sech2({0})",
        }
    ),
    reduce="torch.sum({x}, dim={axes})",
    einsum='torch.einsum("{spec}", {args})',
    concatenate="torch.cat(({args}), dim={axis})",
    repeat="torch.repeat_interleave({x}, {count}, dim={axis})",
    zeros="torch.zeros_like({x})",
    identity="torch.eye({count}, dtype={like}.dtype, device={like}.device)",
)
REMARK = (
    "Works on CPU and CUDA. Autograd takes the derived gradients of ``scores`` and ``attention``; with "
    "``create_graph=True`` torch differentiates their program."
)
IN_ROWS = (
    "Arrays with more than two axes are made for some queries at a time, forward and backward, so that they stay in "
    "the cache; where autograd or a compiler has to follow the program, for all queries at once."
)


def render(module: Module) -> str:
    """The source text of the module."""
    row = largest_row(module.attention.system)
    return printed(
        TEMPLATE,
        module,
        SYNTAX,
        "torch",
        REMARK if row is None else f"{REMARK} {IN_ROWS}",
        again=True,
        row=_row,
        sizes=_sizes,
        ends=_ends,
        pairs=_pairs,
        optional=lambda names: [f"{name}: Tensor | None" for name in names],
    )


def _row(program: Printed) -> str | None:
    """Elements of the largest array that one query needs, where the program goes by rows."""
    row = largest_row(program.program.system)
    return None if row is None else length(row)


def _sizes(program: Printed) -> str:
    """The statements that read the sizes in ``_row``."""
    row = largest_row(program.program.system)
    return "" if row is None else "\n".join(sizes_of(row.free_symbols, program.program.arguments))


def _ends(program: Printed) -> tuple[str, str]:
    """How the names of the functions for all queries end: where they go by rows, the formulas stand in others."""
    return ("forward", "backward") if _row(program) is None else ("outputs", "gradients")


def _pairs(names: Sequence[str], values: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Names with the names of their values."""
    return list(zip(names, names if values is None else values, strict=True))
