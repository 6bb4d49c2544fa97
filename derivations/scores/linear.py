"""In which inputs a score is linear up to additions, f(λ x) = λ f(x) for every real λ: read off its equations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Expr, Indexed, Sum

from attnproof.derivations.scores.family import ScoreFamily

# f(λ x) = |λ|^degree f(x), and changes its sign with λ where it is odd.
Growth = tuple[Expr | int, bool]
STILL: Growth = (0, False)


@lru_cache(maxsize=128)
def linear_inputs(score: ScoreFamily) -> tuple[str, ...]:
    """The inputs in which every score is homogeneous of degree 1, in order: a scale of one is a scale of the score.

    What the rules here cannot tell (a function of what changes) is not among them.
    """
    names = (tensor.name for tensor in score.system.inputs if not tensor.positive)
    return tuple(name for name in names if _grows(score, name) == (1, True))


def _grows(score: ScoreFamily, name: str) -> Growth | None:
    """How the scores grow with an input; None where that is not known."""
    known: dict[str, Growth | None] = {tensor.name: STILL for tensor in score.system.inputs}
    known[name] = (1, True)
    for equation in score.system.equations:
        by_base = {base: known[t.name] for base, t in score.system.by_base.items() if t.name in known}
        sides = (side for side in (equation.rhs, equation.otherwise) if side is not None)
        found = {_growth(side, by_base) for side in sides}
        earlier = {known[equation.target.name]} if equation.target.name in known else set()  # a tensor made of blocks
        known[equation.target.name] = next(iter(found)) if len(found | earlier) == 1 else None
    return known["scores"]


def _growth(expr: Expr, known: Mapping[Expr, Growth | None]) -> Growth | None:
    base = expr.base if isinstance(expr, Indexed) else expr  # a scalar is its own
    if base in known or isinstance(expr, Indexed):
        return known.get(base)
    if isinstance(expr, Sum):
        return _growth(expr.function, known)
    if not expr.args:  # a number, a size, an index
        return STILL
    parts = [_growth(each, known) for each in expr.args]
    told = [part for part in parts if part is not None]
    if len(told) < len(parts):
        return None
    if expr.is_Add:
        return told[0] if len(set(told)) == 1 else None
    if expr.is_Mul:
        return sum(degree for degree, _ in told), sum(odd for _, odd in told) % 2 == 1
    if expr.is_Pow and expr.exp.is_Rational:
        (degree, odd), power = told[0], expr.exp
        if power.is_Integer:
            return degree * power, odd and power % 2 == 1
        return None if odd else (degree * power, False)
    return STILL if set(told) == {STILL} else None
