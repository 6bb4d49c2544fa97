"""Proof steps that a rule of the closed set closes."""

from __future__ import annotations

from sympy import Expr

from attnproof.derivations.language.system import Equation
from attnproof.derivations.proof.claim import ARROW, Step
from attnproof.derivations.proof.rules import RULES, Equal, Rule, RuleError
from attnproof.derivations.proof.rules.domain import Given, Least


def closed(rule: str, by: Rule, *, refutes: bool = False, uses: tuple[str, ...] = ()) -> Step:
    """The step that the rule ``by`` closes: it prints what the rule decides.

    rule  why it is done, in a few words; ``refutes``, ``uses`` as in ``Step``

    Raises RuleError for a rule that is none of the closed set.
    """
    if type(by) not in RULES:
        raise RuleError(f"{rule}: {type(by).__name__} is no rule of the closed set")
    return Step(rule, f"{by.before()}{ARROW}{by.after()}", by.holds, refutes, uses, by)


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
