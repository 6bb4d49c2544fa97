"""The exclusive-or criteria by an SMT solver: a road to "impossible" that knows no multipliers.

The unknowns of a score (the entries of W, or the values of an odd function at one of each two opposite pairs) and the
threshold are real symbols. A criterion is met exactly if its left-hand sides can all be at least some m > 0; the
solver is asked whether m <= 0 follows.
"""

from __future__ import annotations

from collections.abc import Iterable

from attnproof.derivations.claims.checks.xor import Functional, linear, ranking, threshold
from attnproof.derivations.claims.checks.xor_cells import EXPANSIONS, Cell, Impossible
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.rules import Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, Not, lt

CRITERIA = {"ranking": ranking, "one threshold": threshold}


def never_all_positive(functionals: Iterable[Functional]) -> Solver:
    """No values of the unknowns make every functional positive."""
    return Solver(Not(Both(tuple(lt(ZERO, linear(one)) for one in functionals))))


def unreachable(cell: Cell, criterion: str) -> Solver:
    """No score of the cell's kind meets the criterion (``ranking`` or ``one threshold``)."""
    return never_all_positive(CRITERIA[criterion](cell.encoding, EXPANSIONS[cell.score, cell.bias]).values())


def steps(cells: Iterable[Cell]) -> tuple[Step, ...]:
    """One step for each cell and criterion that the multipliers decide as impossible."""
    return tuple(
        closed(
            f"{cell.encoding.features}, constant: {cell.encoding.constant}: {criterion} is impossible, once more by a "
            "solver, without the multipliers",
            unreachable(cell, criterion),
        )
        for criterion in CRITERIA
        for cell in cells
        if isinstance(_certificate(cell, criterion), Impossible)
    )


def _certificate(cell: Cell, criterion: str) -> object:
    return cell.ranking if criterion == "ranking" else cell.threshold
