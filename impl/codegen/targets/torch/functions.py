"""How torch spells the operations of the array program."""

from types import MappingProxyType

from attnproof.impl.codegen.text.printer import Syntax

SYNTAX = Syntax(
    array="Tensor",
    functions=MappingProxyType(
        {
            "exp": "torch.exp({0})",
            "log": "torch.log({0})",
            "sqrt": "torch.sqrt({0})",
            "square": "torch.square({0})",
            "pow": "torch.pow({0}, {1})",
            "abs": "torch.abs({0})",
            "relu": "torch.relu({0})",
            "step": "step({0})",
            "sign": "torch.sign({0})",
            "sin": "torch.sin({0})",
            "cos": "torch.cos({0})",
            "sinh": "torch.sinh({0})",
            "cosh": "torch.cosh({0})",
            "tanh": "torch.tanh({0})",
            "atan": "torch.atan({0})",
            "sech": "sech({0})",
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
