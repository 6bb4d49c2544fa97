"""What a function of loops takes, and what it checks of that: the formula's inputs, and sizes that no shape tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol, fraction

from attnproof.derivations.formulas import Formula
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.typesetting.latex import equation_text, letter_text, shape_text
from attnproof.impl.codegen.targets.loops.program import steps
from attnproof.impl.codegen.targets.loops.step import Step
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import FIRST, indented, wrapped
from attnproof.impl.codegen.text.printer import length

IDENTITY = "identity"  # no argument: an element is 1 where its indices are equal, else 0


@dataclass(frozen=True)
class Task:
    """A formula to print.

    steps   what to compute
    inputs  the tensors that are given, arrays and scalars
    sizes   the integers that are given
    """

    formula: Formula
    steps: tuple[Step, ...]
    inputs: tuple[Tensor, ...]
    sizes: tuple[Symbol, ...]

    @property
    def name(self) -> str:
        """The function's name, which is the quantity's."""
        return self.formula.quantity

    @property
    def result(self) -> Tensor:
        """What is computed."""
        return self.formula.tensor

    @property
    def leading(self) -> Tensor:
        """The argument whose dtype is that of the computation."""
        return next((tensor for tensor in self.inputs if tensor.shape), self.inputs[0])

    def places(self) -> dict[Symbol, tuple[Tensor, int]]:
        """Where the sizes that shapes tell are first found: a tensor and one of its axes."""
        found: dict[Symbol, tuple[Tensor, int]] = {}
        for tensor in self.inputs:
            for axis, count in enumerate(tensor.shape):
                if isinstance(count, Symbol):
                    found.setdefault(count, (tensor, axis))
        return found

    def even(self) -> list[str]:
        """``d % 2``, which have to be 0: an axis may have half the length of another."""
        lengths = {count for tensor in (*self.inputs, *(s.target for s in self.steps)) for count in tensor.shape}
        lengths |= {count for step in self.steps for count in step.free.values()}
        parts = sorted((fraction(count.together()) for count in lengths), key=str)
        return list(dict.fromkeys(f"{length(above)} % {length(below)}" for above, below in parts if below != 1))


def task(formula: Formula, reserved: Sequence[str]) -> Task:
    """The formula with its steps; ``reserved`` are names that the target's code uses itself.

    Raises ValueError for what has no stable form, and for a tensor with a reserved name.
    """
    found = steps(formula.system, formula.quantity)
    given = [tensor for tensor in formula.system.inputs if tensor.name != IDENTITY]
    inputs = sorted(given, key=lambda tensor: FIRST.get(tensor.name, len(FIRST)))
    for tensor in formula.symbols.values():
        if tensor.name in reserved:
            raise ValueError(f"the name {tensor.name} stands for something else in it")
    told = {count for tensor in inputs for count in tensor.shape}
    lengths = [count for step in found for count in _sizes(step)]
    sizes = {symbol for count in lengths for symbol in count.free_symbols} | set(formula.sizes)
    return Task(formula, found, tuple(inputs), tuple(sorted(sizes - told, key=str)))


def _sizes(step: Step) -> list[Expr]:
    return [*step.free.values(), *([step.over[1]] if step.over else [])]


def doc(job: Task, array: str, scalar: str, remark: str) -> str:
    """The function's docstring."""
    formula = job.formula
    lines = [f'"""{formula.title[0].upper()}{formula.title[1:]}.', ""]
    lines += [INDENT + equation_text(e) for e in formula.equations if e.target.name == formula.quantity]
    lines += ["", "Parameters", "----------"]
    for tensor in job.inputs:
        note = ", greater than 0" if tensor.positive else ""
        lines += [f"{tensor.name} : {shape_text(tensor)}", f"{INDENT}{letter_text(tensor.symbol)}{note}"]
    lines += [f"{size} : int" for size in job.sizes]
    kind = array if job.result.shape else scalar
    lines += ["", "Returns", "-------", kind]
    lines.append(
        f"{INDENT}{letter_text(job.result.symbol)} {shape_text(job.result) if job.result.shape else ''}".rstrip()
    )
    return indented("\n".join([*lines, "", *(line.strip() for line in wrapped(remark, 1).splitlines()), '"""']))
