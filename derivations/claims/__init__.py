"""The ledger's claims in order, each decided in a small file of its own, named by its id.

A claim's file is imported when the claim is asked for: building its systems takes time, and most uses need few claims.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Final

from attnproof.derivations.proof.claim import Claim

ORDER: Final = (
    *("S1", "S2", "S3", "S4", "S5", "S6"),
    *("X1", "X2", "X3", "X4", "X5", "X6"),
    *("C1", "C2"),
    *("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10"),
    *("G1", "G2"),
    *("B1", "B2", "B3", "B4"),
    *("A1", "A2", "A3", "A4", "A5", "A6"),
)


class _Ledger(Mapping[str, Claim]):
    """Every claim by its id, in order."""

    def __getitem__(self, name: str) -> Claim:
        if name not in ORDER:
            raise KeyError(name)
        claim: Claim = importlib.import_module(f"attnproof.derivations.claims.{name.lower()}").CLAIM
        return claim

    def __iter__(self) -> Iterator[str]:
        return iter(ORDER)

    def __len__(self) -> int:
        return len(ORDER)

    def __contains__(self, name: object) -> bool:
        return name in ORDER


CLAIMS: Final[Mapping[str, Claim]] = _Ledger()
