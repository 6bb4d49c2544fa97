"""The JAX module around the printed statements: a ``custom_vjp`` for the scores and one for the layer."""

from __future__ import annotations

from attnproof.impl.codegen.targets.jax.functions import SYNTAX
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import CONVENTIONS, function_doc, module_doc
from attnproof.impl.codegen.text.emit import INDENT, WIDTH
from attnproof.impl.codegen.text.module import Module, Program, call, signature, used_names

RUNTIME_NAMES = ("check", "check_cotangent", "scalar", "sech", "sech2", "softmax", "step", "sum_to")
REMARK = (
    "The functions can be jitted and mapped; ``jax.grad`` and ``jax.vjp`` take the derived gradients, forward-mode "
    "differentiation (``jax.jvp``) is refused by JAX. float64 needs ``jax_enable_x64``; matrix products have the "
    "precision that ``jax_default_matmul_precision`` asks for. A traced scalar cannot be read, so its sign is not "
    "checked."
)


def render(module: Module) -> str:
    """The source text of the module."""
    program = module.attention
    body = "\n\n\n".join(
        [
            pieces.tables(program),
            pieces.result_type(program, SYNTAX.array),
            _function(module, module.scores),
            _function(module, program),
            pieces.public_backward(module, program, SYNTAX.array),
            *(part for one in (module.scores, program) for part in _private(one)),
        ]
    )
    imports = ["from __future__ import annotations", ""]
    if "math." in body:
        imports.append("import math")
    imports += ["from typing import Any, NamedTuple", "", "import jax"]
    if "jnp." in body:
        imports.append("import jax.numpy as jnp")
    imports += ["from jax import Array", ""]
    imports.append(f"from attnproof.impl.generated.jax._runtime import {', '.join(used_names(body, RUNTIME_NAMES))}")
    return (
        "\n".join(
            [
                module_doc(
                    module, "JAX, with derived gradients", f"{CONVENTIONS} {REMARK}", f"Domain: {module.family.domain}."
                ),
                "",
                *imports,
                "",
                body,
            ]
        )
        + "\n"
    )


def _function(module: Module, program: Program) -> str:
    """``scores`` or ``attention``."""
    parameters = [pieces.public_parameter(tensor, program, SYNTAX.array) for tensor in program.arguments]
    if len(program.outputs) == 1:
        returns = SYNTAX.array
        result = [
            call(f"result: {SYNTAX.array} = ", f"_{program.name}", pieces.values(program)),
            f"{INDENT}return result",
        ]
    else:
        returns = "Attention"
        result = [call(f"{', '.join(program.outputs)} = ", f"_{program.name}", pieces.values(program))]
        result.append(f"{INDENT}return Attention({', '.join(program.outputs)})")
    return "\n".join(
        [
            signature(program.name, parameters, returns),
            function_doc(module, program, returns),
            *pieces.checks(program),
            *result,
        ]
    )


def _private(program: Program) -> list[str]:
    """What computes, then what JAX is told of it."""
    name = f"_{program.name}"
    alone = program.forward.outputs == program.outputs
    rule = [
        f"{name}: Any = jax.custom_vjp({name}_{'forward' if alone else 'outputs'})",
        f"{name}.defvjp({name}_keep, {name}_pull)",
    ]
    return [
        pieces.forward_function(program, SYNTAX),
        pieces.backward_function(program, SYNTAX),
        *([] if alone else [_primal(program)]),
        _keep(program),
        _pull(program),
        "\n".join(rule),
    ]


def _arrays(count: int) -> str:
    return f"tuple[{', '.join([SYNTAX.array] * count)}]" if count > 1 else SYNTAX.array


def _saved(program: Program) -> list[str]:
    return list(dict.fromkeys([*(tensor.name for tensor in program.arguments), *program.kept]))


def _tuple(before: str, names: list[str], after: str) -> list[str]:
    """Names in parentheses, on one line where they fit."""
    line = f"{INDENT}{before}{', '.join(names)}{after}"
    if len(line) > WIDTH:
        return [f"{INDENT}{before}", *(f"{INDENT * 2}{name}," for name in names), f"{INDENT}{after}"]
    return [line.replace("(", "", 1).replace(") = kept", " = kept") if before == "(" else line]


def _computed(program: Program, used: list[str]) -> str:
    names = [name if name in used else f"_{name}" for name in program.forward.outputs]
    return call(f"{', '.join(names)} = ", f"_{program.name}_forward", [t.name for t in program.arguments])


def _primal(program: Program) -> str:
    return "\n".join(
        [
            signature(
                f"_{program.name}_outputs",
                pieces.private_parameters(program, SYNTAX.array),
                _arrays(len(program.outputs)),
            ),
            f'{INDENT}"""Compute {", ".join(program.outputs)}."""',
            _computed(program, list(program.outputs)),
            f"{INDENT}return {', '.join(program.outputs)}",
        ]
    )


def _keep(program: Program) -> str:
    saved = _saved(program)
    outputs = ", ".join(program.outputs)
    result = f"({outputs})" if len(program.outputs) > 1 else outputs
    returns = f"tuple[{_arrays(len(program.outputs))}, tuple[{SYNTAX.array} | None, ...]]"
    return "\n".join(
        [
            signature(f"_{program.name}_keep", pieces.private_parameters(program, SYNTAX.array), returns),
            f'{INDENT}"""Compute the outputs; keep the arguments and what the gradients read."""',
            _computed(program, [*program.outputs, *saved]),
            *_tuple("kept = (", saved, ")"),
            f"{INDENT}return {result}, kept",
        ]
    )


def _pull(program: Program) -> str:
    arguments = [tensor.name for tensor in program.arguments]
    several = len(program.outputs) > 1
    seeds = [f"grad_{name}" for name in program.outputs]
    parameters = ["kept: tuple[Any, ...]", f"{'grads' if several else seeds[0]}: {_arrays(len(seeds))}"]
    return "\n".join(
        [
            signature(f"_{program.name}_pull", parameters, f"tuple[{SYNTAX.array} | None, ...]"),
            f'{INDENT}"""Compute the gradient with respect to every argument; None for one that is not given."""',
            *_tuple("(", _saved(program), ") = kept"),
            *([f"{INDENT}{', '.join(seeds)} = grads"] if several else []),
            call("gradients = ", f"_{program.name}_backward", [*seeds, *arguments, *program.kept]),
            f"{INDENT}return (",
            *(f'{INDENT * 2}gradients.get("{name}"),' for name in arguments),
            f"{INDENT})",
        ]
    )
