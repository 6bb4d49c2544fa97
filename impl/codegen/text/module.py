"""What a generated module contains, independent of the target, and the pieces of text that templates share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Basic, Symbol

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.typesetting.latex import equation_text, letter_text, shape_text
from attnproof.impl.codegen.program import plan as plans
from attnproof.impl.codegen.program.ir import numbers
from attnproof.impl.codegen.program.plan import Plan
from attnproof.impl.codegen.program.share import shared
from attnproof.impl.codegen.text.emit import INDENT, WIDTH

OUTPUTS = ("context", "weights", "scores")
FIRST = {"query": 0, "key": 1, "value": 2}  # of the arguments; what follows keeps its order


@dataclass(frozen=True)
class Program:
    """One function and its derivative.

    name       ``attention`` or ``scores``
    system     its equations, options open
    outputs    what it returns
    arguments  every input, required ones first: query, key, value, parameters, options
    plain      plan for the outputs alone
    forward    plan for the outputs and the intermediates that the gradients read
    backward   plan for the gradient of every input
    kept       names of those tensors, outputs included
    again      the backward plan with the statements for the intermediates: of the forward pass it reads outputs only
    """

    name: str
    system: System
    outputs: tuple[str, ...]
    arguments: tuple[Tensor, ...]
    plain: Plan
    forward: Plan
    backward: Plan
    kept: tuple[str, ...]
    again: Plan

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the optional inputs."""
        return self.system.options

    @property
    def seeds(self) -> tuple[str, ...]:
        """Names, in ``backward``, of the cotangents of the outputs; all but the first may be absent."""
        return (f"grad_{self.outputs[0]}", *(name for name in self.backward.options if name not in self.options))


@dataclass(frozen=True)
class Module:
    """One score: the scores alone, and with the attention layer."""

    family: ScoreFamily
    scores: Program
    attention: Program

    @property
    def own(self) -> bool:
        """Is it a user's, whose formula may hold squares and products that half precision has no room for?"""
        return self.family not in FAMILIES.values()


def build(family: ScoreFamily, system: System | None = None) -> Module:
    """The module of a score; ``system``: score and layer, if the usual layer is not meant."""
    whole = system or attention(family.name)
    return Module(family, program_of("scores", family.system, ("scores",)), program_of("attention", whole, OUTPUTS))


def program_of(name: str, system: System, outputs: tuple[str, ...]) -> Program:
    """The program of any system; cotangents of all outputs but the first are optional in its backward plan."""
    plan = plans.backward(system, outputs)
    backward = shared(plan)
    inputs = {tensor.name for tensor in system.inputs}
    computed = dict.fromkeys(equation.target.name for equation in system.equations)
    kept = tuple(name for name in computed if name in backward.reads - inputs)
    arguments = sorted(system.inputs, key=lambda t: (t.name in system.options, FIRST.get(t.name, len(FIRST))))
    forward = plans.forward(system, tuple(dict.fromkeys(outputs + kept)))
    return Program(
        name,
        system,
        outputs,
        tuple(arguments),
        shared(plans.forward(system, outputs)),
        shared(forward),
        backward,
        kept,
        shared(plans.from_arguments(plan, forward, outputs)),
    )


def recomputing(program: Program) -> Program:
    """The program whose backward pass reads, of the forward one, outputs only, and computes the rest again."""
    known = tuple(name for name in program.kept if name in program.outputs)
    return replace(program, forward=program.plain, backward=program.again, kept=known)


def size_lines(plan: Plan, arguments: Sequence[Tensor], depth: int = 1) -> list[str]:
    """``d_q = query.shape[-1]`` for each size that the statements use, from the first required input that has it."""
    nodes = [node for statement in plan.statements for node in statement.variants.values()]
    used = {symbol for node in nodes for value in numbers(node) for symbol in value.free_symbols}
    return sizes_of(used, arguments, depth)


