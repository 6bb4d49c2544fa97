"""How JAX spells the operations of the array program."""

from types import MappingProxyType

from attnproof.impl.codegen.text.printer import Syntax

SYNTAX = Syntax(
    array="Array",
    functions=MappingProxyType(
        {
            "exp": "jnp.exp({0})",
            "log": "jnp.log({0})",
            "sqrt": "jnp.sqrt({0})",
            "square": "jnp.square({0})",
            "pow": "jnp.power({0}, {1})",
            "abs": "jnp.abs({0})",
            "relu": "jnp.maximum({0}, 0)",
            "step": "step({0})",
            "sign": "jnp.sign({0})",
            "sin": "jnp.sin({0})",
            "cos": "jnp.cos({0})",
            "sinh": "jnp.sinh({0})",
            "cosh": "jnp.cosh({0})",
            "tanh": "jnp.tanh({0})",
            "atan": "jnp.arctan({0})",
            "sech": "sech({0})",
            "sech2": "sech2({0})",
        }
    ),
    reduce="jnp.sum({x}, axis={axes})",
    einsum='jnp.einsum("{spec}", {args})',
    concatenate="jnp.concatenate(({args}), axis={axis})",
    repeat="jnp.repeat({x}, {count}, axis={axis})",
    zeros="jnp.zeros_like({x})",
    identity="jnp.eye({count}, dtype={like}.dtype)",
)
