"""Identities in a whole number: by SymPy's simplification of factorials and powers, and exactly at the first values."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Symbol, combsimp, expand, powsimp, simplify

FIRST: Final = 12  # the second road: as many values from 0 on, in exact arithmetic


def holds_at_every_order(difference: Expr, order: Symbol) -> bool:
    """``difference`` is 0 for every whole ``order >= 0``: it simplifies to 0, and it is 0 at the first values."""
    found = simplify(combsimp(powsimp(expand(difference))))
    return bool(found == 0) and all(expand(difference.subs(order, k)) == 0 for k in range(FIRST))
