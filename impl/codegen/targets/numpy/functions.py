"""How NumPy spells the operations of the array program."""

from types import MappingProxyType

from attnproof.impl.codegen.text.printer import Syntax

SYNTAX = Syntax(
    array="Array",
    functions=MappingProxyType(
        {
            "exp": "np.exp({0})",
            "log": "np.log({0})",
            "sqrt": "np.sqrt({0})",
            "square": "np.square({0})",
            "pow": "np.power({0}, {1})",
            "abs": "np.abs({0})",
            "relu": "np.maximum({0}, 0)",
            "step": "np.heaviside({0}, 0)",
            "sign": "np.sign({0})",
            "sin": "np.sin({0})",
            "cos": "np.cos({0})",
            "sinh": "np.sinh({0})",
            "cosh": "np.cosh({0})",
            "tanh": "np.tanh({0})",
            "atan": "np.arctan({0})",
            "sech": "sech({0})",
            "sech2": "sech2({0})",
        }
    ),
    reduce="np.sum({x}, axis={axes})",
    einsum='np.einsum("{spec}", {args})',
    concatenate="np.concatenate(({args}), axis={axis})",
    repeat="np.repeat({x}, {count}, axis={axis})",
    zeros="np.zeros_like({x})",
    identity="np.eye({count}, dtype={like}.dtype)",
)
