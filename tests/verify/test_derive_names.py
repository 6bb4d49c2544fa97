"""Formulas in the derivations of a run carry the names by which they are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.formulas import formula
from attnproof.derivations.scores.own import pinned
from attnproof.verify.proofs.derive import _printed


def named(score: str, *present: str) -> dict[str, str]:
    found = derive(score, *present)
    rows = [_printed(e, score, found.present) for e in (*found.forward.equations, *found.adjoint.equations)]
    return {row["target"]: row["name"] for row in rows if "name" in row}


def test_every_name_is_a_formula_of_that_quantity() -> None:
    found = named("additive")
    assert found["scores"] == "additive.scores"
    assert found["grad_query"] == "additive.adjoint.query"
    assert "capped" not in found, "without a soft-cap it is the score under another name"
    for target, name in found.items():
        assert formula(name).quantity == target


def test_options_are_part_of_the_name() -> None:
    found = named("additive", "bias_hidden", "softcap")
    assert found["capped"] == "additive.capped+bias_hidden+softcap"
    assert found["grad_softcap"] == "additive.adjoint.softcap+bias_hidden+softcap"
    for target, name in found.items():
        assert formula(name).quantity == target


def test_a_user_score_is_named_from_the_folder_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2] / "docs" / "examples")
    found = named(pinned("cosine.py:cosine"))
    assert found["grad_query"] == "cosine.py:cosine.adjoint.query"
    for target, name in found.items():
        assert formula(name).quantity == target
