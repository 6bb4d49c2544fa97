"""Proof steps that a rule of the closed set closes."""

from __future__ import annotations

from sympy import Expr

from attnproof.derivations.language.system import Equation
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.rules import Equal, Rule
from attnproof.derivations.proof.rules.domain import Given, Least


def closed(rule: str, by: Rule, *, refutes: bool = False, uses: tuple[str, ...] = ()) -> Step:
    """The step that the rule ``by`` closes; the rest as in ``Step``."""
    return Step(rule, by, refutes, uses)


def identity(
    rule: str,
    left: Expr,
    right: Expr,
    *,
    given: Given = (),
    least: Least = (),
    definitions: tuple[Equation, ...] = (),
    at: Expr | None = None,
    refutes: bool = False,
    uses: tuple[str, ...] = (),
) -> Step:
    """The step ``left = right`` between index expressions, by the rule ``Equal``."""
    return closed(rule, Equal(left, right, given, least, definitions, at), refutes=refutes, uses=uses)
