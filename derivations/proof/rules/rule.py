"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

from sympy import Basic, Expr

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.altered import changed_equalities, changed_numbers
from attnproof.derivations.propositions.proposition import Both, Either, Proposition, children


class RuleError(ValueError):
    """What the rule is given is not of the kind that it decides; the message says why, and what would be."""


@dataclass(frozen=True)
class Rule(ABC):
    """One way of closing a step. Its fields are data, never code.

    Raises RuleError, when it is made, for a field that is no data.
    """

    ALTERED: ClassVar[tuple[str, ...]] = ()  # the fields any change of which makes the rule's fact another one

    def __post_init__(self) -> None:
        for each in fields(self):
            _data(f"{type(self).__name__}.{each.name}", getattr(self, each.name))

    @abstractmethod
    def before(self) -> str:
        """LaTeX of what the step starts from."""

    @abstractmethod
    def after(self) -> str:
        """LaTeX of what it arrives at, with the hypotheses that are used."""

    @abstractmethod
    def holds(self) -> bool:
        """Decide it by machine. Raises RuleError for what is not of the kind that the rule decides."""

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows, as closed propositions; none where the language of propositions has no words for it."""
        return ()

    def alterations(self) -> Iterator[tuple[str, Self]]:
        """The rule with one number, exponent, sign or word of what it arrives at changed, of a proposition in one of
        its equalities: none of these may hold.
        """
        for name in self.ALTERED:
            value = getattr(self, name)
            for what, new in _changed(value):
                if new != value:
                    yield f"{name}: {what}", replace(self, **{name: new})


def _changed(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from ((what, (*value[:number], new, *value[number + 1 :])) for what, new in _changed(part))
    elif isinstance(value, Proposition):
        yield from changed_equalities(value)
    elif isinstance(value, Expr):
        yield from changed_numbers(value)
    elif isinstance(value, int):
        yield f"{value + 1} in place of {value}", value + 1
    elif isinstance(value, str):
        yield "another word", f"{value}'"


def _data(where: str, value: object) -> None:
    if isinstance(value, Both | Either) and not value.parts:
        raise RuleError(f"{where}: a combination of no propositions says nothing")
    if isinstance(value, Proposition):
        for part in children(value):
            _data(where, part)
    elif isinstance(value, tuple):
        for part in value:
            _data(where, part)
    elif not isinstance(value, Basic | Tensor | Equation | Rule | str | int | bool | None):
        raise RuleError(f"{where}: expected expressions, propositions, numbers or words, got a {type(value).__name__}")
