"""Rules that are settled, whatever a proof is about."""

from __future__ import annotations

from sympy import Integer

from attnproof.derivations.proof.rules import Cases
from attnproof.derivations.propositions.proposition import lt

HOLDS = Cases(lt(Integer(0), Integer(1)))
FAILS = Cases(lt(Integer(1), Integer(0)))
