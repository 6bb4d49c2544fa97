"""The ledger's claims in order, each decided in a small file of its own, named by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from attnproof.derivations.language.shelf import Shelf

if TYPE_CHECKING:  # proofs take z3, NumPy and FLINT, and names do not
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


CLAIMS: Final[Mapping[str, Claim]] = Shelf(__name__, "CLAIM", ORDER)
