"""Functions that the modules of all array targets have, put together from signature, docstring and statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attnproof.derivations.language.notation import Tensor
from attnproof.impl.codegen.program.plan import Plan
from attnproof.impl.codegen.text.documents import backward_doc
from attnproof.impl.codegen.text.emit import INDENT, Emitter
from attnproof.impl.codegen.text.module import Module, Program, call, renamed, shapes_text, signature, size_lines
from attnproof.impl.codegen.text.printer import Printer, Syntax


def tables(program: Program, *, scalars: bool = True, mask: bool = False) -> str:
    """Shapes, required and positive arguments, as the runtime's check reads them.

    mask  a mask is an argument too; whether scalars are positive is not looked up here then
    """
    arguments = [t for t in program.arguments if scalars or not is_scalar(t)]
    required = ", ".join(f'"{t.name}"' for t in arguments if t.name not in program.options)
    shapes = shapes_text(arguments, {"mask": ("...", "n_q", "n_k")} if mask else {})
    lines = [f"SHAPES = {shapes}", f"REQUIRED = frozenset({{{required}}})"]
    if not mask and (positive := [f'"{t.name}"' for t in arguments if t.positive]):
        lines.append(f"POSITIVE = frozenset({{{', '.join(positive)}}})")
    return "\n".join(lines)


def result_type(program: Program, array: str) -> str:
    """The NamedTuple of the outputs."""
    fields = [f"{INDENT}{name}: {array}" for name in program.outputs]
    return "\n".join(
        ["class Attention(NamedTuple):", f'{INDENT}"""What ``attention`` returns; see there."""', "", *fields]
    )


def is_scalar(tensor: Tensor) -> bool:
    """Is it an argument that may be a Python number?"""
    return not tensor.shape and not tensor.batched


def table(name: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    """The statement that makes a dict of values by name."""
    return [f"{INDENT}{name} = {{", *(f'{INDENT * 2}"{key}": {value},' for key, value in entries), f"{INDENT}}}"]


def public_parameter(tensor: Tensor, program: Program, array: str) -> str:
    """``query: Array`` or ``softcap: float | Array | None = None``."""
    kind = f"float | {array}" if is_scalar(tensor) else array
    return f"{tensor.name}: {kind} | None = None" if tensor.name in program.options else f"{tensor.name}: {kind}"


def value_of(tensor: Tensor) -> str:
    """The name of an argument after the checks."""
    return f"{tensor.name}_array" if is_scalar(tensor) else tensor.name


def values(program: Program) -> list[str]:
    """All arguments after the checks."""
    return [value_of(tensor) for tensor in program.arguments]


def checks(program: Program) -> list[str]:
    """Scalars to arrays, then the check of everything."""
    arguments = program.arguments
    lines = [
        f'{INDENT}{value_of(t)} = scalar("{t.name}", {t.name}, {arguments[0].name})' for t in arguments if is_scalar(t)
    ]
    lines += table("given", [(t.name, value_of(t)) for t in arguments])
    options = ["SHAPES", "REQUIRED"]
    if any(t.positive for t in arguments):
        options.append("POSITIVE")
    return [*lines, f"{INDENT}check(given, {', '.join(options)})"]


def statements(program: Program, plan: Plan, syntax: Syntax, wanted: str | None = None) -> list[str]:
    """Sizes, then the plan's statements."""
    shown = dict(renamed(plan.outputs)) if plan is program.backward else {}
    return [*size_lines(plan, program.arguments), *Emitter(plan, Printer(syntax, shown), wanted).lines()]


def only(program: Program, plan: Plan, syntax: Syntax) -> list[str]:
    """The statements for a single output, its last assignment annotated (the stubs often give the type Any)."""
    lines = statements(program, plan, syntax)
    (name,) = plan.outputs
    if lines[-1].startswith(f"{INDENT}{name} = "):
        lines[-1] = lines[-1].replace(f"{name} = ", f"{name}: {syntax.array} = ", 1)
    return lines


def private_parameters(program: Program, array: str) -> list[str]:
    """The arguments after the checks: ``query: Array``, ``softcap: Array | None``."""
    return [
        f"{t.name}: {array} | None" if t.name in program.options else f"{t.name}: {array}" for t in program.arguments
    ]


def forward_function(program: Program, syntax: Syntax, decorators: Sequence[str] = ()) -> str:
    """``_attention_forward``: arguments to outputs and kept intermediates."""
    names = program.forward.outputs
    returns = f"tuple[{', '.join([syntax.array] * len(names))}]" if len(names) > 1 else syntax.array
    return "\n".join(
        [
            *decorators,
            signature(f"_{program.name}_forward", private_parameters(program, syntax.array), returns),
            f'{INDENT}"""Compute {", ".join(names)}."""',
            *(
                statements(program, program.forward, syntax)
                if len(names) > 1
                else only(program, program.forward, syntax)
            ),
            f"{INDENT}return {', '.join(names)}",
        ]
    )


def backward_function(
    program: Program, syntax: Syntax, decorators: Sequence[str] = (), wanted: str | None = None
) -> str:
    """``_attention_backward``: cotangents, arguments and kept intermediates to gradients by name."""
    first, *others = program.seeds
    parameters = [f"{first}: {syntax.array}", *(f"{name}: {syntax.array} | None" for name in others)]
    parameters += private_parameters(program, syntax.array)
    parameters += [f"{name}: {syntax.array}" for name in program.kept]
    which = "every input that is given"
    if wanted is not None:
        parameters.append(f"{wanted}: frozenset[str]")
        which = f"the inputs in ``{wanted}``"
    return "\n".join(
        [
            *decorators,
            signature(f"_{program.name}_backward", parameters, f"dict[str, {syntax.array}]"),
            f'{INDENT}"""Compute the gradient with respect to {which}; x̄ is the gradient with respect to x."""',
            f"{INDENT}gradients: dict[str, {syntax.array}] = {{}}",
            *statements(program, program.backward, syntax, wanted),
            f"{INDENT}return gradients",
        ]
    )


def forward_call(program: Program, used: Sequence[str], function: str = "forward") -> str:
    """``context, weights, scores = _attention_forward(...)``, unused results with a leading underscore."""
    names = [name if name in used else f"_{name}" for name in program.forward.outputs]
    return call(f"{', '.join(names)} = ", f"_{program.name}_{function}", values(program))


def public_backward(
    module: Module,
    program: Program,
    array: str,
    decorators: Sequence[str] = (),
    wanted: Sequence[str] = (),
    functions: tuple[str, str] = ("forward", "backward"),
) -> str:
    """``attention_backward``: recomputes the forward pass, then the gradients. ``wanted``: a last argument, if any.

    ``functions``: how the names of the functions for the two end.
    """
    first, *others = program.outputs
    parameters = [f"grad_{first}: {array}"]
    parameters += [public_parameter(tensor, program, array) for tensor in program.arguments]
    parameters += [f"grad_{name}: {array} | None = None" for name in others]
    compared = [f'{INDENT}check_cotangent("grad_{n}", grad_{n}, {n}, "{n}")' for n in program.outputs]
    seeds = [f"grad_{name}" for name in program.outputs]
    return "\n".join(
        [
            *decorators,
            signature(f"{program.name}_backward", parameters, f"dict[str, {array}]"),
            backward_doc(module, array),
            *checks(program),
            forward_call(program, (*program.outputs, *program.kept), functions[0]),
            *compared,
            call("return ", f"_{program.name}_{functions[1]}", [*seeds, *values(program), *program.kept, *wanted]),
        ]
    )
