"""Every module of evidence is listed, and every claim that is listed has one: a line lost is a measurement that nobody
makes.
"""

from __future__ import annotations

from pathlib import Path

from attnproof.derivations.claims import ORDER
from attnproof.verify import evidence


def test_every_module_named_by_a_claim_is_listed() -> None:
    folder = Path(evidence.__file__).parent
    modules = {path.stem.upper() for path in folder.glob("*.py")} & set(ORDER)
    assert modules == set(evidence.EVIDENCE)
