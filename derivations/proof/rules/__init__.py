"""The closed set of rules: nothing else closes a step of a proof.

A rule is data: expressions, propositions, numbers. It prints what it starts from and what it arrives at from that same
data, decides by machine whether it holds, and refuses (``RuleError``) what it cannot vouch for: an expression that is
not defined everywhere in its domain, two symbols of one name, a number that need not be real, a sum over fewer than no
terms.

``equalities``  ``Equal`` (index expressions, at every size), ``Field`` (scalars)
``signs``       ``Sign``, ``Squares``, ``Coefficients``, ``FromZero``, ``Corners``
``solver``      ``Solver`` (polynomial inequalities, an SMT solver)
``calculus``    ``Along`` (a direction), ``Differentiated``, ``Tends``, ``Integrated``
``smoothness``  ``Smooth``: differentiable by its form
``orders``      ``Induction`` over a whole number
``constants``   ``Enclosed`` (ball arithmetic)
``certificates`` ``Contradiction``: multipliers that lead linear demands to 0 > 0 (Farkas)
``finite``      ``Cases`` (every element of a finite domain), ``Computed`` (a named function of the package on literals)
``cited``       ``Cited``: a fact of analysis or probability with its source, not proved here
``together``    ``All``: several of them
"""

from attnproof.derivations.proof.rules.calculus import Along, Differentiated, Integrated, Tends
from attnproof.derivations.proof.rules.certificates import Contradiction
from attnproof.derivations.proof.rules.cited import Cited
from attnproof.derivations.proof.rules.constants import Enclosed
from attnproof.derivations.proof.rules.equalities import Equal, Field
from attnproof.derivations.proof.rules.finite import Cases, Computed
from attnproof.derivations.proof.rules.orders import Induction
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.proof.rules.signs import Coefficients, Corners, FromZero, Sign, Squares
from attnproof.derivations.proof.rules.smoothness import Smooth
from attnproof.derivations.proof.rules.solver import Solver
from attnproof.derivations.proof.rules.together import All

RULES: tuple[type[Rule], ...] = (
    Equal, Field, Sign, Squares, Coefficients, FromZero, Corners, Solver, Along, Differentiated, Tends, Integrated,
    Smooth, Induction, Enclosed, Contradiction, Cases, Computed, Cited, All,
)  # fmt: skip

__all__ = [
    "RULES", "All", "Along", "Cases", "Cited", "Coefficients", "Computed", "Contradiction", "Corners",
    "Differentiated", "Enclosed", "Equal", "Field", "FromZero", "Induction", "Integrated", "Rule", "RuleError", "Sign",
    "Smooth", "Solver", "Squares", "Tends",
]  # fmt: skip
