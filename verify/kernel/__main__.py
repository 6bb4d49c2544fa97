"""Prove what is stated formally with Coq: ``python -m attnproof.verify.kernel [--record FILE] [CLAIM or LEMMA ...]``.

Exit status: 0 when every proposition is accepted, 1 when one is not, 2 where Coq is not installed or a name is unknown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.statements import load, outside
from attnproof.verify.kernel.build import ALLOWED, MissingCoqError, build, version
from attnproof.verify.kernel.record import write
from attnproof.verify.kernel.sources import PROVED


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, print a line for each claim and lemma, and keep the record where asked."""
    parser = argparse.ArgumentParser(prog="python -m attnproof.verify.kernel", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROVED)}; all when none is named")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write what was found to this file")
    given = parser.parse_args(arguments)
    known = {each.upper(): each for each in PROVED}
    if unknown := [name for name in given.names if name.upper() not in known]:
        sys.stderr.write(f"no proofs of {', '.join(unknown)}; there are some of {', '.join(PROVED)}\n")
        return 2
    try:
        sys.stdout.write(f"Coq {version()}\n")
        found = build(tuple(known[name.upper()] for name in given.names) or PROVED, lambda path: _say(f"  {path}\n"))
    except MissingCoqError as error:
        sys.stderr.write(f"skipped (no Coq): {error}\n")
        return 2
    for name, checked in found.subjects.items():
        verdict = "accepted" if checked.problem is None else f"NOT accepted: {checked.problem}"
        altered = f", {checked.altered} altered statements rejected" if checked.problem is None else ""
        proved = f"{len(checked.theorems)} of {len(load(name))} propositions"
        _say(f"{name:4} {proved}, {checked.seconds:.1f} s: {verdict}{altered}\n")
    for shelf, kind in ((CLAIMS, "claims"), (LEMMAS, "lemmas")):
        accepted = [name for name, checked in found.subjects.items() if name in shelf and checked.problem is None]
        said = sum(not outside(name) for name in accepted)
        _say(
            f"{len(accepted)} of {len(shelf)} {kind} with every proposition accepted, {said} of them with nothing of "
            "their statement left out\n"
        )
    defined = sum(len(checked.defined) for checked in found.subjects.values())
    _say(f"in {defined} propositions a part might be undefined; it is proved of each that none is\n")
    _say(f"{found.seconds:.0f} s of CPU for the proofs; at most these axioms: {', '.join(sorted(ALLOWED))}\n")
    if found.leaves:
        closed, asked = (sum(pair[place] for pair in found.leaves.values()) for place in (0, 1))
        by_rule = ", ".join(f"{rule} {done} of {there}" for rule, (done, there) in found.leaves.items())
        _say(f"{closed} of {asked} leaf facts of the ledger's proofs closed by tactics alone: {by_rule}\n")
    if given.record:
        write(found, given.record)
    return 0 if all(checked.problem is None for checked in found.subjects.values()) else 1


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
