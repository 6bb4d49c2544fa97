"""The exclusive-or criteria by an SMT solver: a road to "impossible" that knows no multipliers.

The unknowns of a score (the entries of W, or the values of an odd function at one of each two opposite pairs) and the
threshold are real symbols. A criterion is met exactly if its left-hand sides can all be at least some m > 0; the
solver is asked whether m <= 0 follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from sympy import Expr, Ge, Integer, Le, Rational, Symbol

from attnproof.derivations.claims.checks.xor import Encoding, Expansion, Functional, ranking, threshold
from attnproof.derivations.claims.checks.xor_cells import EXPANSIONS, Cell, Impossible
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.smt import proves

LEAST = Symbol("m", real=True)  # the least of the left-hand sides
CRITERIA = {"ranking": ranking, "one threshold": threshold}


def never_all_positive(functionals: Iterable[Functional]) -> bool:
    """No values of the unknowns make every functional positive: decided by the solver in linear real arithmetic."""
    names: dict[Any, Symbol] = {}
    given = [Ge(_linear(one, names) - LEAST, 0) for one in functionals]
    return bool(given) and proves(Le(LEAST, 0), given)


def unreachable(encoding: Encoding, expand: Expansion, criterion: str) -> bool:
    """No score of the kind meets the criterion (``ranking`` or ``one threshold``)."""
    return never_all_positive(CRITERIA[criterion](encoding, expand).values())


def steps(cells: Iterable[Cell]) -> tuple[Step, ...]:
    """One step for each criterion: the solver on every cell that the multipliers decide as impossible."""
    listed = tuple(cells)
    found = []
    for criterion in CRITERIA:
        cases = tuple(cell for cell in listed if isinstance(_certificate(cell, criterion), Impossible))
        found.append(
            Step(
                f"{criterion}, the {len(cases)} impossible cells once more: an SMT solver, without the multipliers",
                r"\text{every demand} \ge m => m \le 0",
                partial(all_unreachable, cases, criterion),
            )
        )
    return tuple(found)


def all_unreachable(cases: tuple[Cell, ...], criterion: str) -> bool:
    """The criterion is out of reach in every one of the cells."""
    return bool(cases) and all(
        unreachable(cell.encoding, EXPANSIONS[cell.score, cell.bias], criterion) for cell in cases
    )


def _certificate(cell: Cell, criterion: str) -> object:
    return cell.ranking if criterion == "ranking" else cell.threshold


def _linear(functional: Functional, names: dict[Any, Symbol]) -> Expr:
    """The functional in real symbols, the same for the same unknown."""
    total: Expr = Integer(0)
    for unknown, coefficient in functional.items():
        symbol = names.setdefault(unknown, Symbol(f"u_{len(names)}", real=True))
        total += Rational(coefficient.numerator, coefficient.denominator) * symbol
    return total
