"""Every single way in which a term or a factor comes at another step: before a function, or after it."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Mul

from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.ring.structure import softmax_parts
from attnproof.verify.reading.edits.saying import said, tensor

Put = tuple[Equation, Expr]


def exchanged(system: System) -> Iterator[tuple[str, Put, Put]]:
    """Words, the equation that loses a term or factor, and the one that gets it."""
    for equation in system.equations:
        for part, rest in _parts(equation.rhs):
            free = {symbol for position in equation.indices for symbol in position.free_symbols}
            for other in system.equations:
                own = {symbol for position in other.indices for symbol in position.free_symbols}
                if other.target.name == equation.target.name or (part.free_symbols & free) - own:
                    continue
                what = said(part, system)
                adds = isinstance(equation.rhs, Add)
                changed = other.rhs + part if adds else other.rhs * part
                verb = "is added to" if adds else "multiplies"
                words = f"{what} {verb} {tensor(other.target.name)}, not {tensor(equation.target.name)}"
                yield words, (equation, rest), (other, changed)


def _parts(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The terms of a sum, or the factors of a product, each with the rest."""
    if isinstance(expr, Add) or (isinstance(expr, Mul) and softmax_parts(expr) is None):
        for place, part in enumerate(expr.args):
            if part != Integer(-1):
                yield part, expr.func(*expr.args[:place], *expr.args[place + 1 :])
