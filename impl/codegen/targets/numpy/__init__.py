"""NumPy: modules of plain functions, gradients by ``attention_backward``."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from attnproof.derivations.language.functions import texts
from attnproof.impl.codegen.text.module import Module
from attnproof.impl.codegen.text.pieces import printed
from attnproof.impl.codegen.text.printer import Syntax

TEMPLATE = Path(__file__).with_name("module.j2")
SYNTAX = Syntax(
    array="Array",
    functions=MappingProxyType(
        {
            **texts("numpy"),
            "sqrt": "np.sqrt({0})",
            "square": "np.square({0})",
            "pow": "np.power({0}, {1})",
            "abs": "np.abs({0})",
            "sign": "np.sign({0})",
            "sech2": "sech2({0})",
        }
    ),
    reduce="np.sum({x}, axis={axes})",
    einsum='np.einsum("{spec}", {args})',
    concatenate="np.concatenate(({args}), axis={axis})",
    repeat="np.repeat({x}, {count}, axis={axis})",
    zeros="np.zeros_like({x})",
    identity="np.eye({count}, dtype={like}.dtype)",
    naive=True,  # along other axes than the last one in memory
)


def render(module: Module) -> str:
    """The source text of the module."""
    return printed(TEMPLATE, module, SYNTAX, "NumPy")
