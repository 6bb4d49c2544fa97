"""Terms ``coefficient · Σ_(dummies) Π base^exponent`` and the naming of their dummies.

Two terms are equal when some renaming of the dummies turns the factors of one into those of the other. ``named`` picks
the same names for all such terms: dummies are told apart by where they occur, and among those that look alike every
order is tried and the one with the smallest factors is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from sympy import Expr, Mul, Symbol

from derivations.indexing import Bounds, substitute, summed, symbols_of
from derivations.notation import index


@dataclass(frozen=True)
class Term:
    """``coefficient · Σ_over Π base^exponent``, with a rational coefficient and every dummy in at least one factor."""

    coefficient: Expr
    powers: Mapping[Expr, Expr]
    over: Bounds


def named(term: Term, depth: int, settle: Callable[[Expr], Expr]) -> Expr:
    """``term`` without its coefficient, with canonical names of its dummies (``_DEPTH_0``, ``_DEPTH_1`` ...).

    settle  puts a base into canonical form again after its indices were renamed
    """
    if not term.over:
        return Mul(*(base**exponent for base, exponent in term.powers.items()))
    best: tuple[list[str], list[Expr], Bounds] | None = None
    for order in _orders(term):
        names = {symbol: index(f"_{depth}_{place}") for place, (symbol, _) in enumerate(order)}
        factors = [settle(substitute(base, names)) ** exponent for base, exponent in term.powers.items()]
        key = sorted(map(str, factors))
        if best is None or key < best[0]:
            best = key, factors, tuple((names[symbol], size) for symbol, size in order)
    assert best is not None  # there is at least one order
    return summed(Mul(*best[1]), best[2])


def _orders(term: Term) -> Iterator[Sequence[tuple[Symbol, Expr]]]:
    """Every order of the dummies that respects what tells them apart."""
    looks = {symbol: str(size) for symbol, size in term.over}
    for _ in term.over:  # as often as there are dummies: what tells one apart then tells its neighbours apart
        refined = {symbol: looks[symbol] + _surroundings(symbol, term, looks) for symbol in looks}
        ranks = {look: f"{place};" for place, look in enumerate(sorted(set(refined.values())))}
        settled = len(ranks) == len(set(looks.values()))
        looks = {symbol: ranks[look] for symbol, look in refined.items()}
        if settled:
            break
    groups = [
        [pair for pair in term.over if looks[pair[0]] == look] for look in sorted(set(looks.values()), key=_number)
    ]
    for choice in product(*(permutations(group) for group in groups)):
        yield [pair for group in choice for pair in group]


def _number(look: str) -> int:
    return int(look.rstrip(";"))


def _surroundings(symbol: Symbol, term: Term, looks: Mapping[Symbol, str]) -> str:
    """The factors in which ``symbol`` stands, with every other dummy replaced by how it looks."""
    marks: dict[Symbol, Expr] = {other: Symbol(f"<{look}>") for other, look in looks.items()}
    marks[symbol] = Symbol("<here>")
    found = []
    for base, exponent in term.powers.items():
        if symbol in symbols_of(base):
            found.append(f"{substitute(base, marks)}^{exponent}")
    return "|".join(sorted(found))
