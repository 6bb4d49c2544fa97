"""Polynomial inequalities at fixed sizes, decided by an SMT solver (z3, nonlinear real arithmetic).

A statement is a SymPy relation between rational functions of real symbols; what is transcendental is put in as a symbol
of its own, with the facts about it that the argument uses. The solver works under a fixed budget of its own steps, not
of time, so that the answer does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import sympy
import z3
from sympy.core.relational import Equality, GreaterThan, LessThan, StrictGreaterThan, StrictLessThan, Unequality
from sympy.logic.boolalg import And, Boolean, BooleanFalse, BooleanTrue, Not, Or

BUDGET: Final = 20_000_000  # z3's resource units; every proof here needs far fewer

_RELATIONS: Final[Mapping[type, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        Equality: lambda a, b: a == b,
        Unequality: lambda a, b: a != b,
        GreaterThan: lambda a, b: a >= b,
        StrictGreaterThan: lambda a, b: a > b,
        LessThan: lambda a, b: a <= b,
        StrictLessThan: lambda a, b: a < b,
    }
)


class UndecidedError(RuntimeError):
    """The solver gave up within its budget: neither proved nor refuted."""


def proves(statement: Boolean, given: Sequence[Boolean] = ()) -> bool:
    """Whether ``statement`` holds for all real values of its symbols that satisfy every relation of ``given``.

    Symbols that SymPy knows to be positive, nonnegative, negative, nonpositive or nonzero are constrained so.
    Raises ValueError for what is no rational function or relation, or when no values satisfy ``given`` (anything would
    follow); UndecidedError when the solver gives up.
    """
    assumptions = [*map(_boolean, given), *_signs((statement, *given))]
    if _check(assumptions) == z3.unsat:
        raise ValueError(f"no values satisfy {', '.join(map(str, given))}: anything would follow")
    return bool(_check([*assumptions, z3.Not(_boolean(statement))]) == z3.unsat)


def _check(constraints: Sequence[z3.BoolRef]) -> z3.CheckSatResult:
    solver = z3.Solver()
    solver.set("rlimit", BUDGET)
    solver.set("random_seed", 0)
    solver.add(*constraints)
    found = solver.check()
    if found == z3.unknown:
        raise UndecidedError(f"z3 gave up ({solver.reason_unknown()}) on {solver.sexpr()}")
    return found


def _signs(relations: Sequence[Boolean]) -> list[z3.BoolRef]:
    """What the symbols' assumptions say. SymPy itself would turn ``x > 0`` for a positive x into True."""
    found: list[z3.BoolRef] = []
    for x in sorted(set().union(*(each.free_symbols for each in relations)), key=str):
        term = _term(x)
        if x.is_positive:
            found.append(term > 0)
        elif x.is_negative:
            found.append(term < 0)
        elif x.is_nonnegative:
            found.append(term >= 0)
        elif x.is_nonpositive:
            found.append(term <= 0)
        elif x.is_nonzero:
            found.append(term != 0)
    return found


def _boolean(statement: Boolean) -> z3.BoolRef:
    if isinstance(statement, BooleanTrue | BooleanFalse):
        return z3.BoolVal(bool(statement))
    if isinstance(statement, And):
        return z3.And(*map(_boolean, statement.args))
    if isinstance(statement, Or):
        return z3.Or(*map(_boolean, statement.args))
    if isinstance(statement, Not):
        return z3.Not(_boolean(statement.args[0]))
    if type(statement) in _RELATIONS:
        return _RELATIONS[type(statement)](_term(statement.args[0]), _term(statement.args[1]))
    raise ValueError(f"{statement} is a {type(statement).__name__}; expected a relation, and, or, not")


def _term(expr: sympy.Basic) -> z3.ArithRef:
    if isinstance(expr, sympy.Rational):
        return z3.RealVal(f"{expr.p}/{expr.q}")
    if isinstance(expr, sympy.Symbol):
        if expr.is_real is False:
            raise ValueError(f"{expr} is not real")
        return z3.Real(expr.name)
    if isinstance(expr, sympy.Add):
        return z3.Sum(*map(_term, expr.args))
    if isinstance(expr, sympy.Mul):
        return z3.Product(*map(_term, expr.args))
    if isinstance(expr, sympy.Pow) and isinstance(expr.exp, sympy.Integer):
        power = int(expr.exp)
        base = _term(expr.base)
        whole = z3.Product(*[base] * abs(power)) if power else z3.RealVal(1)
        return whole if power >= 0 else 1 / whole
    raise ValueError(
        f"{expr} is a {type(expr).__name__}; expected sums, products and whole powers of symbols and rationals"
    )
