"""What a built-in score costs, by its name: the counts behind the claims on cost."""

from __future__ import annotations

from sympy import Expr

from attnproof.derivations.calculus.cost import Kind, Operation, count, memory, operations, parameters
from attnproof.derivations.language.system import System
from attnproof.derivations.scores import FAMILIES


def _score(name: str, options: tuple[str, ...]) -> System:
    return FAMILIES[name].system.resolve(*options)


def _operations(name: str, order: tuple[str, ...]) -> tuple[Operation, ...]:
    return operations(_score(name, ()), order)


def parameters_of(name: str, *options: str) -> Expr:
    """The number of parameters of the score ``name`` with these options given."""
    return parameters(_score(name, options))


def operations_of(name: str, kind: Kind, *order: str) -> Expr:
    """How many operations of this kind the score takes; factors that contain the tensors ``order`` are contracted
    first.
    """
    return count(_operations(name, order), kind)


def elements_held_by(name: str, *order: str) -> Expr:
    """The elements that its intermediate results and scores take in memory, in the same order."""
    return memory(_operations(name, order))
