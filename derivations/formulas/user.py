"""The variance of a user score, where the calculus of moments reaches it; that is imported where it is asked for."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sympy import Expr

from attnproof.derivations.formulas.formula import Formula, Proof
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.moments.calculus import Undefined
from attnproof.derivations.scores.own import family

VARIANCE: Final = Tensor("variance", "Var", (), "parameter", batched=False)
WHY: Final = "Terms of independent symmetric entries are uncorrelated; their second moments add up, at every size."


@lru_cache(maxsize=64)
def _variance(score: str) -> tuple[System, Expr | Undefined]:
    from attnproof.derivations.moments.multilinear import variance

    system = family(score).system.resolve()
    return system, variance(system)


def reason(score: str) -> str:
    """Why the variance is not reached; "" where it is."""
    found = _variance(score)[1]
    return found.reason if isinstance(found, Undefined) else ""


def user_variance(score: str, name: str) -> Formula:
    """``file.py:name.variance``. Raises ValueError, with the reason, where it is not reached."""
    from attnproof.derivations.moments.multilinear import ASSUMPTIONS

    system, found = _variance(score)
    if isinstance(found, Undefined):
        raise ValueError(f"{name}: the variance is not reached: {found.reason}")
    closed = System(name, tensors_in(found, system), (Equation(VARIANCE, (), found),), (VARIANCE.name,))
    roads = MappingProxyType({"mean over every choice of entries, at small sizes": lambda: holds(system, found)})
    assumed = f"{ASSUMPTIONS[0].upper()}{ASSUMPTIONS[1:]}."
    title, source = f"variance of a score, the {family(score).title}", f"derived here; {family(score).source}"
    return Formula(name, title, closed, VARIANCE.name, (assumed,), Proof(WHY, (), roads), source)


def holds(system: System, found: Expr) -> bool:
    """Whether the mean over every choice of entries from symmetric laws is ``found``, exactly."""
    from attnproof.derivations.moments.multilinear import enumerated

    rows = enumerated(system, found)
    return bool(rows) and all(row.holds for row in rows)
