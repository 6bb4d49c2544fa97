"""The torch module around the printed statements: an autograd function for the scores and one for the layer."""

from __future__ import annotations

from pathlib import Path

from impl.codegen.emit import INDENT, WIDTH
from impl.codegen.module import Module, Program, call, indented, signature, used_names
from impl.codegen.targets import pieces
from impl.codegen.targets.text import function_doc, head
from impl.codegen.targets.torch.functions import SYNTAX

RUNTIME = Path(__file__).with_name("runtime.py")
RUNTIME_NAMES = ("check", "check_cotangent", "scalar", "sech", "sech2", "softmax", "step", "sum_to")
NO_GRAPH = ("@torch.no_grad()",)
REMARK = (
    "Works on CPU and CUDA. Autograd takes the derived gradients of ``scores`` and ``attention``; with ``create_graph=True`` "
    "their program is computed from the arguments again and torch differentiates it."
)


def render(module: Module) -> str:
    """The source text of the module."""
    program = module.attention
    everything = ["frozenset(name for name, tensor in given.items() if tensor is not None)"]
    body = "\n\n\n".join(
        [
            pieces.tables(program),
            pieces.result_type(program, SYNTAX.array),
            _function(module, module.scores),
            _function(module, program),
            pieces.public_backward(module, program, SYNTAX.array, NO_GRAPH, everything),
            _autograd(module.scores),
            pieces.forward_function(module.scores, SYNTAX),
            pieces.backward_function(module.scores, SYNTAX, wanted="wanted"),
            _autograd(program),
            pieces.forward_function(program, SYNTAX),
            pieces.backward_function(program, SYNTAX, wanted="wanted"),
        ]
    )
    imports = ["from __future__ import annotations", ""]
    if "math." in body:
        imports.append("import math")
    imports += ["from typing import Any, NamedTuple", "", "import torch", "from torch import Tensor"]
    imports.append("")
    imports.append(f"from impl.generated.torch._runtime import {', '.join(used_names(body, RUNTIME_NAMES))}")
    return "\n".join([head(module, "torch", REMARK), "", *imports, "", body]) + "\n"


def _class(program: Program) -> str:
    return f"_{program.name.title()}Function"


def _function(module: Module, program: Program) -> str:
    """``scores`` or ``attention``."""
    parameters = [pieces.public_parameter(tensor, program, SYNTAX.array) for tensor in program.arguments]
    if len(program.outputs) == 1:
        returns = SYNTAX.array
        result = [call("result: Tensor = ", "apply", pieces.values(program)), f"{INDENT}return result"]
    else:
        returns = "Attention"
        result = [call(f"{', '.join(program.outputs)} = ", "apply", pieces.values(program))]
        result.append(f"{INDENT}return Attention({', '.join(program.outputs)})")
    return "\n".join(
        [
            signature(program.name, parameters, returns),
            function_doc(module, program, returns),
            *pieces.checks(module, program),
            f"{INDENT}apply: Any = {_class(program)}.apply",
            *result,
        ]
    )


def _autograd(program: Program) -> str:
    """The ``torch.autograd.Function``: forward keeps what backward reads; backward computes what is asked for."""
    arguments = [tensor.name for tensor in program.arguments]
    return "\n".join(
        [
            f"class {_class(program)}(torch.autograd.Function):",
            f'{INDENT}"""``{program.name}`` with its derived gradient."""',
            "",
            f"{INDENT}ARGUMENTS = (",
            *(f'{INDENT * 2}"{name}",' for name in arguments),
            f"{INDENT})",
            "",
            f"{INDENT}@staticmethod",
            indented(_forward_method(program)),
            "",
            f"{INDENT}@staticmethod",
            indented(_backward_method(program)),
        ]
    )


def _forward_method(program: Program) -> str:
    several = len(program.outputs) > 1
    arguments = [tensor.name for tensor in program.arguments]
    returns = f"tuple[{', '.join(['Tensor'] * len(program.outputs))}]" if several else "Tensor"
    saved = list(dict.fromkeys([*arguments, *program.kept]))
    results = list(program.forward.outputs)
    used = [name if name in {*saved, *program.outputs} else f"_{name}" for name in results]
    return "\n".join(
        [
            signature("forward", ["ctx: Any", *pieces.private_parameters(program, "Tensor")], returns),
            f'{INDENT}"""Compute the outputs; keep the arguments and what the gradients read."""',
            call(f"{', '.join(used)} = ", f"_{program.name}_forward", arguments),
            f"{INDENT}ctx.set_materialize_grads(False)",
            f"{INDENT}ctx.shape = {program.outputs[0]}.shape",
            call("", "ctx.save_for_backward", saved),
            f"{INDENT}return {', '.join(program.outputs)}",
        ]
    )


def _backward_method(program: Program) -> str:
    arguments = [tensor.name for tensor in program.arguments]
    saved = list(dict.fromkeys([*arguments, *program.kept]))
    seeds = [f"grad_{name}" for name in program.outputs]
    first = seeds[0]
    inner = [name for name in program.kept if name not in program.outputs]  # outputs know where they come from
    again = [name if name in inner else f"_{name}" for name in program.forward.outputs]
    recompute = [
        f"{INDENT}if torch.is_grad_enabled():  # create_graph=True: from the arguments, so that autograd can follow",
        call(f"{', '.join(again)} = ", f"_{program.name}_forward", arguments, depth=2),
    ]
    fill = [
        f"{INDENT}if {first} is None:  # only the other outputs were used",
        f"{INDENT * 2}{first} = query.new_zeros(ctx.shape)",
    ]
    return "\n".join(
        [
            signature("backward", ["ctx: Any", *(f"{s}: Tensor | None" for s in seeds)], "tuple[Tensor | None, ...]"),
            f'{INDENT}"""Compute the gradients that autograd asks for."""',
            f"{INDENT}names = {_class(program)}.ARGUMENTS",
            f"{INDENT}if {' and '.join(f'{seed} is None' for seed in seeds)}:",
            f"{INDENT * 2}return (None,) * len(names)",
            *_unpacked(saved),
            *(recompute if inner else []),
            *(fill if len(seeds) > 1 else []),
            f"{INDENT}needed = zip(names, ctx.needs_input_grad, strict=True)",
            f"{INDENT}wanted = frozenset(name for name, is_needed in needed if is_needed)",
            call("gradients = ", f"_{program.name}_backward", [*seeds, *arguments, *program.kept, "wanted"]),
            f"{INDENT}return tuple(gradients.get(name) for name in names)",
        ]
    )


def _unpacked(names: list[str]) -> list[str]:
    line = f"{INDENT}{', '.join(names)} = ctx.saved_tensors"
    if len(line) + len(INDENT) <= WIDTH:
        return [line]
    return [f"{INDENT}(", *(f"{INDENT * 2}{name}," for name in names), f"{INDENT}) = ctx.saved_tensors"]
