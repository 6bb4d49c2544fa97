"""Index symbols inside expressions: substitution without capture, comparison up to the names of summation indices.

SymPy's own ``subs`` lets an index be captured by a ``Sum`` that binds the same letter, and compares two sums that
differ in that letter only as different. Everything here that renames an index goes through this file instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sympy import Add, Basic, Expr, Function, Indexed, IndexedBase, Mul, Pow, Sum, Symbol, Tuple

from attnproof.derivations.language.notation import element, index

Bounds = tuple[tuple[Symbol, Expr], ...]  # (index, size): the index runs over 0 .. size - 1

LETTERS = ("l", "m", "r", "f", "a", "p", "i", "j", "h", "g", "s", "t", "u", "w", "x", "y")


@lru_cache(maxsize=1 << 14)
def bounds(sum_: Expr) -> Bounds:
    """``(index, size)`` of each summation index, in the order of the sum.

    Raises ValueError for a sum that does not start at 0, or whose size depends on one of its own indices.
    """
    found = []
    own = {limit[0] for limit in sum_.limits}
    for limit in sum_.limits:
        if len(limit) != 3 or limit[1] != 0:
            raise ValueError(f"a sum runs over 0 .. size - 1, got {limit} in {sum_}")
        count = limit[2] + 1
        if count.free_symbols & own:
            raise ValueError(f"the size of a summation index may not depend on another one, got {limit} in {sum_}")
        found.append((limit[0], count))
    if len(own) != len(found):
        raise ValueError(f"two indices of one sum have the same letter: {sum_}")
    return tuple(found)


def summed(body: Expr, over: Bounds) -> Expr:
    """``Σ body`` over ``(index, size)`` pairs; ``body`` itself when there are none."""
    return _sum(body, over) if over else body


# To make one, SymPy looks at all that is in it; six of seven were made before.
@lru_cache(maxsize=1 << 16)
def _sum(body: Expr, over: Bounds) -> Sum:
    return Sum(body, *((symbol, 0, count - 1) for symbol, count in over))


def fresh(taken: Iterable[Symbol], preferred: Iterable[str] = LETTERS) -> Symbol:
    """The first index of ``preferred``, then ``l_1, l_2, ...``, whose name is not among ``taken``."""
    names = {symbol.name for symbol in taken}
    return next(index(name) for name in _endless(preferred) if name not in names)


def _endless(preferred: Iterable[str]) -> Iterator[str]:
    yield from preferred
    number = 1
    while True:
        yield f"l_{number}"
        number += 1


@lru_cache(maxsize=65536)
def symbols_of(expr: Basic) -> frozenset[Symbol]:
    """Free symbols, as SymPy's ``free_symbols`` but without the ``Indexed`` objects themselves.

    Each part is asked once; SymPy writes every sum again, with all in it, for every sum and product around it.
    """
    if isinstance(expr, Symbol):
        return frozenset((expr,))
    if isinstance(expr, Sum):
        found = symbols_of(expr.function)
        for symbol, *ends in expr.limits:
            found = found.difference((symbol,)).union(*map(symbols_of, ends))
        return found
    if isinstance(expr, Add | Mul | Pow | Function | Indexed | IndexedBase | Tuple):  # these bind no symbol
        return frozenset[Symbol]().union(*map(symbols_of, expr.args))
    return frozenset(symbol for symbol in expr.free_symbols if isinstance(symbol, Symbol))


def substitute(expr: Expr, mapping: Mapping[Symbol, Expr]) -> Expr:
    """Replace free symbols by expressions, all at once; summation indices in the way are renamed first."""
    relevant = {old: new for old, new in mapping.items() if old in symbols_of(expr) and old != new}
    if not relevant:
        return expr
    if isinstance(expr, Symbol):
        return relevant[expr]
    if isinstance(expr, Indexed):
        return element(expr.base, tuple(substitute(where, relevant) for where in expr.indices))
    if isinstance(expr, Sum):
        over = bounds(expr)
        incoming = frozenset().union(*(symbols_of(new) for new in relevant.values()))
        taken = set(incoming | symbols_of(expr.function))
        inner: dict[Symbol, Expr] = dict(relevant)
        renamed = []
        for symbol, count in over:
            letter = symbol
            if symbol in incoming:
                letter = fresh(taken)
                taken.add(letter)
                inner[symbol] = letter
            renamed.append((letter, substitute(count, relevant)))
        return summed(substitute(expr.function, inner), tuple(renamed))
    return expr.func(*(substitute(argument, relevant) for argument in expr.args))


@lru_cache(maxsize=65536)
def alpha(expr: Expr) -> Expr:
    """The same expression with summation indices renamed by depth: equal results mean equal up to those names.

    (Only the names: ``attnproof.derivations.calculus.canonical`` also reorders, expands and collects.)
    """
    return _alpha(expr, 0)


def _alpha(expr: Expr, depth: int) -> Expr:
    if not expr.args or not expr.has(Sum):
        return expr
    if isinstance(expr, Sum):
        over = bounds(expr)
        letters = {symbol: index(f"_{depth + k}") for k, (symbol, _) in enumerate(over)}
        body = _alpha(substitute(expr.function, letters), depth + len(over))
        return summed(body, tuple((letters[symbol], count) for symbol, count in over))
    return expr.func(*(_alpha(argument, depth) for argument in expr.args))


def relabel(expr: Expr, taken: frozenset[Symbol], preferred: Mapping[Expr, tuple[str, ...]]) -> Expr:
    """Give every summation index a letter: its own if it is free to use, else one usual for its size.

    taken      letters in use around ``expr`` (the free indices of its equation)
    preferred  usual letters by size; temporary names (leading underscore) are always replaced
    """
    if not expr.args or not expr.has(Sum):
        return expr
    if isinstance(expr, Sum):
        inside = set(taken)
        letters: dict[Symbol, Expr] = {}
        for symbol, count in bounds(expr):
            letter = symbol
            if symbol in inside or symbol.name.startswith("_"):
                letter = fresh(inside, (*preferred.get(count, ()), *LETTERS))
            inside.add(letter)
            letters[symbol] = letter
        over = tuple((letters[symbol], count) for symbol, count in bounds(expr))
        return summed(relabel(substitute(expr.function, letters), frozenset(inside), preferred), over)
    return expr.func(*(relabel(argument, taken, preferred) for argument in expr.args))
