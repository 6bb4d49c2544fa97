"""One claim, decided here and now: what ``attnproof claim`` prints and ``attnproof.claim`` returns."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from attnproof.derivations.claims import CLAIMS


class UnknownClaimError(KeyError):
    """No claim has this name; the message has the nearest one and all of them."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class DecidedClaim:
    """A claim with the verdict that its proof, checked step by step, gives it.

    usual, statement   what is usually said, and what is actually true
    verdict, reason    ``proved``, ``qualified`` or ``not decided``; None, or why it is not decided
    row                the whole object, as ``claims.json`` has it but without a run's evidence
    lemmas             the objects of the lemmas that it rests on
    """

    id: str
    title: str
    usual: str
    statement: str
    verdict: str
    reason: str | None
    row: Mapping[str, Any] = field(repr=False)
    lemmas: tuple[Mapping[str, Any], ...] = field(repr=False)

    def text(self, *, latex: bool = False) -> str:
        """The claim with its proof, for a terminal; ``latex``: formulas as their source instead of plain text."""
        from attnproof.reports.commands.claim_text import claim_text
        from attnproof.verify.evidence import EVIDENCE

        return claim_text(self.row, self.lemmas, measured=self.id in EVIDENCE, latex=latex)


def claim(name: str, *, processes: int = 1) -> DecidedClaim:
    """Decide one claim now, by checking each step of its proof and of its lemmas'.

    name       its id in the ledger, ``X4``; upper or lower case
    processes  copies of this one that share the steps, on Linux; 1: none

    Raises UnknownClaimError (a KeyError) with the nearest id.
    """
    wanted = name.strip().upper()
    if wanted not in CLAIMS:
        near = difflib.get_close_matches(wanted, CLAIMS, 1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise UnknownClaimError(f"unknown claim {name!r}{hint} Claims: {', '.join(CLAIMS)}.")

    from attnproof.verify.proofs.ledger import decided
    from attnproof.verify.run.files import plain

    row, below = decided(wanted, processes)
    lemmas = tuple(plain(lemma) for lemma in below if lemma.name in row.lemmas)
    said = (row.id, row.title, row.usual, row.statement, row.verdict, row.reason)
    return DecidedClaim(*said, row=plain(row), lemmas=lemmas)
