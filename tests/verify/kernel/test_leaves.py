"""Leaf facts of the ledger's proofs: what Coq is asked, and that its tactics close no false one."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from sympy import Symbol

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.rules import Field, Sign
from attnproof.verify.kernel import leaves as asking
from attnproof.verify.kernel import sources as files
from attnproof.verify.kernel.build import PATHS

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="no Coq")
X = Symbol("x", positive=True)


@pytest.mark.slow
def test_most_rules_that_have_words_for_their_fact_are_asked_about() -> None:
    there = Counter(leaf.rule for leaf in asking.leaves())
    assert {"Equal", "Field", "Sign", "Solver", "Squares", "Contradiction", "Enclosed"} <= there.keys()
    assert there.total() > 600
    assert all(leaf.hints for leaf in asking.leaves() if leaf.rule == "Sign")


@needs_coq
@pytest.mark.slow
def test_true_facts_are_closed_and_false_ones_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules are not asked to hold: what is false here would be refused by them too."""
    rules = (
        Field((X + 1) ** 2, X**2 + 2 * X + 1),
        Field((X + 1) ** 2, X**2 + X + 1),
        Sign(X / (X + 1), "<", X),
        Sign(X, "<", X / (X + 1)),
        Sign(X, "≤", 2 * X),
    )
    lemma = Lemma("some", "", "", steps=tuple(Step("", rule) for rule in rules))
    monkeypatch.setattr(asking, "CLAIMS", {})
    monkeypatch.setattr(asking, "LEMMAS", {"some": lemma})
    (tmp_path / "theory").mkdir()
    for name in ("prelude", "sums", "leaves"):
        shutil.copy(files.HERE / "theory" / f"{name}.v", tmp_path / "theory")
        subprocess.run(["coqc", "-q", "-w", "none", *PATHS[:3], f"theory/{name}.v"], cwd=tmp_path, check=True)
    assert asking.close(tmp_path, PATHS[:3]) == {"Field": (1, 2), "Sign": (2, 3)}
