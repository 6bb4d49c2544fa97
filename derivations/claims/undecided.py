"""Claims that are on the list and not decided yet: what is usually said, and why there is no verdict."""

from __future__ import annotations

from derivations.claim import Claim

_NO_PROOF = "no proof is recorded yet; a claim without checked steps has no verdict"


def _open(identifier: str, title: str, usual: str) -> Claim:
    return Claim(identifier, title, usual, open_reason=_NO_PROOF)


UNDECIDED: tuple[Claim, ...] = ()
