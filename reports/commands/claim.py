"""The command ``attnproof claim``: decide one claim now and print it."""

from __future__ import annotations

import argparse
import difflib
import json

from attnproof.derivations.claims import CLAIMS
from attnproof.reports.commands.status import EXIT_FAILED, EXIT_OK, UsageError


def arguments(_command: str, claim: argparse.ArgumentParser) -> None:
    """What the command takes."""
    claim.description = (
        "Decide one claim by checking each proof step, and print it as its section of the report has it."
    )
    claim.add_argument("id", metavar="CLAIM", help=f"one of {', '.join(CLAIMS)}")
    claim.add_argument("--json", action="store_true", help="the object of claims.json, without a run's evidence")


def run(given: argparse.Namespace) -> int:
    """Print a claim decided now; a proof that does not hold (a step, a lemma, an altered statement) is a failure."""
    name = given.id.strip().upper()
    if name not in CLAIMS:
        near = difflib.get_close_matches(name, CLAIMS, 1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise UsageError(f"unknown claim {given.id!r}{hint} Claims: {', '.join(CLAIMS)}.")

    from attnproof.reports.commands.claim_text import claim_text
    from attnproof.reports.commands.terminal import console
    from attnproof.verify.evidence import EVIDENCE
    from attnproof.verify.proofs.ledger import decided
    from attnproof.verify.run.files import plain

    row, below = decided(name)
    claim = {key: value for key, value in row.items() if key != "table"}
    if given.json:
        text = json.dumps(plain(claim), indent=1, ensure_ascii=False)
    else:
        text = claim_text(claim, [row for row in below if row["name"] in claim["lemmas"]], measured=name in EVIDENCE)
    console().print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return EXIT_FAILED if claim["steps"] and claim["verdict"] == "not decided" else EXIT_OK
