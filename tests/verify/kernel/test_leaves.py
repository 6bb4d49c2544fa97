"""Leaf facts of the ledger's proofs: what Coq is asked, and that its tactics close no false one."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from sympy import Expr, KroneckerDelta, Symbol, exp

from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.rules import Equal, Field, Sign
from attnproof.verify.kernel import leaves as asking
from attnproof.verify.kernel import sources as files
from attnproof.verify.kernel.build import PATHS

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="no Coq")
X = Symbol("x", positive=True)
Y, Z = Tensor("y", "y", (N_K,)), Tensor("z", "z", (N_K,))


def over(body: Expr, *indices: Symbol) -> Expr:
    return total(body, *((symbol, N_K) for symbol in indices))


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
        Equal(over((Y[J] + Z[J]) ** 2, J), over(Y[J] ** 2, J) + 2 * over(Y[L] * Z[L], L) + over(Z[J] ** 2, J)),
        Equal(over((Y[J] + Z[J]) ** 2, J), over(Y[J] ** 2, J) + over(Y[L] * Z[L], L) + over(Z[J] ** 2, J)),
        Equal(over(KroneckerDelta(J, L) * Y[J] * Z[L], J, L), over(Y[J] * Z[J], J)),
        Equal(over(KroneckerDelta(J, L) * Y[J] * Z[L], J, L), over(Y[J] * Z[L], J, L)),
        Equal(over(exp(X + Y[J]) * Z[J], J) / over(exp(X + Y[L]), L), over(exp(Y[L]) * Z[L], L) / over(exp(Y[J]), J)),
        Equal(over(exp(X + Y[J]) * Z[J], J) / over(exp(Y[L]), L), over(exp(Y[L]) * Z[L], L) / over(exp(Y[J]), J)),
    )
    lemma = Lemma("some", "", "", steps=tuple(Step("", rule) for rule in rules))
    monkeypatch.setattr(asking, "CLAIMS", {})
    monkeypatch.setattr(asking, "LEMMAS", {"some": lemma})
    (tmp_path / "theory").mkdir()
    needed = (
        "prelude",
        "sums",
        "outcomes",
        "formats",
        "tanh",
        "defined",
        "normal_forms",
        "leaves",
    )  # each by those before it
    for name in needed:
        shutil.copy(files.HERE / "theory" / f"{name}.v", tmp_path / "theory")
        subprocess.run(["coqc", "-q", "-w", "none", *PATHS[:3], f"theory/{name}.v"], cwd=tmp_path, check=True)
    assert asking.close(tmp_path, PATHS[:3]) == {"Equal": (3, 6), "Field": (1, 2), "Sign": (2, 3)}
