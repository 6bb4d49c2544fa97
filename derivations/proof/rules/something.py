"""A step says something: its hypotheses can all hold at once, its conclusion is none of them and no tautology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Final

from sympy import Basic, Expr, I, Integer, Rational, Symbol, nan, oo, zoo

from attnproof.derivations.proof.points import holds_at
from attnproof.derivations.proof.rules.domain import Least
from attnproof.derivations.proof.rules.rule import RuleError
from attnproof.derivations.propositions.latex import latex
from attnproof.derivations.propositions.proposition import Both, Compare, If, Iff, Proposition, children

TRIES: Final = 400  # points drawn, one after the other, until one is a witness


def check_possible(given: Iterable[Compare], least: Least = ()) -> None:
    """Raises RuleError unless a point is found at which all of ``given`` hold: else anything would follow.

    Sizes are at least what ``least`` says, numbers obey the signs of their symbols; balls decide.
    """
    asked = list(given)
    if not asked:
        return
    if any(side.has(I, nan, oo, -oo, zoo) for each in asked for side in (each.left, each.right)):
        raise RuleError(f"{', '.join(map(latex, asked))}: expected real numbers")
    lowest = {symbol: symbol - (1 if symbol.is_positive else 0) + value for symbol, value in least}
    sides = [(each.left.subs(lowest), each.relation, each.right.subs(lowest)) for each in asked]
    numbers = sorted({s for left, _, right in sides for s in (left - right).free_symbols if _is_number(s)}, key=str)
    for attempt in range(TRIES):
        at = _drawn(numbers, attempt)
        if all(holds_at(left.xreplace(at), relation, right.xreplace(at), attempt) for left, relation, right in sides):
            return
    said = ", ".join(map(latex, asked))
    raise RuleError(f"no point is found at which {said} all hold: anything would follow from what cannot be")


def _is_number(symbol: Basic) -> bool:
    return isinstance(symbol, Symbol) and bool(symbol.is_real) and not symbol.is_integer


def _drawn(numbers: Iterable[Symbol], attempt: int) -> Mapping[Symbol, Expr]:
    """Numbers of all sizes between 2^-8 and 2^8, with the signs that are assumed of them; the first ones are all 1."""
    random = Random(attempt)
    found: dict[Symbol, Expr] = {}
    for symbol in numbers:
        size = Rational(random.randint(64, 128), 64) * Rational(2) ** random.randint(-8, 7) if attempt else Integer(1)
        negative = symbol.is_nonpositive or (not symbol.is_nonnegative and attempt and random.random() < 0.5)
        found[symbol] = -size if negative else size
    return found


def check_says(statement: Proposition, given: Iterable[Proposition] = ()) -> None:
    """Raises RuleError for a statement with a part that says nothing: ``X = X``, ``X ≤ X``, what is given, or what
    follows from itself.
    """
    known = [part for each in given for part in _parts(each)]
    if statement in known:
        raise RuleError(f"{latex(statement)} is given")
    match statement:
        case Compare(left, "=" | "≤", right) if left == right:
            raise RuleError(f"{latex(statement)} says nothing: both sides are the same")
        case Iff(left, right) if left == right:
            raise RuleError(f"{latex(statement)} says nothing: both sides are the same")
        case If(hypothesis, conclusion):
            check_says(conclusion, (*known, hypothesis))
        case _:
            for part in children(statement):
                check_says(part, known)


def _parts(says: Proposition) -> tuple[Proposition, ...]:
    return tuple(part for each in says.parts for part in _parts(each)) if isinstance(says, Both) else (says,)
