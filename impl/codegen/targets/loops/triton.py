"""Triton: a kernel for every step, one lane for each element of its tensor, and a function that launches them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.formulas import Formula
from attnproof.derivations.language.functions import texts
from attnproof.derivations.language.notation import Tensor
from attnproof.impl.codegen.targets.loops.arguments import IDENTITY, Task, doc, task
from attnproof.impl.codegen.targets.loops.body import Body, Language, broken, definition, exact
from attnproof.impl.codegen.targets.loops.step import Step
from attnproof.impl.codegen.text.emit import INDENT, WIDTH
from attnproof.impl.codegen.text.printer import length

MODULE: Final = "attnproof.impl.generated.loops._triton"
HELPERS: Final = ("BLOCK", "check", "get", "get_one", "relu", "scalar", "sech", "sech2", "step", "tanh")
RESERVED: Final = (
    *HELPERS,
    "real",
    "math",
    "torch",
    "triton",
    "tl",
    "Tensor",
    "range",
    "at",
    "inside",
    "block",
    "wide",
)
REMARK: Final = (
    "All tensors have one floating-point dtype, which is that of the result; float64 is computed in float64, "
    "everything else in float32. There are no batch axes and there is no autograd: gradients are formulas of their "
    "own. Scalars may be Python numbers. NaN and infinities pass through; a row of which every entry is masked, −∞, "
    "has weights 0. The order of every sum is that of its loop. Without a GPU the kernels run in Triton's interpreter: "
    "TRITON_INTERPRET=1."
)
FUNCTIONS: Final = MappingProxyType(
    {
        **texts("triton"),
        "sqrt": "tl.sqrt({0})",
        "abs": "tl.abs({0})",
        "sech2": "sech2({0})",
    }
)


@dataclass
class _Kernel:
    """One step: the kernel's name, its lines, the arguments that it takes."""

    job: Task
    step: Step
    name: str
    lines: list[str] = field(default_factory=list)
    read: dict[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tensors = {**self.job.formula.system.by_base, **{one.target.base: one.target for one in self.job.steps}}
        sizes = {str(size) for size in self.job.formula.sizes}
        names = {*RESERVED, *sizes} | {one.name for one in tensors.values()} - _inlined(self.job)
        names |= {f"{tensor.name}_stride_{axis}" for tensor in tensors.values() for axis in range(len(tensor.shape))}
        language = Language(
            FUNCTIONS,
            element=self._element,
            number=_number,
            zero="tl.zeros((block,), real)",
            least='tl.full((block,), float("-inf"), real)',
            larger="tl.maximum({0}, {1})",
            loads=True,
        )
        body = Body(language, self.step, tensors, names, 1)
        value = body.value()
        body.lines += self._stored(body, value)
        self.lines = [*self._lanes(body), *body.lines]

    def _element(self, tensor: Tensor, where: Sequence[str], letters: frozenset[Symbol]) -> str:
        if tensor.name == IDENTITY:
            return f"({' == '.join(where)}).to(real)"
        self.read.setdefault(tensor.name, tensor)
        pointer = _pointer(tensor, where)
        return f"get({pointer}, inside, real)" if letters & self.step.free.keys() else f"get_one({pointer}, real)"

    def _lanes(self, body: Body) -> list[str]:
        """Which element a lane computes: the last index is the fastest."""
        counts = [(body.indices[letter], length(count)) for letter, count in self.step.free.items()]
        lines = [
            "at = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)",
            f"inside = at < {_times([count for _, count in counts])}",
        ]
        for n, (index, count) in enumerate(counts):
            slower = _times([other for _, other in counts[n + 1 :]])
            place = "at" if slower == "1" else f"at // {_grouped(slower)}"
            lines.append(f"{index} = {place}" if n == 0 else f"{index} = {place} % {_grouped(count)}")
        return [INDENT + line for line in lines]

    def _stored(self, body: Body, value: str) -> list[str]:
        if self.step.kind == "largest":
            value = f'tl.where({value} == float("-inf"), 0.0, {value})'
        if self.step.kind == "total":
            value = f"tl.where({value} == 0, 1.0, {value})"
        remark = "" if self.step.kind == "value" else "  # nothing but masked entries"
        lines = []
        if not value.isidentifier():
            named = body.new("result")
            lines = [line + remark for line in broken(f"{named} = {value}", body.depth)]
            value = named
        pointer = _pointer(self.step.target, [body.position(one) for one in self.step.indices])
        pointer += "" if self.step.indices else " + at"
        return [*lines, *_call("tl.store", [pointer, value, "mask=inside"], body.depth)]

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The result, then what is read."""
        return (self.step.target, *self.read.values())

    @property
    def sizes(self) -> list[str]:
        """The sizes that its lines mention."""
        words = set(re.findall(r"\w+", "\n".join(self.lines)))
        return [str(size) for size in self.job.formula.sizes if str(size) in words]

    def source(self) -> str:
        """The kernel's text."""
        strides = [[f"{t.name}_stride_{axis}: tl.int64" for axis in range(len(t.shape))] for t in self.tensors]
        parameters = [one for t, own in zip(self.tensors, strides, strict=True) for one in (t.name, *own)]
        parameters += [*self.sizes, "real: tl.constexpr", "block: tl.constexpr"]
        head = _call(f"def {self.name}", [one.replace(" ", "\0") for one in parameters], 0, ":")
        head = [line.replace("\0", " ") for line in head]
        return "\n".join(["@triton.jit", *head, *(f"{INDENT}# {line}" for line in self.step.formulas), *self.lines])

    def launch(self) -> list[str]:
        """The statement that runs it."""
        count = _times([length(count) for count in self.step.free.values()])
        given = [one for t in self.tensors for one in ((t.name, f"*{t.name}.stride()") if t.shape else (t.name,))]
        call = f"{self.name}[(triton.cdiv({count}, BLOCK),)]"
        return _call(call, [*given, *self.sizes, "real", "BLOCK"], 1)


def source(formula: Formula) -> str:
    """The module's text, its helpers imported from ``MODULE``. Raises ValueError for what has no code."""
    job = task(formula, RESERVED)
    kernels: list[_Kernel] = []
    for step in job.steps:
        stem = f"{step.target.name}_kernel"
        taken = {kernel.name for kernel in kernels}
        name = next(one for one in (stem, *(f"{stem}_{n}" for n in range(2, 99))) if one not in taken)
        kernels.append(_Kernel(job, step, name))
    parameters = [f"{t.name}: {'Tensor' if t.shape or t is job.leading else 'float | Tensor'}" for t in job.inputs]
    launcher = [
        *definition(job.name, [*parameters, *(f"{size}: int" for size in job.sizes)], "Tensor"),
        doc(job, "Tensor", "Tensor", REMARK),
        *_start(job),
    ]
    made: set[str] = set()
    for kernel in kernels:
        launcher += _allocated(job, kernel.step.target, made)
        launcher += kernel.launch()
        made.add(kernel.step.target.name)
    text = "\n\n\n".join(
        [*(kernel.source() for kernel in kernels), "\n".join([*launcher, f"{INDENT}return {job.name}"])]
    )
    used = [name for name in HELPERS if re.search(rf"\b{name}\b", text)]
    return (
        "from __future__ import annotations\n\nimport torch\nimport triton\nimport triton.language as tl\n"
        f"from torch import Tensor\n\nfrom {MODULE} import {', '.join(used)}\n\n\n{text}\n"
    )


def _start(job: Task) -> list[str]:
    """Arguments checked, sizes from shapes, the type of the computation."""
    lead = job.leading.name
    places = job.places()
    lines = [f"{t.name} = scalar({t.name}, {lead})" for t in job.inputs if not t.shape and t is not job.leading]
    for tensor in job.inputs:
        axes = ", ".join(f'"{length(count)}"' for count in tensor.shape) + "," * (len(tensor.shape) == 1)
        lines.append(f'check("{tensor.name}", {tensor.name}, {lead}, ({axes}))')
    lines += [f"{size} = {tensor.name}.shape[{axis}]" for size, (tensor, axis) in places.items()]
    for tensor in job.inputs:
        if any(places.get(count) != (tensor, axis) for axis, count in enumerate(tensor.shape)):
            shape = f"({', '.join(map(length, tensor.shape))}{',' * (len(tensor.shape) == 1)})"
            wrong = f"{tensor.name} must have shape {shape} = {{{shape}}}, got {{tuple({tensor.name}.shape)}}"
            lines += [f"if {tensor.name}.shape != {shape}:", f'{INDENT}raise ValueError(f"{wrong}")']
    for remainder in job.even():
        lines += [f"if {remainder} != 0:", f'{INDENT}raise ValueError("{remainder.split(" % ")[0]} must be even")']
    lines += [
        f"real = tl.float64 if {lead}.dtype == torch.float64 else tl.float32",
        f"wide = torch.float64 if {lead}.dtype == torch.float64 else torch.float32",
    ]
    alone = all(step.target.name == job.name for step in job.steps)  # then there are no intermediate tensors
    return [INDENT + line for line in (lines[:-1] if alone else lines)]


def _allocated(job: Task, tensor: Tensor, made: set[str]) -> list[str]:
    if tensor.name in made:
        return []
    shape = ", ".join(map(length, tensor.shape)) + "," * (len(tensor.shape) == 1)
    dtype = f"{job.leading.name}.dtype" if tensor.name == job.name else "wide"
    return ["", f"{INDENT}{tensor.name} = torch.empty(({shape}), dtype={dtype}, device={job.leading.name}.device)"]


def _pointer(tensor: Tensor, where: Sequence[str]) -> str:
    terms = [f"{_grouped(index)} * {tensor.name}_stride_{axis}" for axis, index in enumerate(where)]
    return " + ".join([tensor.name, *terms])


def _number(value: Expr) -> str:
    """A number; what sizes are in, is computed in float64 first."""
    text = exact(value)
    if not value.free_symbols:
        return text if isinstance(value, Integer) else f"({text})"
    for size in value.free_symbols:
        text = re.sub(rf"\b{size}\b", f"tl.cast({size}, tl.float64)", text)
    text = text.replace("math.sqrt", "tl.sqrt")
    if "math." in text:
        raise ValueError(f"no way to print the number {value}")
    return f"tl.cast({text}, real)"


def _times(counts: Sequence[str]) -> str:
    return " * ".join(map(_grouped, counts)) if len(counts) > 1 else (counts or ["1"])[0]


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def _call(function: str, arguments: Sequence[str], depth: int, end: str = "") -> list[str]:
    """A call, on as many lines as it takes."""
    pad = INDENT * depth
    line = f"{pad}{function}({', '.join(arguments)}){end}"
    if len(line) <= WIDTH:
        return [line]
    listed = textwrap.fill(
        ", ".join(arguments) + ",", WIDTH, initial_indent=pad + INDENT, subsequent_indent=pad + INDENT
    )
    return [f"{pad}{function}(", *listed.splitlines(), f"{pad}){end}"]


def _inlined(job: Task) -> set[str]:
    """Tensors that no kernel stores and no argument gives: their names are free for scalars."""
    stored = {step.target.name for step in job.steps} | {tensor.name for tensor in job.inputs}
    return {equation.target.name for equation in job.formula.equations} - stored
