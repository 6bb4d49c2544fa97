"""The derivation with one of its equations changed, or with a term or factor at another step."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from attnproof.derivations.language.notation import Tensor
from attnproof.verify.reading.edits.beside import Beside, Way
from attnproof.verify.reading.edits.expressions import Scope, changes, put
from attnproof.verify.reading.edits.order import exchanged


def ways(beside: Beside) -> Iterator[Way]:
    """Of the forward equations; where gradients alone are wrong of the backward ones, and then of the forward ones as
    far as gradients see them: a program may compute weights anew.
    """
    system = beside.system
    further = {Tensor(name, name, (), batched=False): each.words for name, each in beside.numbers.items()}
    sizes = {Symbol(n, integer=True, positive=True): k for n, k in beside.question.case.sizes.items()}
    shapes = {name: _shape(beside, name) for name in system.tensors if name in beside.right}
    forward = len(beside.question.case.forward.equations)
    order = [*range(forward)] if beside.forwards else [*range(forward, len(system.equations)), *range(forward)]
    for place in order:
        equation = system.equations[place]
        name = equation.target.name
        done = {each.name for each in system.inputs} | {e.target.name for e in system.equations[: place + 1]}
        where = "computed anew for the gradients, " if place < forward and not beside.forwards else ""
        scope = Scope(system, {n: s for n, s in shapes.items() if n in done}, sizes, further)
        for words, changed in changes(equation, scope):
            yield where + words, beside.with_system(put(system, equation, changed, tuple(further)), name)
    if beside.forwards:
        for words, one, other in exchanged(system):
            changed_twice = put(put(system, *one), *other)
            yield words, beside.of(beside.tensors(beside.values, changed_twice))


def _shape(beside: Beside, name: str) -> tuple[int, ...]:
    """Without the batch."""
    shape = beside.right[name].shape
    return shape[len(shape) - len(beside.system.tensors[name].shape) :]