def sizes_of(used: Iterable[Basic], arguments: Sequence[Tensor], depth: int = 1) -> list[str]:
    """``d_q = query.shape[-1]`` for each of the sizes."""
    lines = []
    for size in sorted(used, key=str):
        places = [(t.name, n - len(t.shape)) for t in arguments for n, length in enumerate(t.shape) if length == size]
        if not places:
            raise ValueError(f"size {size} is not the length of an axis of any input, so a program cannot know it")
        name, axis = places[0]
        lines.append(f"{INDENT * depth}{size} = {name}.shape[{axis}]")
    return lines


def annotated(lines: Sequence[str], name: str, array: str) -> list[str]:
    """Statements, the last assignment, that of ``name``, annotated: the libraries' stubs often give the type Any."""
    *before, last = lines
    return [
        *before,
        last.replace(f"{name} = ", f"{name}: {array} = ", 1) if last.startswith(f"{INDENT}{name} = ") else last,
    ]


def shapes_text(arguments: Iterable[Tensor], more: Mapping[str, Sequence[str]]) -> str:
    """The table of shapes that the runtime's check reads; ``more``: axes of further arguments."""
    table: dict[str, Sequence[str]] = {}
    for tensor in arguments:
        axes = ["..."] if tensor.batched else []
        for length in tensor.shape:
            if not all(isinstance(term, Symbol) for term in Add.make_args(length)):
                raise ValueError(f"{tensor.name}: an axis is a size or a sum of sizes, got {length}")
            axes.append(" + ".join(sorted(str(term) for term in Add.make_args(length))[::-1]))
        table[tensor.name] = axes
    lines = []
    for name, shape in {**table, **more}.items():
        quoted = ", ".join(f'"{axis}"' for axis in shape)
        lines.append(f'{INDENT}"{name}": ({quoted}{"," if len(shape) == 1 else ""}),')
    return "\n".join(["{", *lines, "}"])


def formulas(system: System) -> list[str]:
    """Each equation, and what it reads without its option."""
    lines = []
    for equation in system.equations:
        lines.append(equation_text(equation))
        if equation.otherwise is not None:
            without = Equation(equation.target, equation.indices, equation.otherwise)
            lines.append(f"    without {equation.optional}: {equation_text(without)}")
    return lines


def adjoint_formulas(plan: Plan) -> list[str]:
    """The adjoint's equations with every option given."""
    everything = frozenset(plan.options)
    return [line for statement in plan.statements for line in statement.formulas.get(everything, ())]


def described(tensor: Tensor, options: Sequence[str]) -> str:
    """``query : (..., n_q, d_q)`` with its letter, for the list of parameters."""
    optional = ", optional" if tensor.name in options else ""
    where = shape_text(tensor, batch=True)
    return f"{tensor.name} : {where}{optional}\n    {letter_text(tensor.symbol)}{_remark(tensor)}"


def _remark(tensor: Tensor) -> str:
    if tensor.positive:
        return ", finite and > 0; a number or a 0-d array"
    if tensor.name == "bias":
        return ", added to the capped scores; −∞ masks a key for a query"
    return ""


def indented(body: str, depth: int = 1) -> str:
    """Each line that is not empty, indented."""
    return textwrap.indent(body, INDENT * depth)


def wrapped(prose: str, depth: int = 1) -> str:
    """A paragraph within the line width."""
    pad = INDENT * depth
    return textwrap.fill(prose, WIDTH, initial_indent=pad, subsequent_indent=pad, break_long_words=False)


def signature(name: str, parameters: Sequence[str], returns: str) -> str:
    """A ``def`` line with one parameter a line, as the formatter leaves it."""
    lines = "".join(f"{INDENT}{parameter},\n" for parameter in parameters)
    return f"def {name}(\n{lines}) -> {returns}:"


def call(target: str, function: str, arguments: Sequence[str], depth: int = 1) -> str:
    """A call, on one line where it fits, else with one argument a line."""
    pad = INDENT * depth
    line = f"{pad}{target}{function}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"{pad}{INDENT}{argument},\n" for argument in arguments)
    return f"{pad}{target}{function}(\n{inner}{pad})"


def renamed(names: Iterable[str]) -> Mapping[str, str]:
    """Gradients are printed as entries of the dict that the function returns."""
    return {name: f'gradients["{name.removeprefix("grad_")}"]' for name in names}
