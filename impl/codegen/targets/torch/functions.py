"""How torch spells the operations of the array program."""

from types import MappingProxyType

from attnproof.derivations.language.functions import texts
from attnproof.impl.codegen.text.printer import Syntax

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
