"""The derivation with one of its equations changed, or with a term or factor at another step."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from attnproof.derivations.language.notation import Tensor
from attnproof.verify.reading.edits.beside import GRADIENT, Beside, Way
from attnproof.verify.reading.edits.expressions import Scope, changes, put
from attnproof.verify.reading.edits.order import exchanged


def ways(beside: Beside) -> Iterator[Way]:
    """Of the forward equations, or of the backward ones alone."""
    system = beside.system
    further = {Tensor(name, name, (), batched=False): words for name, (_, words) in beside.numbers.items()}
    sizes = {Symbol(n, integer=True, positive=True): k for n, k in beside.question.case.sizes.items()}
    shapes = {name: _shape(beside, name) for name in system.tensors if name in beside.right}
    done = {each.name for each in system.inputs}
    for equation in system.equations:
        name = equation.target.name
        done.add(name)
        if beside.forwards or name.startswith(GRADIENT) or name == "row_dot":
            scope = Scope(system, {n: s for n, s in shapes.items() if n in done}, sizes, further)
            for words, changed in changes(equation, scope):
                yield words, beside.with_system(put(system, equation, changed, tuple(further)), name)
    if beside.forwards:
        for words, one, other in exchanged(system):
            changed_twice = put(put(system, *one), *other)
            yield words, beside.of(beside.tensors(beside.values, changed_twice))


def _shape(beside: Beside, name: str) -> tuple[int, ...]:
    """Without the batch."""
    shape = beside.right[name].shape
    return shape[len(shape) - len(beside.system.tensors[name].shape) :]
