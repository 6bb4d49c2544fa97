"""The torch module around the printed statements: an autograd function for the scores and one for the layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from attnproof.impl.codegen.program.rows import largest_row
from attnproof.impl.codegen.targets.torch.functions import SYNTAX
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import CONVENTIONS, function_doc, module_doc
from attnproof.impl.codegen.text.emit import INDENT, WIDTH
from attnproof.impl.codegen.text.module import (
    Module,
    Program,
    call,
    indented,
    recomputing,
    signature,
    sizes_of,
    used_names,
)
from attnproof.impl.codegen.text.printer import length

RUNTIME_NAMES = (
    "by_rows",
    "check",
    "check_cotangent",
    "gradients_by_rows",
    "scalar",
    "sech",
    "sech2",
    "softmax",
    "step",
    "sum_to",
)
NO_GRAPH = ("@torch.no_grad()",)
REMARK = (
    "Works on CPU and CUDA. Autograd takes the derived gradients of ``scores`` and ``attention``; with "
    "``create_graph=True`` torch differentiates their program."
)
IN_ROWS = (
    "Arrays with more than two axes are made for some queries at a time, forward and backward, so that they stay in "
    "the cache; where autograd or a compiler has to follow the program, for all queries at once."
)


def render(module: Module) -> str:
    """The source text of the module."""
    scores, program = recomputing(module.scores), recomputing(module.attention)
    everything = ["frozenset(name for name, tensor in given.items() if tensor is not None)"]
    body = "\n\n\n".join(
        [
            pieces.tables(program),
            pieces.result_type(program, SYNTAX.array),
            _function(module, scores),
            _function(module, program),
            pieces.public_backward(module, program, SYNTAX.array, NO_GRAPH, everything, _functions(program)),
            *_private(scores),
            *_private(program),
        ]
    )
    imports = ["from __future__ import annotations", ""]
    if "math." in body:
        imports.append("import math")
    imports += ["from typing import Any, NamedTuple", "", "import torch", "from torch import Tensor"]
    imports.append("")
    imports.append(_import(used_names(body, RUNTIME_NAMES)))
    remark = f"{REMARK} {IN_ROWS}" if largest_row(program.system) is not None else REMARK
    return (
        "\n".join(
            [
                module_doc(
                    module,
                    "torch, with derived gradients",
                    f"{CONVENTIONS} {remark}",
                    f"Domain: {module.family.domain}.",
                ),
                "",
                *imports,
                "",
                body,
            ]
        )
        + "\n"
    )


def _import(names: Sequence[str]) -> str:
    start = "from attnproof.impl.generated.torch._runtime import "
    line = start + ", ".join(names)
    return line if len(line) <= WIDTH else "\n".join([f"{start}(", *(f"{INDENT}{name}," for name in names), ")"])


def _functions(program: Program) -> tuple[str, str]:
    """How the names of the functions for all queries end: where they go by rows, the formulas stand in others."""
    return ("forward", "backward") if largest_row(program.system) is None else ("outputs", "gradients")


def _private(program: Program) -> list[str]:
    """What autograd calls, and the functions with the formulas."""
    row = largest_row(program.system)
    return [
        _autograd(program),
        *([] if row is None else [_outputs(program, row), _gradients(program, row)]),
        pieces.forward_function(program, SYNTAX),
        pieces.backward_function(program, SYNTAX, wanted="wanted"),
    ]


def _returns(program: Program) -> str:
    count = len(program.outputs)
    return f"tuple[{', '.join([SYNTAX.array] * count)}]" if count > 1 else SYNTAX.array


def _outputs(program: Program, row: Expr) -> str:
    """``_attention_outputs``: the outputs, block by block of queries."""
    return "\n".join(
        [
            signature(f"_{program.name}_outputs", pieces.private_parameters(program, SYNTAX.array), _returns(program)),
            f'{INDENT}"""Compute {", ".join(program.outputs)}, some queries at a time."""',
            *sizes_of(row.free_symbols, program.arguments),
            *_table("given", [(tensor.name, tensor.name) for tensor in program.arguments]),
            f"{INDENT}row = {length(row)}",
            f"{INDENT}result: {_returns(program)} = by_rows(_{program.name}_forward, given, SHAPES, row)",
            f"{INDENT}return result",
        ]
    )


def _gradients(program: Program, row: Expr) -> str:
    """``_attention_gradients``: the gradients, block by block of queries."""
    seeds = [(name, f"grad_{output}") for name, output in zip(program.seeds, program.outputs, strict=True)]
    others = [*(tensor.name for tensor in program.arguments), *program.kept]
    first, *rest = (value for _, value in seeds)
    parameters = [f"{first}: {SYNTAX.array}", *(f"{name}: {SYNTAX.array} | None" for name in rest)]
    parameters += pieces.private_parameters(program, SYNTAX.array)
    parameters += [*(f"{name}: {SYNTAX.array}" for name in program.kept), "wanted: frozenset[str]"]
    return "\n".join(
        [
            signature(f"_{program.name}_gradients", parameters, f"dict[str, {SYNTAX.array}]"),
            f'{INDENT}"""Compute the gradient with respect to the inputs in ``wanted``, some queries at a time."""',
            *sizes_of(row.free_symbols, program.arguments),
            *_table("given", [*seeds, *((name, name) for name in [*others, "wanted"])]),
            f"{INDENT}row = {length(row)}",
            f"{INDENT}return gradients_by_rows(_{program.name}_backward, given, SHAPES, row)",
        ]
    )


def _table(name: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    lines = [f'{INDENT * 2}"{key}": {value},' for key, value in entries]
    return [f"{INDENT}{name} = {{", *lines, f"{INDENT}}}"]


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
            *pieces.checks(program),
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
    arguments = [tensor.name for tensor in program.arguments]
    saved = [*arguments, *program.kept]
    return "\n".join(
        [
            signature("forward", ["ctx: Any", *pieces.private_parameters(program, SYNTAX.array)], _returns(program)),
            f'{INDENT}"""Compute the outputs; keep the arguments and the outputs that the gradients read."""',
            _in_class(
                call(
                    f"{', '.join(program.outputs)} = ", f"_{program.name}_{_functions(program)[0]}", arguments, depth=2
                )
            ),
            f"{INDENT}ctx.set_materialize_grads(False)",
            f"{INDENT}ctx.shape = {program.outputs[0]}.shape",
            _in_class(call("", "ctx.save_for_backward", saved, depth=2)),
            f"{INDENT}return {', '.join(program.outputs)}",
        ]
    )


def _backward_method(program: Program) -> str:
    arguments = [tensor.name for tensor in program.arguments]
    saved = [*arguments, *program.kept]
    seeds = [f"grad_{name}" for name in program.outputs]
    first = seeds[0]
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
            *(fill if len(seeds) > 1 else []),
            f"{INDENT}needed = zip(names, ctx.needs_input_grad, strict=True)",
            f"{INDENT}wanted = frozenset(name for name, is_needed in needed if is_needed)",
            _in_class(
                call("gradients = ", f"_{program.name}_{_functions(program)[1]}", [*seeds, *saved, "wanted"], depth=2)
            ),
            f"{INDENT}return tuple(gradients.get(name) for name in names)",
        ]
    )


def _in_class(lines: str) -> str:
    """Lines made for their depth in a method, as those of the function that is indented to be one."""
    return "\n".join(line.removeprefix(INDENT) for line in lines.splitlines())


def _unpacked(names: list[str]) -> list[str]:
    line = f"{INDENT}{', '.join(names)} = ctx.saved_tensors"
    if len(line) + len(INDENT) <= WIDTH:
        return [line]
    return [f"{INDENT}(", *(f"{INDENT * 2}{name}," for name in names), f"{INDENT}) = ctx.saved_tensors"]
