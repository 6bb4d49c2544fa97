"""The ledger's claims in order, each decided in a small file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from derivations.claim import Claim
from derivations.claims.a1 import CLAIM as A1
from derivations.claims.a2 import CLAIM as A2
from derivations.claims.a3 import CLAIM as A3
from derivations.claims.a4 import CLAIM as A4
from derivations.claims.a5 import CLAIM as A5
from derivations.claims.a6 import CLAIM as A6
from derivations.claims.b1 import CLAIM as B1
from derivations.claims.b2 import CLAIM as B2
from derivations.claims.b3 import CLAIM as B3
from derivations.claims.b4 import CLAIM as B4
from derivations.claims.c1 import CLAIM as C1
from derivations.claims.c2 import CLAIM as C2
from derivations.claims.g1 import CLAIM as G1
from derivations.claims.g2 import CLAIM as G2
from derivations.claims.s1 import CLAIM as S1
from derivations.claims.s2 import CLAIM as S2
from derivations.claims.s3 import CLAIM as S3
from derivations.claims.s4 import CLAIM as S4
from derivations.claims.s5 import CLAIM as S5
from derivations.claims.s6 import CLAIM as S6
from derivations.claims.t1 import CLAIM as T1
from derivations.claims.t2 import CLAIM as T2
from derivations.claims.t3 import CLAIM as T3
from derivations.claims.t4 import CLAIM as T4
from derivations.claims.t5 import CLAIM as T5
from derivations.claims.t6 import CLAIM as T6
from derivations.claims.t7 import CLAIM as T7
from derivations.claims.t8 import CLAIM as T8
from derivations.claims.t9 import CLAIM as T9
from derivations.claims.t10 import CLAIM as T10
from derivations.claims.undecided import UNDECIDED
from derivations.claims.x1 import CLAIM as X1
from derivations.claims.x2 import CLAIM as X2
from derivations.claims.x3 import CLAIM as X3
from derivations.claims.x4 import CLAIM as X4
from derivations.claims.x5 import CLAIM as X5
from derivations.claims.x6 import CLAIM as X6

ORDER: Final = (
    *("S1", "S2", "S3", "S4", "S5", "S6"),
    *("X1", "X2", "X3", "X4", "X5", "X6"),
    *("C1", "C2"),
    *("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10"),
    *("G1", "G2"),
    *("B1", "B2", "B3", "B4"),
    *("A1", "A2", "A3", "A4", "A5", "A6"),
)

_DECIDED: Final = (
    *(S1, S2, S3, S4, S5, S6),
    *(X1, X2, X3, X4, X5, X6),
    *(C1, C2),
    *(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10),
    *(G1, G2),
    *(B1, B2, B3, B4),
    *(A1, A2, A3, A4, A5, A6),
)
_BY_ID: Final = {claim.id: claim for claim in (*_DECIDED, *UNDECIDED)}

CLAIMS: Mapping[str, Claim] = MappingProxyType({name: _BY_ID[name] for name in ORDER})
