"""JAX: modules of functions with ``jax.custom_vjp``, gradients by ``jax.grad`` or by ``attention_backward``."""

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
REMARK = (
    "The functions can be jitted and mapped; ``jax.grad`` and ``jax.vjp`` take the derived gradients, forward-mode "
    "differentiation (``jax.jvp``) is refused by JAX. float64 needs ``jax_enable_x64``; matrix products have the "
    "precision that ``jax_default_matmul_precision`` asks for. A traced scalar cannot be read, so its sign is not "
    "checked."
)


def render(module: Module) -> str:
    """The source text of the module."""
    return printed(TEMPLATE, module, SYNTAX, "JAX", REMARK)
