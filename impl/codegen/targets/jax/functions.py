"""How JAX spells the operations of the array program."""

from types import MappingProxyType

from attnproof.derivations.language.functions import texts
from attnproof.impl.codegen.text.printer import Syntax

SYNTAX = Syntax(
    array="Array",
    functions=MappingProxyType(
        {
            **texts("jax"),
            "sqrt": "jnp.sqrt({0})",
            "square": "jnp.square({0})",
            "pow": "jnp.power({0}, {1})",
            "abs": "jnp.abs({0})",
            "sign": "jnp.sign({0})",
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
