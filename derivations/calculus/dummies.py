"""Terms ``coefficient · Σ_(dummies) Π base^exponent`` and the naming of their dummies.

Two terms are equal when some renaming of the dummies turns the factors of one into those of the other. ``named`` picks
the same names for all such terms: sums that share no factor are named one by one; within each, dummies are told apart
by where they occur, and among those that look alike every order is tried (of two that can be exchanged only one) and
the one with the smallest factors is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr, Mul, Symbol

from attnproof.derivations.calculus.effort import spend
from attnproof.derivations.language.indexing import Bounds, alpha, substitute, summed, symbols_of
from attnproof.derivations.language.notation import index

MOST_ORDERS = 20_000


@dataclass(frozen=True)
class Term:
    """``coefficient · Σ_over Π base^exponent``, with a rational coefficient and every dummy in at least one factor."""

    coefficient: Expr
    powers: Mapping[Expr, Expr]
    over: Bounds


def named(term: Term, depth: int, settle: Callable[[Expr], Expr]) -> Expr:
    """``term`` without its coefficient, with canonical names of its dummies (``_DEPTH_0``, ``_DEPTH_1`` ...).

    settle  puts a base into canonical form again after its indices were renamed

    Raises ValueError when too many orders of look-alike dummies would have to be tried.
    """
    if not term.over:
        return Mul(*(base**exponent for base, exponent in term.powers.items()))
    components = _components(term)
    if len(components) == 1 and (only := _only_order(components[0])):
        order = list(only)  # nothing to compare with
    else:
        parts = sorted((_smallest(part, depth, settle) for part in components), key=lambda part: part[0])
        order = [pair for _, pairs in parts for pair in pairs]
    names = {symbol: index(f"_{depth}_{place}") for place, (symbol, _) in enumerate(order)}
    return summed(Mul(*_renamed(term, names, settle)), tuple((names[symbol], size) for symbol, size in order))


def _renamed(term: Term, names: Mapping[Symbol, Expr], settle: Callable[[Expr], Expr]) -> list[Expr]:
    return [settle(substitute(base, names)) ** exponent for base, exponent in term.powers.items()]


def _components(term: Term) -> list[Term]:
    """The independent sums of which ``term`` is the product; factors without a dummy belong to none."""
    own = {symbol for symbol, _ in term.over}
    groups: list[tuple[set[Symbol], dict[Expr, Expr]]] = []
    for base, exponent in term.powers.items():
        needs = set(symbols_of(base) & own)
        if needs:
            joined = [group for group in groups if group[0] & needs]
            groups = [group for group in groups if not group[0] & needs]
            powers = {b: e for group in joined for b, e in group[1].items()}
            groups.append((needs.union(*(group[0] for group in joined)), {**powers, base: exponent}))
    return [
        Term(term.coefficient, powers, tuple(pair for pair in term.over if pair[0] in needs))
        for needs, powers in groups
    ]


def _only_order(term: Term) -> Bounds | None:
    """The order of the dummies where how they look leaves no other, else None."""
    orders = _orders(term, {symbol: 0 for symbol, _ in term.over})
    first, second = next(orders), next(orders, None)
    return first if second is None else None


def _smallest(term: Term, depth: int, settle: Callable[[Expr], Expr]) -> tuple[list[str], Bounds]:
    """The order of the dummies of one component in which its factors are smallest, and those factors as text."""
    best: tuple[list[str], Bounds] | None = None
    for tried, order in enumerate(_orders(term, {symbol: 0 for symbol, _ in term.over})):
        spend(len(term.powers))
        if tried == MOST_ORDERS:
            raise ValueError(f"more than {MOST_ORDERS} orders of look-alike dummies in {dict(term.powers)}")
        names = {symbol: index(f"_{depth}_{place}") for place, (symbol, _) in enumerate(order)}
        key = [str(len(order)), *(str(size) for _, size in order), *sorted(map(str, _renamed(term, names, settle)))]
        if best is None or key < best[0]:
            best = key, order
    assert best is not None  # there is at least one order
    return best


def _orders(term: Term, looks: Mapping[Symbol, int]) -> Iterator[Bounds]:
    """Every order of the dummies that respects how they look, up to exchanges that change nothing."""
    if len(term.over) == 1:
        yield term.over
        return
    looks = _refined(term, looks)
    classes: dict[int, list[Symbol]] = {}
    for symbol, _ in term.over:
        classes.setdefault(looks[symbol], []).append(symbol)
    alike = [classes[look] for look in sorted(classes) if len(classes[look]) > 1]
    if not alike:
        yield tuple(sorted(term.over, key=lambda pair: looks[pair[0]]))
        return
    tried: list[Symbol] = []
    for symbol in alike[0]:
        if not any(_exchangeable(symbol, other, term) for other in tried):
            tried.append(symbol)
            yield from _orders(term, {s: 2 * look + (s in alike[0] and s != symbol) for s, look in looks.items()})


def _exchangeable(one: Symbol, other: Symbol, term: Term) -> bool:
    """Whether exchanging the two dummies leaves the factors as they are."""
    swap: dict[Symbol, Expr] = {one: other, other: one}
    return {substitute(base, swap): exponent for base, exponent in term.powers.items()} == dict(term.powers)


def _refined(term: Term, looks: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """Dummies told apart by the factors in which they stand, and by how the other dummies there look, to the end."""
    sizes = dict(term.over)
    current = dict(looks)
    while len(set(current.values())) < len(current):
        keys = {s: (look, str(sizes[s]), _surroundings(s, term, current)) for s, look in current.items()}
        ranks = {key: rank for rank, key in enumerate(sorted(set(keys.values())))}
        if len(ranks) == len(set(current.values())):
            return {symbol: ranks[key] for symbol, key in keys.items()}
        current = {symbol: ranks[key] for symbol, key in keys.items()}
    return current


def _surroundings(symbol: Symbol, term: Term, looks: Mapping[Symbol, int]) -> str:
    """The factors in which ``symbol`` stands, with every other dummy replaced by how it looks."""
    marks: dict[Symbol, Expr] = {other: Symbol(f"<{look:04d}>") for other, look in looks.items()}
    marks[symbol] = Symbol("<here>")
    found = []
    for base, exponent in term.powers.items():
        if symbol in symbols_of(base):
            found.append(f"{substitute(alpha(base), marks)}^{exponent}")
    return "|".join(sorted(found))
