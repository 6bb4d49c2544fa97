"""The ledger's claims in order, each decided in a small file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from derivations.claim import Claim
from derivations.claims import b1, b2, b3, b4, s1, s2, s3, s4, s5, s6, t1, t2, t3, t4, t5, t7
from derivations.claims.undecided import UNDECIDED

ORDER: Final = (
    *("S1", "S2", "S3", "S4", "S5", "S6"),
    *("X1", "X2", "X3", "X4", "X5", "X6"),
    *("C1", "C2"),
    *("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10"),
    *("G1", "G2"),
    *("B1", "B2", "B3", "B4"),
    *("A1", "A2", "A3", "A4", "A5", "A6"),
)

_DECIDED: Final = (s1, s2, s3, s4, s5, s6, t1, t2, t3, t4, t5, t7, b1, b2, b3, b4)
_BY_ID: Final = {claim.id: claim for claim in (*(module.CLAIM for module in _DECIDED), *UNDECIDED)}

CLAIMS: Mapping[str, Claim] = MappingProxyType({name: _BY_ID[name] for name in ORDER})
