"""Polynomial inequalities, decided by an SMT solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from sympy import And, Basic, Eq, Expr, Le, Lt, Ne, Or, Pow
from sympy import Not as Negated
from sympy.logic.boolalg import Boolean

from attnproof.derivations.proof.rules.closing import closed
from attnproof.derivations.proof.rules.domain import ZERO, hypotheses
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.proof.rules.something import check_says
from attnproof.derivations.proof.smt import proves
from attnproof.derivations.propositions.latex import latex
from attnproof.derivations.propositions.proposition import (
    Both,
    Compare,
    Either,
    If,
    Iff,
    Not,
    Proposition,
    children,
    expressions,
    ne,
)

_RELATIONS: Final[dict[str, Callable[..., Boolean]]] = {"=": Eq, "≠": Ne, "≤": Le, "<": Lt}


@dataclass(frozen=True)
class Solver(Rule):
    """``statement``, of rational functions of real numbers, holds wherever ``given`` does: an SMT solver finds no
    counterexample to it, and that something satisfies ``given``.
    """

    ALTERED: ClassVar = ("statement",)
    statement: Proposition
    given: tuple[Proposition, ...] = ()

    def before(self) -> str:
        """What the step starts from."""
        return ",\\; ".join(map(latex, (*self.given, *self._assumed()))) or r"\text{all real numbers}"

    def after(self) -> str:
        """What it arrives at."""
        return latex(self.statement)

    def _exprs(self) -> tuple[Basic, ...]:
        return tuple(expr for each in (self.statement, *self.given) for expr in expressions(each))

    def _assumed(self) -> tuple[Proposition, ...]:
        return hypotheses(self._exprs())

    def holds(self) -> bool:
        """Decide it."""
        hypotheses(self._exprs())  # two symbols of one name would be one to the solver
        check_says(self.statement, self.given)
        if any(isinstance(each, Compare) and each.whole for each in self.given):
            raise RuleError("a solver of real numbers knows nothing of whole numbers")
        plain = [boolean(each) for each in self.given if not any(_divisors(each, ()))]
        for says in (self.statement, *self.given):
            for divisor, under in _divisors(says, ()):
                if not proves(boolean(If(Both(under), ne(divisor, ZERO)) if under else ne(divisor, ZERO)), plain):
                    raise RuleError(f"a division by {divisor}, which may be 0")
        given = [boolean(each) for each in self.given]
        for case in _cases(self.statement, ()):
            if proves(Negated(boolean(Both(case)), evaluate=False), given):
                raise RuleError(f"{latex(Both(case))} cannot be: anything would follow")
        return proves(boolean(self.statement), given)

    def facts(self) -> tuple[Proposition, ...]:
        """What it shows."""
        return closed(self.statement, (*self.given, *self._assumed()))


def _divisors(says: Proposition, under: tuple[Proposition, ...]) -> Iterator[tuple[Expr, tuple[Proposition, ...]]]:
    """What is divided by, with the hypotheses inside ``says`` under which it is."""
    match says:
        case Compare(left, _, right):
            for power in left.atoms(Pow) | right.atoms(Pow):
                if not power.exp.is_nonnegative:
                    yield power.base, under
        case If(hypothesis, conclusion):
            yield from _divisors(hypothesis, under)
            yield from _divisors(conclusion, (*under, hypothesis))
        case _:
            for part in children(says):
                yield from _divisors(part, under)


def _cases(says: Proposition, under: tuple[Proposition, ...]) -> Iterator[tuple[Proposition, ...]]:
    """The hypotheses inside a statement, each with those around it."""
    if isinstance(says, If):
        yield (*under, says.hypothesis)
        yield from _cases(says.conclusion, (*under, says.hypothesis))
    else:
        for part in children(says):
            yield from _cases(part, under)


def boolean(says: Proposition) -> Boolean:
    """The proposition as SymPy's, not evaluated. Raises RuleError for one with quantifiers, limits or derivatives."""
    match says:
        case Compare(left, relation, right):
            return _RELATIONS[relation](left, right, evaluate=False)
        case Both(parts):
            return And(*map(boolean, parts), evaluate=False)
        case Either(parts):
            return Or(*map(boolean, parts), evaluate=False)
        case Not(of):
            return Negated(boolean(of), evaluate=False)
        case If(hypothesis, conclusion):
            return Or(Negated(boolean(hypothesis), evaluate=False), boolean(conclusion), evaluate=False)
        case Iff(left, right):
            return And(boolean(If(left, right)), boolean(If(right, left)), evaluate=False)
        case _:
            raise RuleError(f"a solver decides relations and their combinations, not {latex(says)}")
