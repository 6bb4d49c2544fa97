"""Numba: one compiled function with a loop for every index."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from sympy import Symbol

from attnproof.derivations.formulas import Formula
from attnproof.derivations.language.functions import texts
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.typesetting.latex import shape_text
from attnproof.impl.codegen.targets.loops.arguments import IDENTITY, Task, doc, task
from attnproof.impl.codegen.targets.loops.body import Body, Language, definition, exact
from attnproof.impl.codegen.targets.loops.step import Step
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.printer import length

MODULE: Final = "attnproof.impl.generated.loops._numba"
HELPERS: Final = ("compiled", "relu", "sech", "sech2", "step")
RESERVED: Final = (*HELPERS, "real", "math", "np", "njit", "range", "abs")
REMARK: Final = (
    "All arrays have one floating-point dtype, float32 or float64, which is that of the computation and of the result; "
    "there are no batch axes. Scalars may be Python numbers. NaN and infinities pass through; a row of which every "
    "entry is masked, −∞, has weights 0. The order of every sum is that of its loop."
)


def _element(tensor: Tensor, where: Sequence[str], _: frozenset[Symbol]) -> str:
    if tensor.name == IDENTITY:
        return f"real({' == '.join(where)})"
    return f"{tensor.name}[{', '.join(where)}]" if where else tensor.name


LANGUAGE: Final = Language(
    functions=MappingProxyType(
        {
            **texts("numba"),
            "sqrt": "np.sqrt({0})",
            "pow": "np.power({0}, {1})",
            "abs": "abs({0})",
            "sech2": "sech2({0}, real)",
        }
    ),
    element=_element,
    number=lambda value: f"real({exact(value)})",
    zero="real(0)",
    least="real(-np.inf)",
    larger="max({0}, {1})",
)


def source(formula: Formula) -> str:
    """The module's text, its helpers imported from ``MODULE``. Raises ValueError for what has no code."""
    job = task(formula, RESERVED)
    lines = [
        "@compiled",
        *definition(job.name, [*(tensor.name for tensor in job.inputs), *map(str, job.sizes)]),
        doc(job, "array", "float", REMARK),
        *_start(job),
    ]
    made: set[str] = set()
    for step in job.steps:
        lines += _step(job, step, made)
        made.add(step.target.name)
    text = "\n".join([*lines, f"{INDENT}return {job.name}"])
    used = [name for name in HELPERS if f"{name}(" in text or name == "compiled"]
    return (
        f"from __future__ import annotations\n\nimport math\n\nimport numpy as np\n\n"
        f"from {MODULE} import {', '.join(used)}\n\n\n{text}\n"
    )


def _start(job: Task) -> list[str]:
    """Sizes from shapes, and the shapes checked; scalars in the precision of the computation."""
    first = job.leading.name if job.leading.shape else f"np.asarray({job.leading.name})"
    places = job.places()
    lines = [
        f"real = {first}.dtype.type",
        "if real(0.5) == 0:",
        f'{INDENT}raise TypeError("{job.leading.name} must have a floating-point dtype")',
        *(f"{size} = {tensor.name}.shape[{axis}]" for size, (tensor, axis) in places.items()),
    ]
    for tensor in job.inputs:
        wrong = [
            f"{tensor.name}.shape[{axis}] != {length(count)}"
            for axis, count in enumerate(tensor.shape)
            if places.get(count) != (tensor, axis)
        ]
        if wrong:
            lines += _refused(" or ".join(wrong), f"{tensor.name} must have shape {shape_text(tensor)}")
    for remainder in job.even():
        lines += _refused(f"{remainder} != 0", f"{remainder.split(' % ')[0]} must be even")
    lines += [f"{t.name} = real(np.asarray({t.name})[()])" for t in job.inputs if not t.shape]
    return [INDENT + line for line in lines]


def _refused(condition: str, message: str) -> list[str]:
    return [f"if {condition}:", f'{INDENT}raise ValueError("{message}")']


def _step(job: Task, step: Step, made: set[str]) -> list[str]:
    """Comments, the array, the loops over its indices."""
    name = step.target.name
    lines = ["", *(f"{INDENT}# {line}" for line in step.formulas)]
    if step.target.shape and name not in made:
        sizes = ", ".join(length(count) for count in step.target.shape)
        lines.append(f"{INDENT}{name} = np.empty(({sizes}{',' * (len(step.target.shape) == 1)}), real)")
    names = {*RESERVED, *map(str, job.formula.sizes)}
    names |= {one.name for one in (*job.inputs, *(other.target for other in job.steps))}
    tensors = {**job.formula.system.by_base, **{one.target.base: one.target for one in job.steps}}
    body = Body(LANGUAGE, step, tensors, names, 1 + len(step.free))
    lines += [
        f"{INDENT * depth}for {body.indices[letter]} in range({length(count)}):"
        for depth, (letter, count) in enumerate(step.free.items(), start=1)
    ]
    value = body.value()
    target = f"{name}[{', '.join(map(body.position, step.indices))}]" if step.indices else name
    body.lines += _finished(body, step, target, value)
    return [*lines, *body.lines]


def _finished(body: Body, step: Step, target: str, value: str) -> list[str]:
    pad = INDENT * body.depth
    if step.kind == "largest":
        masked = f"real(0) if {value} == -np.inf else {value}"
        return [f"{pad}{target} = {masked}  # nothing but masked entries"]
    if step.kind == "total":
        return [f"{pad}{target} = real(1) if {value} == 0 else {value}  # nothing but masked entries"]
    return body.assigned(target, value)
