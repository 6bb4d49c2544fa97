"""The NumPy module around the printed statements."""

from __future__ import annotations

from attnproof.impl.codegen.targets.numpy.functions import SYNTAX
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import CONVENTIONS, function_doc, module_doc
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import Module, Program, signature, used_names

RUNTIME_NAMES = ("Array", "check", "check_cotangent", "scalar", "sech", "sech2", "softmax", "sum_to")
QUIET = ('@np.errstate(all="ignore")  # overflow and NaN are results, as IEEE 754 defines them',)


def render(module: Module) -> str:
    """The source text of the module."""
    program = module.attention
    body = "\n\n\n".join(
        [
            pieces.tables(program),
            pieces.result_type(program, SYNTAX.array),
            _scores(module, module.scores),
            _attention(module, program),
            pieces.public_backward(module, program, SYNTAX.array),
            pieces.forward_function(program, SYNTAX, QUIET),
            pieces.backward_function(program, SYNTAX, QUIET),
        ]
    )
    imports = ["from __future__ import annotations", ""]
    if "math." in body:
        imports.append("import math")
    imports += ["from typing import NamedTuple", "", "import numpy as np", ""]
    imports.append(f"from attnproof.impl.generated.numpy._runtime import {', '.join(used_names(body, RUNTIME_NAMES))}")
    return (
        "\n".join(
            [
                module_doc(module, "NumPy, with derived gradients", CONVENTIONS, f"Domain: {module.family.domain}."),
                "",
                *imports,
                "",
                body,
            ]
        )
        + "\n"
    )


def _scores(module: Module, program: Program) -> str:
    array = SYNTAX.array
    return "\n".join(
        [
            *QUIET,
            signature("scores", [pieces.public_parameter(t, program, array) for t in program.arguments], array),
            function_doc(module, program, array),
            *pieces.checks(program),
            *pieces.only(program, program.plain, SYNTAX),
            f"{INDENT}return scores",
        ]
    )


def _attention(module: Module, program: Program) -> str:
    parameters = [pieces.public_parameter(tensor, program, SYNTAX.array) for tensor in program.arguments]
    return "\n".join(
        [
            signature("attention", parameters, "Attention"),
            function_doc(module, program, "Attention"),
            *pieces.checks(program),
            pieces.forward_call(program, program.outputs),
            f"{INDENT}return Attention({', '.join(program.outputs)})",
        ]
    )
