"""The NumPy module around the printed statements."""

from __future__ import annotations

from pathlib import Path

from derivations.notation import Tensor
from impl.codegen.emit import INDENT
from impl.codegen.module import OUTPUTS, POSITIVE, Module, call, shapes_text, signature, used_names
from impl.codegen.targets.numpy.functions import SYNTAX
from impl.codegen.targets.text import attention_doc, backward_doc, body_lines, head, scores_doc

RUNTIME = Path(__file__).with_name("runtime.py")
RUNTIME_NAMES = ("Array", "check", "check_cotangent", "scalar", "sech", "sech2", "softmax", "sum_to")
QUIET = '@np.errstate(all="ignore")  # overflow and NaN are results, as IEEE 754 defines them'


def render(module: Module) -> str:
    """The source text of the module."""
    body = "\n\n\n".join([_tables(module), _attention_type(), _scores(module), _attention(module), _backward(module)])
    body += "\n\n\n" + "\n\n\n".join([_forward_function(module), _backward_function(module)])
    imports = ["from __future__ import annotations", ""]
    if "math." in body:
        imports.append("import math")
    imports += ["from typing import NamedTuple", "", "import numpy as np", ""]
    imports.append(f"from impl.generated.numpy._runtime import {', '.join(used_names(body, RUNTIME_NAMES))}")
    return "\n".join([head(module, "NumPy"), "", *imports, "", body]) + "\n"


def _tables(module: Module) -> str:
    required = ", ".join(f'"{t.name}"' for t in module.arguments if t.name not in module.options)
    lines = [f"SHAPES = {shapes_text(module.arguments)}", f"REQUIRED = frozenset({{{required}}})"]
    if positive := [f'"{t.name}"' for t in module.arguments if t.name in POSITIVE]:
        lines.append(f"POSITIVE = frozenset({{{', '.join(positive)}}})")
    return "\n".join(lines)


def _attention_type() -> str:
    return "\n".join(
        [
            "class Attention(NamedTuple):",
            '    """Context (..., n_q, d_v), weights (..., n_q, n_k) and scores (..., n_q, n_k)."""',
            "",
            *(f"{INDENT}{name}: Array" for name in OUTPUTS),
        ]
    )


def _parameter(tensor: Tensor, module: Module) -> str:
    kind = "Array" if tensor.shape or tensor.batched else "float | Array"
    return f"{tensor.name}: {kind} | None = None" if tensor.name in module.options else f"{tensor.name}: {kind}"


def _checks(module: Module, arguments: tuple[Tensor, ...]) -> list[str]:
    """Scalars to arrays, then the check of everything."""
    lines = [
        f'{INDENT}{t.name}_array = scalar("{t.name}", {t.name}, {arguments[0].name})'
        for t in arguments
        if not t.shape and not t.batched
    ]
    given = [f'"{tensor.name}": {_value(tensor)}' for tensor in arguments]
    lines.append(f"{INDENT}given = {{\n" + "".join(f"{INDENT * 2}{item},\n" for item in given) + f"{INDENT}}}")
    shapes = "SHAPES" if arguments == module.arguments else "{name: SHAPES[name] for name in given}"
    positive = ["POSITIVE"] if any(t.name in POSITIVE for t in arguments) else []
    lines.append(f"{INDENT}check({', '.join(['given', shapes, 'REQUIRED', *positive])})")
    return lines


def _value(tensor: Tensor) -> str:
    return tensor.name if tensor.shape or tensor.batched else f"{tensor.name}_array"


def _scores(module: Module) -> str:
    arguments = module.score_arguments
    return "\n".join(
        [
            QUIET,
            signature("scores", [_parameter(tensor, module) for tensor in arguments], "Array"),
            scores_doc(module, "Array"),
            *_checks(module, arguments),
            *body_lines(module, module.scores, SYNTAX, returned="scores"),
        ]
    )


def _attention(module: Module) -> str:
    return "\n".join(
        [
            signature("attention", [_parameter(tensor, module) for tensor in module.arguments], "Attention"),
            attention_doc(module),
            *_checks(module, module.arguments),
            call(f"{', '.join(_results(module, OUTPUTS))} = ", "_forward", [_value(t) for t in module.arguments]),
            f"{INDENT}return Attention({', '.join(OUTPUTS)})",
        ]
    )


def _results(module: Module, used: tuple[str, ...]) -> list[str]:
    names = module.forward.outputs
    return [name if name in used else f"_{name}" for name in names]


def _backward(module: Module) -> str:
    seeds = ["grad_weights: Array | None = None", "grad_scores: Array | None = None"]
    parameters = ["grad_context: Array", *(_parameter(tensor, module) for tensor in module.arguments), *seeds]
    checks = [f'{INDENT}check_cotangent("grad_{name}", grad_{name}, {name}, "{name}")' for name in OUTPUTS]
    given = ["grad_context", "grad_weights", "grad_scores", *(_value(t) for t in module.arguments), *module.kept]
    return "\n".join(
        [
            signature("attention_backward", parameters, "dict[str, Array]"),
            backward_doc(module, "Array"),
            *_checks(module, module.arguments),
            call(f"{', '.join(module.forward.outputs)} = ", "_forward", [_value(t) for t in module.arguments]),
            *checks,
            call("return ", "_backward", given),
        ]
    )


def _private(tensor: Tensor, module: Module) -> str:
    return f"{tensor.name}: Array | None" if tensor.name in module.options else f"{tensor.name}: Array"


def _forward_function(module: Module) -> str:
    outputs = module.forward.outputs
    parameters = [_private(tensor, module) for tensor in module.arguments]
    return "\n".join(
        [
            QUIET,
            signature("_forward", parameters, f"tuple[{', '.join(['Array'] * len(outputs))}]"),
            f'{INDENT}"""{", ".join(outputs)}."""',
            *body_lines(module, module.forward, SYNTAX),
            f"{INDENT}return {', '.join(outputs)}",
        ]
    )


def _backward_function(module: Module) -> str:
    parameters = ["grad_context: Array", "seed_weights: Array | None", "seed_scores: Array | None"]
    parameters += [_private(tensor, module) for tensor in module.arguments]
    parameters += [f"{name}: Array" for name in module.kept]
    return "\n".join(
        [
            QUIET,
            signature("_backward", parameters, "dict[str, Array]"),
            f'{INDENT}"""The gradient of every input that is given; x̄ is the gradient with respect to x."""',
            f"{INDENT}gradients: dict[str, Array] = {{}}",
            *body_lines(module, module.backward, SYNTAX),
            f"{INDENT}return gradients",
        ]
    )
